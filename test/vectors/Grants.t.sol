// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyModule} from "../../contracts/interfaces/ISessionKeyModule.sol";
import {ISessionKeyRecords} from "../../contracts/interfaces/ISessionKeyRecords.sol";
import {KeySettings} from "../../contracts/policy/KeySettings.sol";
import {SignedGrant} from "../../contracts/policy/SignedGrant.sol";
import {MockOwner} from "../utils/MockOwner.sol";
import {VectorTest} from "../utils/VectorTest.sol";
import {
    CarryingVector,
    EntryVector,
    GrantVector,
    InstallVector,
    RevocationVector,
    Vectors
} from "../utils/Vectors.sol";

// grants.json, by the contracts' own code
// ├── a signed grant
// │   ├── each entry, on its chain and for its account, is taken from its bytes, whatever others are signed with it
// │   └── the digest is the one that the module names when it refuses the signature
// ├── an operation that carries its grant: digest, dry run, validation
// ├── a signed revocation: of the live grant, and of the next one
// └── install data: guardian and owner route
contract GrantVectorsTest is VectorTest {
    address private constant OTHER = address(uint160(uint256(keccak256("another account"))));

    function setUp() public override {
        super.setUp();
        _becomeOwned(ACCOUNT);
        _install(OTHER, "");
        _becomeOwned(OTHER);
    }

    function test_signedGrants() public {
        GrantVector[] memory vectors = Vectors.grants();
        assertEq(vectors.length, 2, "how many");
        for (uint256 i; i < vectors.length; ++i) {
            for (uint256 j; j < vectors[i].entries.length; ++j) {
                uint256 snapshot = vm.snapshotState();
                _takes(vectors[i], j);
                vm.revertToState(snapshot);
            }
        }
        vm.chainId(31_337);
    }

    function test_carrying() public {
        CarryingVector memory it = Vectors.carrying()[0];
        bytes memory prefix = abi.encodePacked(uint8(0), uint16(it.grant.length), it.grant);
        bytes memory begin = new bytes(prefix.length);
        for (uint256 i; i < begin.length; ++i) begin[i] = it.evidence[i];
        assertEq(begin, prefix, "evidence begins with the grant");
        assertEq(
            module.operationDigest(it.userOpHash, it.validAfter, it.validUntil, it.evidence), it.digest, "digest"
        );
        uint256 snapshot = vm.snapshotState();
        _previewsCarried(_operation(it.callData, it.signature));
        vm.revertToState(snapshot);
        vm.prank(ACCOUNT);
        uint256 data = module.validateUserOp(_operation(it.callData, it.signature), it.userOpHash);
        assertEq(data, (it.validAfter << 208) | (it.validUntil << 160), "validation data");
        assertTrue(_state().settings.isActive(), "granted");
        assertEq(_state().usage.meterSpent(), 40_000_000, "and counted");
    }

    function test_revocations() public {
        GrantVector memory granted = Vectors.grants()[0];
        RevocationVector[] memory vectors = Vectors.revocations();
        assertEq(vectors.length, 2, "how many");
        for (uint256 i; i < vectors.length; ++i) {
            RevocationVector memory it = vectors[i];
            uint256 snapshot = vm.snapshotState();
            module.grantSigned(ACCOUNT, signer, granted.entries[0].header, granted.grants[0]);
            vm.expectRevert(abi.encodeWithSelector(OwnerSignatureInvalid.selector, ACCOUNT, it.digest));
            module.revokeSigned(ACCOUNT, it.keyId, it.epoch, it.serial, "");
            vm.prank(STRANGER);
            module.revokeSigned(ACCOUNT, it.keyId, it.epoch, it.serial, it.ownerSignature);
            ISessionKeyModule.KeyState memory state = _state();
            assertFalse(state.settings.isActive(), it.name);
            assertTrue(state.settings.serial() >= it.serial, it.name);
            vm.revertToState(snapshot);
        }
    }

    function test_installs() public {
        InstallVector[] memory vectors = Vectors.installs();
        assertEq(vectors.length, 6, "how many");
        for (uint256 i; i < vectors.length; ++i) {
            InstallVector memory it = vectors[i];
            address account = _named(it.name);
            vm.prank(account);
            module.onInstall(it.data);
            (bool isSet, bytes memory route) = module.ownerRoute(account);
            assertEq(isSet, it.hasRoute, it.name);
            assertEq(route, it.route, it.name);
            ISessionKeyModule.KeyState memory state = module.keyState(account, 0, new uint256[](0));
            assertEq(state.control.guardian(), it.guardian, it.name);
            assertEq(state.control.isValidator(), it.moduleType == 1, it.name);
            assertEq(state.control.isExecutor(), it.moduleType == 2, it.name);
        }
    }

    // ------------------------------------------------------------------ helpers

    function _becomeOwned(address account) private {
        vm.etch(account, deploy("test/utils/MockOwner.sol:MockOwner").code);
        MockOwner(account).setOwner(vm.addr(uint256(keccak256("owner"))));
        vm.prank(account);
        module.setOwnerRoute("");
    }

    function _takes(GrantVector memory it, uint256 index) private {
        EntryVector memory entry = it.entries[index];
        vm.chainId(entry.chainId);
        assertEq(address(module), entry.module, it.name);
        bytes memory unsigned = it.grants[index];
        unsigned[unsigned.length - 1] ^= 0x01;
        vm.expectRevert(abi.encodeWithSelector(OwnerSignatureInvalid.selector, entry.account, it.digest));
        module.grantSigned(entry.account, entry.signer, entry.header, unsigned);
        unsigned[unsigned.length - 1] ^= 0x01;

        KeySettings settings = KeySettings.wrap(entry.settings);
        vm.expectEmit(true, true, false, true, address(module));
        emit ISessionKeyRecords.KeyGranted(entry.account, keyId, entry.signer, settings, entry.header, entry.permissions);
        vm.prank(STRANGER);
        module.grantSigned(entry.account, entry.signer, entry.header, it.grants[index]);
        ISessionKeyModule.KeyState memory state = module.keyState(entry.account, keyId, new uint256[](0));
        assertEq(KeySettings.unwrap(state.settings), entry.settings, it.name);
        assertEq(settings.epoch(), entry.epoch, it.name);
        assertEq(settings.serial(), entry.serial, it.name);
        this.readGrant(it.grants[index], it, index);
    }

    /// @dev External: the library reads calldata.
    function readGrant(bytes calldata signed, GrantVector calldata it, uint256 index) external pure {
        assertEq(SignedGrant.deadline(signed), it.deadline, "deadline");
        assertEq(SignedGrant.entryCount(signed), it.entries.length, "entryCount");
        assertEq(SignedGrant.entryIndex(signed), index, "entryIndex");
        (, bytes calldata permissions_, bytes calldata ownerSignature) = SignedGrant.open(signed);
        assertEq(bytes(permissions_), it.entries[index].permissions, "permissions");
        assertEq(bytes(ownerSignature), it.ownerSignature, "ownerSignature");
        for (uint256 i; i < it.entries.length; ++i) {
            if (i == index) continue;
            uint256 offset = 7 + 32 * (i < index ? i : i - 1);
            assertEq(bytes32(signed[offset:offset + 32]), it.entries[i].structHash, "hash of another entry");
        }
    }
}
