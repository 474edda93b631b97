// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {VerifiedSignerTest} from "./VerifiedSignerTest.sol";

/// @notice A key and its co-signer, of any kinds of which at least one is a verifier's.
abstract contract CosignedPairTest is VerifiedSignerTest {
    enum Kind {
        Eoa,
        P256,
        Multisig
    }

    Kind internal keyKind;
    Kind internal cosignerKind;

    /// @notice The pairs whose signatures say how long they are.
    function _pairs() internal pure returns (Kind[2][6] memory) {
        return [
            [Kind.P256, Kind.Eoa],
            [Kind.Multisig, Kind.Eoa],
            [Kind.Eoa, Kind.P256],
            [Kind.Eoa, Kind.Multisig],
            [Kind.P256, Kind.P256],
            [Kind.Multisig, Kind.P256]
        ];
    }

    /// @notice Grants a policy to a pair that has none yet.
    function _grantPair(Kind[2] memory pair) internal {
        (keyKind, cosignerKind) = (pair[0], pair[1]);
        _signs(_signerOf(keyKind, KEY_SECRET));
        delete thresholds;
        _cosigns(_signerOf(cosignerKind, COSIGNER_SECRET));
        limits.serial = _state().settings.serial() + 1;
        _grant();
    }

    function _signerOf(Kind kind, uint256 secret) internal view returns (bytes memory) {
        if (kind == Kind.Eoa) return _eoa(secret);
        return kind == Kind.P256 ? _p256(secret) : _multisig(secret);
    }

    function _signAs(Kind kind, uint256 secret, bytes32 digest) internal pure returns (bytes memory) {
        if (kind == Kind.Eoa) return _sign(secret, digest);
        return kind == Kind.P256 ? _signP256(secret, digest) : _signMultisig(secret, digest);
    }

    /// @notice The key's signature.
    function _byKey(bytes32 digest) internal view returns (bytes memory) {
        return _signAs(keyKind, KEY_SECRET, digest);
    }

    /// @notice The co-signer's, with its head.
    function _byCosigner(bytes32 digest) internal view returns (bytes memory) {
        return _headed(digest, _signAs(cosignerKind, COSIGNER_SECRET, digest));
    }

    /// @notice Address of the co-signer, or of its verifier.
    function _cosignerAt() internal view returns (address) {
        return address(uint160(uint256(bytes32(cosigner)) >> 88));
    }

    function _keyAt() internal view returns (address) {
        return address(uint160(uint256(bytes32(signer)) >> 88));
    }

    /// @notice What is said of a signature of `length` bytes, head and all, that is not the co-signer's.
    /// @param recovered whose it is, where the co-signer is an EOA.
    function _byAnother(uint256 length, address recovered) internal view returns (bytes memory) {
        if (cosignerKind == Kind.Eoa && length != 69 || length <= 4) {
            return abi.encodeWithSelector(CosignatureMalformed.selector, length);
        }
        return abi.encodeWithSelector(
            CosignatureByAnotherKey.selector, _cosignerAt(), cosignerKind == Kind.Eoa ? recovered : address(0)
        );
    }

    function _notNeeded(uint256 length) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(CosignatureNotNeeded.selector, length);
    }

    function _otherContent(bytes32 digest, bytes4 head) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(CosignatureOverOtherContent.selector, bytes4(digest), head);
    }
}
