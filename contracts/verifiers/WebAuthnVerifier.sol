// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {P256Curve} from "./P256Curve.sol";
import {Verifier} from "./Verifier.sol";

/// @title Passkeys: WebAuthn assertions with P-256 (ES256)
/// @notice The key names where it may be used:
/// `key = x (32) · y (32) · rpIdHash (32) · rules (1) · origin (the rest)`.
/// Rules: bit 0, the authenticator must have verified the user (UV); the others are 0.
/// `signature = r (32) · s (32, low half) · tailLength (2) · tail · rest`: authenticator data behind the rpIdHash, and
/// client data behind the origin. What stands in front of both is put together here and never taken from the signature, so
/// type, challenge, origin and rpIdHash are compared by being signed.
/// @dev Follows "Verifying an Authentication Assertion" and the limited verification of client data of WebAuthn Level 2
/// (sections 7.2 and 5.8.1.2): browsers write `type`, `challenge`, `origin`, `crossOrigin` first and in this order.
abstract contract WebAuthnVerifier is Verifier, P256Curve {
    uint256 private constant RP_ID_HASH_OFFSET = 64;
    uint256 private constant RULES_OFFSET = 96;
    uint256 private constant ORIGIN_OFFSET = 97;
    /// @dev r 32 · s 32 · tailLength 2.
    uint256 private constant TAIL_OFFSET = 66;
    /// @dev flags 1 · signCount 4.
    uint256 private constant PLAIN_TAIL_LENGTH = 5;

    uint256 private constant RULE_USER_VERIFIED = 1;

    uint256 private constant USER_PRESENT = 0x01;
    uint256 private constant USER_VERIFIED = 0x04;
    uint256 private constant BACKUP_ELIGIBLE = 0x08;
    uint256 private constant BACKED_UP = 0x10;
    uint256 private constant ATTESTED_CREDENTIAL = 0x40;
    uint256 private constant EXTENSIONS = 0x80;

    bytes private constant SAME_ORIGIN = ",\"crossOrigin\":false";

    /// @inheritdoc Verifier
    function _isSigned(bytes calldata key, bytes32 hash, bytes calldata signature) internal view override returns (bool) {
        if (key.length <= ORIGIN_OFFSET || signature.length < TAIL_OFFSET) return false;
        uint256 restOffset = TAIL_OFFSET + uint16(bytes2(signature[64:]));
        if (signature.length < restOffset) return false;
        bytes calldata tail = signature[TAIL_OFFSET:restOffset];
        bytes calldata rest = signature[restOffset:];
        if (!_isTailAllowed(tail, uint8(key[RULES_OFFSET])) || !_isRestAllowed(rest)) return false;
        bytes32 clientDataHash = sha256(
            abi.encodePacked(
                "{\"type\":\"webauthn.get\",\"challenge\":\"",
                Base64.encodeURL(abi.encodePacked(hash)),
                "\",\"origin\":\"",
                key[ORIGIN_OFFSET:],
                "\"",
                rest
            )
        );
        bytes32 message = sha256(abi.encodePacked(key[RP_ID_HASH_OFFSET:RULES_OFFSET], tail, clientDataHash));
        return _isOnP256(message, bytes32(signature), bytes32(signature[32:]), bytes32(key), bytes32(key[32:]));
    }

    /// @dev A person was there, was verified if the key asks for it, and the flags say what the length shows. The signature
    /// counter is not compared: that takes storage, and passkeys that are synchronized leave it at 0.
    function _isTailAllowed(bytes calldata tail, uint256 rules) private pure returns (bool) {
        if (rules > RULE_USER_VERIFIED || tail.length < PLAIN_TAIL_LENGTH) return false;
        uint256 flags = uint8(tail[0]);
        if (flags & USER_PRESENT == 0) return false;
        if (rules & RULE_USER_VERIFIED != 0 && flags & USER_VERIFIED == 0) return false;
        if (flags & BACKED_UP != 0 && flags & BACKUP_ELIGIBLE == 0) return false;
        // Credentials are attested when they are made, not when they sign.
        if (flags & ATTESTED_CREDENTIAL != 0) return false;
        return (tail.length > PLAIN_TAIL_LENGTH) == (flags & EXTENSIONS != 0);
    }

    /// @dev The object ends, or says first that the page was not embedded in another origin's.
    function _isRestAllowed(bytes calldata rest) private pure returns (bool) {
        uint256 length = rest.length;
        if (length == 0 || rest[length - 1] != "}") return false;
        if (length == 1) return true;
        uint256 said = SAME_ORIGIN.length;
        if (length <= said || keccak256(rest[:said]) != keccak256(SAME_ORIGIN)) return false;
        return length == said + 1 || rest[said] == ",";
    }
}
