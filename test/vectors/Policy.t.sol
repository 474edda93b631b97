// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {ISessionKeyModule} from "../../contracts/interfaces/ISessionKeyModule.sol";
import {ISessionKeyRecords} from "../../contracts/interfaces/ISessionKeyRecords.sol";
import {KeyStore} from "../../contracts/module/KeyStore.sol";
import {CosignSection} from "../../contracts/policy/CosignSection.sol";
import {KeySettings} from "../../contracts/policy/KeySettings.sol";
import {Periods} from "../../contracts/policy/Periods.sol";
import {PermissionHeadLib} from "../../contracts/policy/PermissionHead.sol";
import {PermissionTree} from "../../contracts/policy/PermissionTree.sol";
import {PolicyHeader} from "../../contracts/policy/PolicyHeader.sol";
import {TOKEN_PAYMASTER} from "../utils/Codes.sol";
import {OperationBytes} from "../utils/OperationBytes.sol";
import {VectorTest} from "../utils/VectorTest.sol";
import {
    MeterIdVector,
    MeterPart,
    OperationVector,
    PaymasterPart,
    PeriodVector,
    PermissionPart,
    PolicyParts,
    PolicyVector,
    Vectors
} from "../utils/Vectors.sol";

/// @dev Lends the storage's own naming of meters.
contract MeterNames is KeyStore {
    function meterId(bytes32 keyId, uint256 serial, uint256 identity) external pure returns (bytes32) {
        return _meterId(keyId, serial, identity);
    }
}

// policy.json, by the contracts' own code
// ├── windows of periods: index and end
// ├── names of meters
// ├── a policy
// │   ├── its header reads as its parts: meters, paymasters, co-signer and thresholds, checker, pinned code
// │   ├── its permissions hash to its leaves, these to its permissions root, up the proofs as well
// │   └── granted, its settings and root are stored, and the event tells it whole
// └── an operation
//     ├── has the digest that the module says, and passes its dry run and validation
//     ├── may be paid for by the policy's paymasters, behind their prefixes, which charge by their rates
//     ├── with a co-signature: not without it, and the co-signer has signed its digest
//     └── of a measured key: its frame is opened, once, by the id in its call data
contract PolicyVectorsTest is VectorTest {
    using PolicyHeader for bytes;
    using CosignSection for bytes;

    function setUp() public override {
        super.setUp();
        // The code that the policies pin, and the checker that they name.
        vm.etch(ACCOUNT, "code");
        _becomeChecker(_named("checker"));
        // The vectors' grants are of epoch 3 and serial 258; the install began epoch 1.
        for (uint256 i; i < 2; ++i) {
            vm.prank(ACCOUNT);
            module.revokeAll(ACCOUNT);
        }
        for (uint256 i; i < 257; ++i) {
            vm.prank(ACCOUNT);
            module.revoke(ACCOUNT, keyId);
        }
    }

    function test_periods() public view {
        PeriodVector[] memory vectors = Vectors.periods();
        assertEq(vectors.length, 48, "how many");
        for (uint256 i; i < vectors.length; ++i) {
            assertEq(Periods.index(vectors[i].period, vectors[i].time), vectors[i].index, "index");
            assertEq(Periods.end(vectors[i].period, vectors[i].time), vectors[i].end, "end");
        }
    }

    function test_meterIds() public {
        MeterNames names = new MeterNames();
        MeterIdVector[] memory vectors = Vectors.meterIds();
        assertEq(vectors.length, 2, "how many");
        for (uint256 i; i < vectors.length; ++i) {
            assertEq(names.meterId(keyId, vectors[i].serial, vectors[i].identity), vectors[i].meterId, "meterId");
        }
    }

    function test_headers() public view {
        PolicyVector[] memory vectors = Vectors.policies();
        assertEq(vectors.length, 5, "how many");
        for (uint256 i; i < vectors.length; ++i) this.readHeader(vectors[i].header, vectors[i].parts);
    }

    function test_trees() public view {
        PolicyVector[] memory vectors = Vectors.policies();
        for (uint256 i; i < vectors.length; ++i) {
            PolicyVector memory it = vectors[i];
            assertEq(it.leaves.length, it.parts.permissions.length, it.name);
            for (uint256 j; j < it.leaves.length; ++j) {
                PermissionPart memory part = it.parts.permissions[j];
                bytes32 leaf = PermissionTree.leaf(
                    PermissionHeadLib.covering(part.kind, part.mark, part.target, part.selector), keccak256(part.body)
                );
                assertEq(leaf, it.leaves[j], it.name);
                assertEq(this.climb(leaf, abi.encodePacked(it.proofs[j])), it.permissionsRoot, it.name);
            }
            assertEq(PermissionTree.root(it.headerHash, it.permissionsRoot), it.policyRoot, it.name);
            // Last: building takes the leaves' memory.
            assertEq(PermissionTree.build(it.leaves, it.parts.hotCount), it.permissionsRoot, it.name);
        }
    }

    function test_grants() public {
        PolicyVector[] memory vectors = Vectors.policies();
        for (uint256 i; i < vectors.length; ++i) {
            uint256 snapshot = vm.snapshotState();
            _grantVector(vectors[i]);
            vm.revertToState(snapshot);
        }
    }

    function test_operations() public {
        OperationVector[] memory vectors = Vectors.operations();
        assertEq(vectors.length, 6, "how many");
        for (uint256 i; i < vectors.length; ++i) {
            uint256 snapshot = vm.snapshotState();
            _grantVector(_policyOf(vectors[i]));
            _operate(vectors[i]);
            vm.revertToState(snapshot);
        }
    }

    // ------------------------------------------------------------------ helpers

    function _grantVector(PolicyVector memory it) private {
        KeySettings settings = KeySettings.wrap(it.settings);
        vm.expectEmit(true, true, false, true, address(module));
        emit ISessionKeyRecords.KeyGranted(ACCOUNT, keyId, signer, settings, it.header, it.permissions);
        vm.prank(ACCOUNT);
        assertEq(module.grant(signer, settings, it.header, it.permissions), keyId, "keyId");
        ISessionKeyModule.KeyState memory state = _state();
        assertEq(KeySettings.unwrap(state.settings), it.settings, it.name);
        assertEq(state.policyRoot, it.policyRoot, it.name);
    }

    function _policyOf(OperationVector memory it) private view returns (PolicyVector memory) {
        PolicyVector[] memory policies = Vectors.policies();
        for (uint256 i; i < policies.length; ++i) {
            if (_same(policies[i].name, it.policy)) return policies[i];
        }
        revert("no such policy");
    }

    function _operate(OperationVector memory it) private {
        assertEq(keccak256(it.evidence), it.evidenceHash, it.name);
        assertEq(
            module.operationDigest(it.userOpHash, it.validAfter, it.validUntil, it.evidence), it.digest, it.name
        );
        bool cosigned = it.cosignature.length != 0;
        assertEq(module.preview(_operation(it.callData, it.signature)).needsCosignature, cosigned, it.name);
        if (cosigned) {
            this.recovers(it.cosignDigest, it.cosignature);
            bytes memory alone =
                OperationBytes.signature(it.validAfter, it.validUntil, it.evidence, it.keySignature);
            vm.prank(ACCOUNT);
            vm.expectPartialRevert(CosignatureMissing.selector);
            module.validateUserOp(_operation(it.callData, alone), it.userOpHash);
        }
        _paysFor(it);
        vm.prank(ACCOUNT);
        uint256 data = module.validateUserOp(_operation(it.callData, it.signature), it.userOpHash);
        assertEq(data, (it.validAfter << 208) | (it.validUntil << 160), it.name);
        if (it.frameId != 0) _opens(it);
    }

    /// @dev The account's call to `open`, which the operation begins with, finds what validation left under this id alone.
    function _opens(OperationVector memory it) private {
        MeterPart[] memory parts = _policyOf(it).parts.meters;
        bytes memory token = deploy("contracts/mocks/frame/StrangeToken.sol:StrangeToken").code;
        for (uint256 i; i < parts.length; ++i) vm.etch(parts[i].subject, token);
        vm.etch(_named("points"), token);
        vm.startPrank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(FrameUnknown.selector, ACCOUNT, it.frameId + 1));
        module.open(it.frameId + 1);
        module.open(it.frameId);
        vm.expectRevert(abi.encodeWithSelector(FrameUnknown.selector, ACCOUNT, it.frameId));
        module.open(it.frameId);
        vm.stopPrank();
    }

    /// @dev Each paymaster of the policy may pay, behind its prefix only, and charges its meter by its rate.
    function _paysFor(OperationVector memory it) private {
        PackedUserOperation memory op = _operation(it.callData, it.signature);
        uint256[] memory unpaid = module.preview(op).meterCharges;
        PaymasterPart[] memory paymasters_ = _policyOf(it).parts.paymasters;
        // 100 gas for each of the paymaster's two limits, at 1e12 wei.
        op.gasFees = bytes32(uint256(1e12));
        for (uint256 i; i < paymasters_.length; ++i) {
            PaymasterPart memory paymaster = paymasters_[i];
            bytes memory head = abi.encodePacked(paymaster.paymaster, uint128(100), uint128(100));
            op.paymasterAndData = abi.encodePacked(head, paymaster.prefix, "more");
            uint256[] memory charges = module.preview(op).meterCharges;
            uint256 cost = paymaster.mode == TOKEN_PAYMASTER ? 200e12 * paymaster.rate / 1e18 : 0;
            assertEq(charges[paymaster.meterIndex], unpaid[paymaster.meterIndex] + cost, "charged by its rate");
            if (paymaster.prefix.length == 0) continue;
            op.paymasterAndData = head;
            vm.expectRevert(abi.encodeWithSelector(PaymasterForbidden.selector, paymaster.paymaster));
            module.preview(op);
        }
    }

    /// @dev External, as the rest: the libraries read calldata.
    function recovers(bytes32 digest, bytes calldata cosignature) external pure {
        assertEq(bytes32(cosignature[:4]), bytes32(bytes4(digest)), "digest head");
        (bytes32 r, bytes32 s) = abi.decode(cosignature[4:68], (bytes32, bytes32));
        address signed = ecrecover(digest, uint8(cosignature[68]), r, s);
        assertEq(signed, vm.addr(uint256(keccak256("co-signer"))), "co-signer");
    }

    function climb(bytes32 leaf, bytes calldata proof) external pure returns (bytes32) {
        return PermissionTree.climb(leaf, proof);
    }

    function readHeader(bytes calldata header, PolicyParts calldata parts) external pure {
        assertEq(header.meterCount(), parts.meters.length, "meterCount");
        for (uint256 i; i < parts.meters.length; ++i) {
            MeterPart calldata meter = parts.meters[i];
            assertEq(header.meterToken(i), meter.subject, "subject");
            assertEq(header.meterIdentity(i), (uint256(uint160(meter.subject)) << 8) | meter.tag, "identity");
            assertEq(header.meterPeriod(i), meter.period, "period");
            assertEq(header.meterCap(i), meter.cap, "cap");
        }
        assertEq(header.paymasterCount(), parts.paymasters.length, "paymasterCount");
        assertEq(header.isPresent(), parts.coSigner.length != 0, "has a co-signer");
        if (header.isPresent()) {
            (uint256 start, uint256 end) = header.thresholds();
            assertEq(bytes(header.cosigner(start)), parts.coSigner, "co-signer");
            assertEq((end - start) / CosignSection.THRESHOLD_LENGTH, parts.thresholds.length, "thresholds");
            for (uint256 i; i < parts.thresholds.length; ++i) {
                (uint256 meterIndex, uint256 amount) = header.threshold(start + CosignSection.THRESHOLD_LENGTH * i);
                assertEq(meterIndex, parts.thresholds[i].meterIndex, "threshold's meter");
                assertEq(amount, parts.thresholds[i].amount, "threshold");
            }
        }
        bool checks = header.sections() & PolicyHeader.SECTION_CHECKER != 0;
        assertEq(checks ? header.checker() : address(0), parts.checker, "checker");
        bool pins = header.sections() & PolicyHeader.SECTION_PINNED_CODE != 0;
        assertEq(pins ? header.pinnedCode() : bytes32(0), parts.pinnedCode, "pinned code");
    }
}
