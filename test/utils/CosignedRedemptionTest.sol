// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CosignTest} from "./CosignTest.sol";
import {DirectLaneTest} from "./DirectLaneTest.sol";
import {PolicyFixture} from "./PolicyFixture.sol";

/// @notice Policies with a co-signer in the direct lane, and redemptions that two have signed. Encodings are written from
/// docs/WIRE-FORMAT.md.
abstract contract CosignedRedemptionTest is CosignTest, DirectLaneTest {
    string internal constant REDEMPTION_COSIGNATURE_TYPE = "SessionRedemptionCosignature";

    function setUp() public virtual override(CosignTest, DirectLaneTest) {
        super.setUp();
    }

    function _header() internal view virtual override(CosignTest, PolicyFixture) returns (bytes memory) {
        return CosignTest._header();
    }

    function _cosignDigest(Redemption memory it) internal view returns (bytes32) {
        return _redemptionDigest(REDEMPTION_COSIGNATURE_TYPE, it, address(module));
    }

    /// @notice What the co-signer makes of a redemption.
    function _cosignature(Redemption memory it) internal view returns (bytes memory) {
        return _cosign(COSIGNER_SECRET, _cosignDigest(it));
    }

    /// @notice Context of the key's own transaction with `cosignature`.
    function _ownContext(Redemption memory it, bytes memory cosignature) internal pure returns (bytes memory) {
        return abi.encodePacked(_context(it), cosignature);
    }

    /// @notice Context of a relayed redemption with `cosignature`.
    function _relayedContext(Redemption memory it, bytes memory cosignature) internal view returns (bytes memory) {
        return abi.encodePacked(_context(it), _authorization(it), cosignature);
    }

    /// @notice The key's EOA sends it with `context`.
    function _sends(Redemption memory it, bytes memory context) internal {
        vm.prank(key, key);
        module.redeem(it.account, it.mode, it.executions, context);
    }

    // ------------------------------------------------------------------ verdicts

    /// @notice Refused with exactly `problem` in both ways of sending it, and counts nothing.
    function _refusesBoth(Redemption memory it, bytes memory cosignature, bytes memory problem) internal {
        bytes32 before = keccak256(abi.encode(_state()));
        bytes memory own = _ownContext(it, cosignature);
        vm.prank(key, key);
        vm.expectRevert(problem);
        module.redeem(it.account, it.mode, it.executions, own);
        _refusesRelay(it, _relayedContext(it, cosignature), problem);
        assertEq(keccak256(abi.encode(_state())), before, "nothing counted");
    }

    /// @notice Nobody but the key is needed, and a co-signature is refused. Redeems once.
    function _acceptsAlone(Redemption memory it) internal {
        _refusesBoth(it, _cosignature(it), abi.encodeWithSelector(CosignatureNotNeeded.selector, 69));
        assertFalse(_preview(it).needsCosignature, "needs none");
        uint256 snapshot = vm.snapshotState();
        _relay(it, _signedContext(it));
        vm.revertToState(snapshot);
        _redeem(it);
    }

    /// @notice Refused from the key alone, naming the threshold; accepted from both. Redeems once.
    function _needsBoth(Redemption memory it, uint256 meterIndex, uint256 amount, uint256 attempted) internal {
        _refusesBoth(it, "", abi.encodeWithSelector(CosignatureMissing.selector, meterIndex, amount, attempted));
        assertTrue(_preview(it).needsCosignature, "needs one");
        bytes memory cosignature = _cosignature(it);
        uint256 snapshot = vm.snapshotState();
        _sends(it, _ownContext(it, cosignature));
        vm.revertToState(snapshot);
        _relay(it, _relayedContext(it, cosignature));
    }
}
