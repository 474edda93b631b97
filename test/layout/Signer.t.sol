// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Signer, SignerLib} from "../../contracts/policy/Signer.sol";
import {Signers} from "../../contracts/policy/Signers.sol";
import {WordLayout} from "./WordLayout.sol";

// Signer
// ├── every bit belongs to exactly one field, 256 of 256 used
// ├── an EOA's word is its address
// ├── a verifier's key of every length, 1 to 234, reads back from call data, wherever it stands there
// └── nothing with a length is an EOA, nothing without one is a verifier's
contract SignerLayoutTest is WordLayout {
    address private constant AT = address(uint160(uint256(keccak256("signer"))));

    function test_everyBitHasOneOwner() public view {
        _tableIsWhole(0);
        _walkBits();
        _walkFields();
    }

    function test_eoa() public view {
        Signer packed = SignerLib.ofEoa(AT);
        assertEq(Signer.unwrap(packed), uint160(AT), "word");
        assertTrue(packed.isEoa(), "isEoa");
        (address at, bool isEoa, bytes memory key) = this.decode("", abi.encodePacked(uint8(1), AT));
        assertEq(at, AT, "address");
        assertTrue(isEoa, "decoded isEoa");
        assertEq(key, "", "no key");
    }

    function test_everyLength() public view {
        bytes memory key;
        for (uint256 length = 1; length <= 234; ++length) {
            key = abi.encodePacked(key, uint8(length));
            (address at, bool isEoa, bytes memory read) =
                this.decode(new bytes(length * 7), abi.encodePacked(uint8(2), AT, key));
            assertEq(at, AT, "verifier");
            assertFalse(isEoa, "isEoa");
            assertEq(read, key, "key");
        }
    }

    function test_fuzz_kind(uint256 word) public pure {
        Signer it = Signer.wrap(word);
        assertEq(it.isEoa(), word >> 160 == 0, "isEoa");
        assertEq(it.addr(), address(uint160(word)), "address");
    }

    /// @dev External: the library reads calldata, here behind bytes of any length.
    function decode(bytes calldata, bytes calldata signer)
        external
        pure
        returns (address at, bool isEoa, bytes memory key)
    {
        Signer it = Signers.decode(signer);
        return (it.addr(), it.isEoa(), it.key());
    }

    function _name() internal pure override returns (string memory) {
        return "Signer";
    }

    /// @dev No page shows this word: it is kept in memory for the length of one operation.
    function _fields() internal pure override returns (Field[] memory fields) {
        fields = new Field[](3);
        fields[0] = Field("address", 0, 160);
        fields[1] = Field("keyLength", 160, 8);
        fields[2] = Field("keyPlace", 168, 88);
    }

    function _read(uint256 word) internal pure override returns (uint256[] memory values) {
        values = new uint256[](3);
        values[0] = uint160(Signer.wrap(word).addr());
        bytes calldata key = Signer.wrap(word).key();
        values[1] = key.length;
        uint256 place;
        // Assembly: a calldata slice's place has no spelling in Solidity.
        assembly ("memory-safe") {
            place := key.offset
        }
        values[2] = place;
    }
}
