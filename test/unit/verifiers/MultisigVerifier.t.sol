// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {VerifierTest} from "../../utils/VerifierTest.sol";

// MultisigVerifier
// ├── accepts exactly the threshold of members' signatures, of EOAs and of keys with a verifier, whichever of them sign
// ├── refuses one too few, one too many, and a member's twice
// ├── refuses a threshold of 0, and one above the number of members
// ├── refuses members that stand twice or out of order, cut off, empty, or shorter than an address
// ├── refuses parts out of order, of nobody, cut off, or followed by anything
// ├── refuses another list than the key's, another hash, and an EOA's signature with s in the upper half
// └── address(0) cannot sign, nor a verifier without code
contract MultisigVerifierTest is VerifierTest {
    uint256 private constant SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    uint256 private constant COUNT = 3;

    address private verifier;
    bytes[] private signers;
    bytes[] private parts;

    /// @dev Two EOAs and a P-256 key, in the members' order.
    function setUp() public {
        verifier = deploy("contracts/verifiers/MultisigVerifier.sol:MultisigVerifier");
        address p256 = deploy("contracts/verifiers/P256SolidityVerifier.sol:P256SolidityVerifier");
        _add(abi.encodePacked(vm.addr(1)), _signEoa(1, HASH));
        _add(abi.encodePacked(vm.addr(2)), _signEoa(2, HASH));
        _add(abi.encodePacked(p256, _publicKey(P256_KEY)), _signP256(P256_KEY, HASH));
    }

    function test_accepts() public view {
        for (uint256 set = 1; set < 8; ++set) {
            uint256 threshold = (set & 1) + ((set >> 1) & 1) + (set >> 2);
            bytes memory members = _members(threshold);
            _accepts(verifier, _key(members), _signature(members, _partsOf(set)), "exactly the threshold");
        }
    }

    function test_count() public view {
        bytes memory members = _members(2);
        for (uint256 set; set < 8; ++set) {
            uint256 count = (set & 1) + ((set >> 1) & 1) + (set >> 2);
            if (count != 2) _refuses(verifier, _key(members), _signature(members, _partsOf(set)), "not two");
        }
    }

    function test_twice() public view {
        bytes memory members = _members(2);
        bytes memory twice = abi.encodePacked(_part(0), _part(0));
        _refuses(verifier, _key(members), _signature(members, twice), "a member twice");
        bytes memory other = abi.encodePacked(_part(0), uint8(1), uint16(parts[0].length), parts[0]);
        _refuses(verifier, _key(members), _signature(members, other), "in another's place");
    }

    function test_threshold() public view {
        bytes memory members = _members(0);
        _refuses(verifier, _key(members), _signature(members, ""), "0");
        members = _members(COUNT + 1);
        _refuses(verifier, _key(members), _signature(members, _partsOf(7)), "above their number");
        members = abi.encodePacked(uint8(1));
        _refuses(verifier, _key(members), _signature(members, ""), "no members");
    }

    function test_membersTwice() public view {
        bytes memory members = abi.encodePacked(uint8(2), _member(0), _member(0));
        bytes memory both = abi.encodePacked(_part(0), uint8(1), uint16(parts[0].length), parts[0]);
        _refuses(verifier, _key(members), _signature(members, both), "the same member twice");
    }

    function test_membersOutOfOrder() public view {
        bytes memory members = abi.encodePacked(uint8(1), _member(1), _member(0));
        bytes memory first = abi.encodePacked(uint8(0), uint16(parts[1].length), parts[1]);
        _refuses(verifier, _key(members), _signature(members, first), "descending");
    }

    function test_membersMalformed() public view {
        bytes memory one = abi.encodePacked(uint8(1), _member(0));
        bytes[4] memory tails = [bytes(hex"00"), hex"0000", hex"0001ff", abi.encodePacked(uint16(19), bytes19(0))];
        for (uint256 i; i < 4; ++i) {
            bytes memory members = abi.encodePacked(one, tails[i]);
            _refuses(verifier, _key(members), _signature(members, _part(0)), "what follows the members");
        }
        _refuses(verifier, _key(""), _signature("", ""), "nothing");
    }

    function test_partsMalformed() public view {
        bytes memory members = _members(2);
        bytes memory key = _key(members);
        _refuses(verifier, key, _signature(members, abi.encodePacked(_part(1), _part(0))), "out of order");
        _refuses(verifier, key, _signature(members, abi.encodePacked(_partsOf(3), uint8(0))), "followed by a byte");
        bytes memory nobody = abi.encodePacked(_part(0), uint8(COUNT), uint16(65), parts[1]);
        _refuses(verifier, key, _signature(members, nobody), "of nobody");
        bytes memory signature = _signature(members, _partsOf(3));
        for (uint256 length; length < signature.length; ++length) {
            bytes memory cut = bytes.concat(signature);
            // Assembly: takes bytes from the end.
            assembly ("memory-safe") {
                mstore(cut, length)
            }
            _refuses(verifier, key, cut, "cut");
        }
    }

    function test_another() public view {
        bytes memory members = _members(1);
        _refuses(verifier, _key(_members(2)), _signature(members, _part(0)), "another list's key");
        _refuses(verifier, abi.encodePacked(_key(members), uint8(0)), _signature(members, _part(0)), "longer key");
        for (uint256 i; i < COUNT; ++i) {
            bytes memory other = abi.encodePacked(uint8(i), uint16(65), _signEoa(1, keccak256("other")));
            _refuses(verifier, _key(members), _signature(members, other), "another hash");
        }
    }

    function test_upperHalf() public view {
        uint256 index = signers[0].length == 20 ? 0 : 1;
        (bytes32 r, bytes32 s, uint8 v) = _split(parts[index]);
        bytes memory flipped = abi.encodePacked(r, SECP256K1_ORDER - uint256(s), uint8(v == 27 ? 28 : 27));
        bytes memory members = _members(1);
        bytes memory part = abi.encodePacked(uint8(index), uint16(65), flipped);
        _refuses(verifier, _key(members), _signature(members, part), "s in the upper half");
    }

    function test_nobody() public view {
        bytes memory members = abi.encodePacked(uint8(1), uint16(20), address(0));
        bytes memory part = abi.encodePacked(uint8(0), uint16(65), new bytes(65));
        _refuses(verifier, _key(members), _signature(members, part), "address(0)");
        members = abi.encodePacked(uint8(1), uint16(21), address(0xdead), uint8(1));
        _refuses(verifier, _key(members), _signature(members, part), "a verifier without code");
    }

    function _add(bytes memory signer, bytes memory part) private {
        signers.push(signer);
        parts.push(part);
        for (uint256 i = signers.length - 1; i > 0 && keccak256(signer) < keccak256(signers[i - 1]); --i) {
            signers[i] = signers[i - 1];
            parts[i] = parts[i - 1];
            signers[i - 1] = signer;
            parts[i - 1] = part;
        }
    }

    function _members(uint256 threshold) private view returns (bytes memory) {
        return abi.encodePacked(uint8(threshold), _member(0), _member(1), _member(2));
    }

    function _member(uint256 index) private view returns (bytes memory) {
        return abi.encodePacked(uint16(signers[index].length), signers[index]);
    }

    function _part(uint256 index) private view returns (bytes memory) {
        return abi.encodePacked(uint8(index), uint16(parts[index].length), parts[index]);
    }

    /// @param set a bit for each member that signs.
    function _partsOf(uint256 set) private view returns (bytes memory all) {
        for (uint256 i; i < COUNT; ++i) if (set >> i & 1 == 1) all = bytes.concat(all, _part(i));
    }

    function _key(bytes memory members) private pure returns (bytes memory) {
        return abi.encode(keccak256(members));
    }

    function _signature(bytes memory members, bytes memory all) private pure returns (bytes memory) {
        return abi.encodePacked(uint16(members.length), members, all);
    }

    function _signEoa(uint256 privateKey, bytes32 hash) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, hash);
        return abi.encodePacked(r, s, v);
    }

    function _split(bytes memory signature) private pure returns (bytes32 r, bytes32 s, uint8 v) {
        // Assembly: three values of 65 packed bytes.
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
            v := byte(0, mload(add(signature, 96)))
        }
    }
}
