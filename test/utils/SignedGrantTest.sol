// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeySettings} from "../../contracts/policy/KeySettings.sol";
import {CHARGED, DAY, EXACT} from "./Codes.sol";
import {MockOwner} from "./MockOwner.sol";
import {SessionKeyTest} from "./SessionKeyTest.sol";

/// @notice Base of the tests of what an owner signs off chain: an account whose owner is an EOA, and whose key is not
/// granted yet. The typed data is written from docs/WIRE-FORMAT.md.
abstract contract SignedGrantTest is SessionKeyTest {
    uint256 internal constant OWNER_SECRET = uint256(keccak256("owner"));
    string private constant GRANT_TYPE =
        "SessionKeyGrant(uint256 chainId,address module,address account,uint32 epoch,uint24 serial,bytes signer,"
        "uint256 settings,bytes header,bytes permissions)";

    /// @dev What the owner is made to sign; tests change any part.
    struct Entry {
        uint256 chainId;
        address module;
        address account;
        uint256 epoch;
        uint256 serial;
        bytes signer;
        KeySettings settings;
        bytes header;
        bytes permissions;
    }

    uint256 internal deadline;
    uint256 internal ownerSecret;
    /// @dev Hashes of the other grants under the same signature, and where this one stands among them.
    bytes32[] internal others;
    uint256 internal position;

    function setUp() public virtual override {
        super.setUp();
        _becomeOwned(ACCOUNT);
        ownerSecret = OWNER_SECRET;
        deadline = windowEnd;
        _meter(TOKEN, DAY, 100);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
    }

    function _becomeOwned(address account) internal {
        MockOwner code = MockOwner(deploy("test/utils/MockOwner.sol:MockOwner"));
        vm.etch(account, address(code).code);
        MockOwner(account).setOwner(vm.addr(OWNER_SECRET));
        vm.prank(account);
        module.setOwnerRoute("");
    }

    function _entry() internal view returns (Entry memory) {
        return Entry(
            block.chainid,
            address(module),
            ACCOUNT,
            limits.epoch,
            limits.serial,
            signer,
            _settings(),
            _header(),
            _permissions()
        );
    }

    function _entryHash(Entry memory it) internal pure returns (bytes32) {
        bytes memory first = abi.encode(keccak256(bytes(GRANT_TYPE)), it.chainId, it.module, it.account, it.epoch);
        bytes memory second =
            abi.encode(it.serial, keccak256(it.signer), it.settings, keccak256(it.header), keccak256(it.permissions));
        return keccak256(bytes.concat(first, second));
    }

    function _grantsDigest(bytes32[] memory entries) internal view returns (bytes32) {
        bytes32 typeHash =
            keccak256(bytes.concat("SessionKeyGrants(SessionKeyGrant[] grants,uint48 deadline)", bytes(GRANT_TYPE)));
        return _typed(keccak256(abi.encode(typeHash, keccak256(abi.encodePacked(entries)), deadline)));
    }

    function _revocationDigest(uint256 chainId, address module_, address account, bytes32 id, uint256 epoch, uint256 serial)
        internal
        pure
        returns (bytes32)
    {
        bytes32 typeHash = keccak256(
            "SessionKeyRevocation(uint256 chainId,address module,address account,bytes32 keyId,uint32 epoch,uint24 serial)"
        );
        return _typed(keccak256(abi.encode(typeHash, chainId, module_, account, id, epoch, serial)));
    }

    function _typed(bytes32 structHash) private pure returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(keccak256("EIP712Domain(string name,string version)"), keccak256("SessionKeyModule"), keccak256("1"))
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function _ownerSigns(bytes32 digest) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ownerSecret, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @notice What the owner signs for `entry`, with the other entries around it.
    function _digestOf(Entry memory entry) internal view returns (bytes32) {
        bytes32[] memory entries = new bytes32[](others.length + 1);
        for (uint256 i; i < entries.length; ++i) {
            entries[i] = i == position ? _entryHash(entry) : others[i < position ? i : i - 1];
        }
        return _grantsDigest(entries);
    }

    /// @notice The fixture's policy as a signed grant, the owner having signed `entry`.
    function _signedGrant(Entry memory entry) internal view returns (bytes memory) {
        return _grantBytes(_ownerSigns(_digestOf(entry)));
    }

    function _grantBytes(bytes memory ownerSignature) internal view returns (bytes memory) {
        bytes memory head = abi.encodePacked(uint40(deadline), uint8(others.length + 1), uint8(position), others);
        bytes memory list = _permissions();
        return abi.encodePacked(head, KeySettings.unwrap(_settings()), uint16(list.length), list, ownerSignature);
    }

    function _signedGrant() internal view returns (bytes memory) {
        return _signedGrant(_entry());
    }

    /// @notice A transfer that carries `signed`.
    function _carrying(uint256 amount, bytes memory signed) internal view returns (Draft memory draft) {
        draft = _draft(_transfer(amount));
        draft.evidence = abi.encodePacked(uint8(0), uint16(signed.length), signed, draft.evidence);
    }

    function _carrying(uint256 amount) internal view returns (Draft memory) {
        return _carrying(amount, _signedGrant());
    }

    function _submit(bytes memory signed) internal {
        vm.prank(STRANGER);
        module.grantSigned(ACCOUNT, signer, _header(), signed);
    }

    /// @notice Neither carried nor submitted does `signed` pass; both say `problem`.
    function _refusesSigned(bytes memory signed, bytes memory problem) internal {
        _refuses(_carrying(1, signed), problem);
        vm.expectRevert(problem);
        module.grantSigned(ACCOUNT, signer, _header(), signed);
    }

    function _invalid(bytes32 digest) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(OwnerSignatureInvalid.selector, ACCOUNT, digest);
    }
}
