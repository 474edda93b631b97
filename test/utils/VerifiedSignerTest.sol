// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, EXACT, LIFETIME} from "./Codes.sol";
import {CosignedRedemptionTest} from "./CosignedRedemptionTest.sol";

/// @notice Keys and co-signers that a verifier checks, in both lanes. Encodings are written from docs/WIRE-FORMAT.md.
abstract contract VerifiedSignerTest is CosignedRedemptionTest {
    uint256 internal constant P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;
    uint256 internal constant CAP = 1000;
    /// @dev Above it a policy with a co-signer needs both.
    uint256 internal constant THRESHOLD = 100;

    address internal p256;
    address internal multisig;

    /// @dev A policy without a co-signer; nothing is granted yet.
    function setUp() public virtual override {
        super.setUp();
        p256 = deploy("contracts/verifiers/P256SolidityVerifier.sol:P256SolidityVerifier");
        multisig = deploy("contracts/verifiers/MultisigVerifier.sol:MultisigVerifier");
        cosigner = "";
        _meter(TOKEN, LIFETIME, uint128(CAP));
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
    }

    // ------------------------------------------------------------------ signers

    function _signs(bytes memory signer_) internal {
        (signer, keyId) = (signer_, keccak256(signer_));
    }

    function _cosigns(bytes memory signer_) internal {
        cosigner = signer_;
        _threshold(0, uint128(THRESHOLD));
    }

    function _eoa(uint256 secret) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(1), vm.addr(secret));
    }

    function _verifiers(address verifier, bytes memory key_) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(2), verifier, key_);
    }

    function _p256(uint256 secret) internal view returns (bytes memory) {
        (uint256 x, uint256 y) = vm.publicKeyP256(secret);
        return _verifiers(p256, abi.encode(x, y));
    }

    /// @dev One of one.
    function _multisig(uint256 secret) internal view returns (bytes memory) {
        return _verifiers(multisig, abi.encodePacked(keccak256(_members(secret))));
    }

    function _members(uint256 secret) private pure returns (bytes memory) {
        return abi.encodePacked(uint8(1), uint16(20), vm.addr(secret));
    }

    // ------------------------------------------------------------------ signatures

    /// @dev r 32 · s 32, in the lower half.
    function _signP256(uint256 secret, bytes32 digest) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s) = vm.signP256(secret, digest);
        return abi.encode(r, uint256(s) > P256_ORDER / 2 ? P256_ORDER - uint256(s) : uint256(s));
    }

    function _signMultisig(uint256 secret, bytes32 digest) internal pure returns (bytes memory) {
        bytes memory members = _members(secret);
        bytes memory part = abi.encodePacked(uint8(0), uint16(65), _sign(secret, digest));
        return abi.encodePacked(uint16(members.length), members, part);
    }

    /// @notice `length (2) · first · second`.
    function _pair(bytes memory first, bytes memory second) internal pure returns (bytes memory) {
        return abi.encodePacked(uint16(first.length), first, second);
    }

    /// @notice `digestHead (4) · signature`.
    function _headed(bytes32 digest, bytes memory signature) internal pure returns (bytes memory) {
        return abi.encodePacked(bytes4(digest), signature);
    }

    function _cutTo(bytes memory data, uint256 length) internal pure returns (bytes memory out) {
        out = new bytes(length);
        for (uint256 i; i < length; ++i) out[i] = data[i];
    }

    // ------------------------------------------------------------------ verdicts

    /// @notice The operation passes with `signatures`, and is counted once.
    function _passes(Draft memory draft, bytes memory signatures) internal {
        uint256 uses = _state().usage.uses();
        uint256 data = _validate(_sealed(draft, signatures));
        assertEq(data, (draft.validAfter << 208) | (draft.validUntil << 160), "validation data");
        assertEq(_state().usage.uses(), uses + 1, "uses");
    }

    /// @notice Validation returns SIG_VALIDATION_FAILED and counts nothing.
    function _fails(Draft memory draft, bytes memory signatures, string memory what) internal {
        bytes32 before = keccak256(abi.encode(_state()));
        uint256 data = _validate(_sealed(draft, signatures));
        assertEq(data, (draft.validAfter << 208) | (draft.validUntil << 160) | 1, what);
        assertEq(keccak256(abi.encode(_state())), before, "nothing counted");
    }

    /// @notice Validation reverts with exactly `problem` and counts nothing.
    function _reverts(Draft memory draft, bytes memory signatures, bytes memory problem) internal {
        _refusesOperation(_sealed(draft, signatures), problem);
    }

    /// @notice Relayed by a stranger with `authorization`, the redemption passes and is counted once.
    function _redeems(Redemption memory it, bytes memory authorization) internal {
        uint256 uses = _state().usage.uses();
        _relay(it, abi.encodePacked(_context(it), authorization));
        assertEq(_state().usage.uses(), uses + 1, "uses");
    }

    /// @notice Relayed by a stranger with `authorization`, it reverts with exactly `problem` and counts nothing.
    function _refusesAuthorization(Redemption memory it, bytes memory authorization, bytes memory problem) internal {
        bytes32 before = keccak256(abi.encode(_state()));
        _refusesRelay(it, abi.encodePacked(_context(it), authorization), problem);
        assertEq(keccak256(abi.encode(_state())), before, "nothing counted");
    }

    function _unauthorized(address at) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(RedemptionUnauthorized.selector, at, RELAYER, RELAYER);
    }

    /// @notice What passes the threshold by one, alone.
    function _missing(uint256 attempted) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(CosignatureMissing.selector, 0, THRESHOLD, attempted);
    }
}
