// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {OperationBytes} from "./OperationBytes.sol";
import {PolicyBytes} from "./PolicyBytes.sol";
import {SessionKeyTest} from "./SessionKeyTest.sol";

/// @notice Policies with a co-signer, and operations that two have signed. Encodings are written from
/// docs/WIRE-FORMAT.md.
abstract contract CosignTest is SessionKeyTest {
    struct Threshold {
        uint8 meterIndex;
        uint128 amount;
    }

    uint8 internal constant NATIVE = 0xff;
    uint256 internal constant COSIGNER_SECRET = uint256(keccak256("co-signer"));
    string internal constant COSIGNATURE =
        "SessionCosignature(bytes32 userOpHash,uint48 validAfter,uint48 validUntil,bytes32 evidenceHash)";

    /// @dev `kind · key`; empty: the policy has no such section.
    bytes internal cosigner;
    Threshold[] internal thresholds;

    function setUp() public virtual override {
        super.setUp();
        cosigner = abi.encodePacked(uint8(1), vm.addr(COSIGNER_SECRET));
    }

    function _threshold(uint8 meterIndex, uint128 amount) internal {
        thresholds.push(Threshold(meterIndex, amount));
    }

    function _section() internal view returns (bytes memory out) {
        out = abi.encodePacked(cosigner, uint8(cosigner.length));
        for (uint256 i; i < thresholds.length; ++i) {
            out = abi.encodePacked(out, thresholds[i].meterIndex, thresholds[i].amount);
        }
        out = abi.encodePacked(out, uint8(thresholds.length));
    }

    function _header() internal view virtual override returns (bytes memory out) {
        out = PolicyBytes.header(meters, paymasters, 0);
        if (cosigner.length != 0) out = abi.encodePacked(out, _section());
        if (pinnedCode != 0) out = abi.encodePacked(out, pinnedCode);
        out[2] = bytes1(uint8((cosigner.length == 0 ? 0 : 2) + (pinnedCode == 0 ? 0 : 1)));
    }

    // ------------------------------------------------------------------ signing

    function _cosignDigest(Draft memory draft) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("SessionKeyModule"),
                keccak256("1"),
                block.chainid,
                module
            )
        );
        bytes32 content = keccak256(
            abi.encode(
                keccak256(bytes(COSIGNATURE)),
                OperationBytes.hash(draft.op),
                draft.validAfter,
                draft.validUntil,
                keccak256(draft.evidence)
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, content));
    }

    function _sign(uint256 secret, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, digest);
        return abi.encodePacked(r, s, v);
    }

    function _cosign(uint256 secret, bytes32 digest) internal pure returns (bytes memory) {
        return abi.encodePacked(bytes4(digest), _sign(secret, digest));
    }

    /// @notice The operation with the key's signature and `cosignature`.
    function _with(Draft memory draft, bytes memory cosignature) internal view returns (PackedUserOperation memory) {
        return _sealed(draft, abi.encodePacked(_sign(draft.secret, _digest(draft)), cosignature));
    }

    /// @notice The operation as both have signed it.
    function _cosigned(Draft memory draft) internal view returns (PackedUserOperation memory) {
        return _with(draft, _cosign(COSIGNER_SECRET, _cosignDigest(draft)));
    }

    // ------------------------------------------------------------------ verdicts

    /// @notice Nobody but the key is needed, and a co-signature is refused.
    function _acceptsAlone(Draft memory draft) internal {
        PackedUserOperation memory op = _cosigned(draft);
        _refusesOperation(op, abi.encodeWithSelector(CosignatureNotNeeded.selector, 69));
        assertFalse(module.preview(op).needsCosignature, "needs none");
        _accepts(draft);
    }

    /// @notice Refused from the key alone, naming the threshold; accepted from both.
    function _needsBoth(Draft memory draft, uint256 meterIndex, uint256 amount, uint256 attempted) internal {
        PackedUserOperation memory op = _signed(draft);
        _refusesOperation(
            op, abi.encodeWithSelector(CosignatureMissing.selector, meterIndex, amount, attempted)
        );
        assertTrue(module.preview(op).needsCosignature, "needs one");
        assertEq(_validate(_cosigned(draft)), (draft.validAfter << 208) | (draft.validUntil << 160), "by both");
    }

    /// @notice Validation reverts with exactly `problem`, and counts nothing.
    function _refusesOperation(PackedUserOperation memory op, bytes memory problem) internal {
        bytes32 opHash = OperationBytes.hash(op);
        bytes32 before = keccak256(abi.encode(_state()));
        vm.prank(op.sender);
        vm.expectRevert(problem);
        module.validateUserOp(op, opHash);
        assertEq(keccak256(abi.encode(_state())), before, "nothing counted");
    }
}
