// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {KeySettings} from "./KeySettings.sol";

/// @title A grant that the owner signed off chain
/// @notice Its bytes, and what the owner signs. The domain names neither chain nor contract, each entry names both: one
/// signature may stand for several chains and accounts.
/// @dev Formats: docs/WIRE-FORMAT.md, "Signed by the owner".
library SignedGrant {
    using CalldataWord for bytes;

    /// @dev One grant of those that a signature stands for, word by word as EIP-712 hashes it.
    struct Entry {
        bytes32 typeHash;
        uint256 chainId;
        address module;
        address account;
        uint256 epoch;
        uint256 serial;
        bytes32 keyId;
        KeySettings settings;
        bytes32 headerHash;
        bytes32 permissionsHash;
    }

    /// @dev deadline 5 · entryCount 1 · entryIndex 1.
    uint256 private constant HEAD = 7;
    /// @dev settings 32 · permissionsLength 2.
    uint256 private constant ENTRY_HEAD = 34;

    bytes32 private constant DOMAIN_SEPARATOR = keccak256(
        abi.encode(keccak256("EIP712Domain(string name,string version)"), keccak256("SessionKeyModule"), keccak256("1"))
    );
    bytes32 private constant ENTRY_TYPEHASH = keccak256(
        "SessionKeyGrant(uint256 chainId,address module,address account,uint32 epoch,uint24 serial,bytes signer,"
        "uint256 settings,bytes header,bytes permissions)"
    );
    bytes32 private constant GRANTS_TYPEHASH = keccak256(
        "SessionKeyGrants(SessionKeyGrant[] grants,uint48 deadline)"
        "SessionKeyGrant(uint256 chainId,address module,address account,uint32 epoch,uint24 serial,bytes signer,"
        "uint256 settings,bytes header,bytes permissions)"
    );
    bytes32 private constant REVOCATION_TYPEHASH = keccak256(
        "SessionKeyRevocation(uint256 chainId,address module,address account,bytes32 keyId,uint32 epoch,uint24 serial)"
    );

    /// @notice Takes the bytes apart. Reverts unless they hold together; what is left over is the signature.
    function open(bytes calldata signed)
        internal
        pure
        returns (KeySettings settings, bytes calldata permissions, bytes calldata ownerSignature)
    {
        // Unchecked: lengths of at most 16 bits.
        unchecked {
            if (signed.length < HEAD) revert ISessionKeyErrors.SignedGrantMalformed(signed.length);
            if (entryIndex(signed) >= entryCount(signed)) revert ISessionKeyErrors.SignedGrantMalformed(HEAD - 1);
            uint256 offset = HEAD + 32 * (entryCount(signed) - 1);
            uint256 start = offset + ENTRY_HEAD;
            if (signed.length < start) revert ISessionKeyErrors.SignedGrantMalformed(signed.length);
            settings = KeySettings.wrap(signed.word(offset));
            uint256 length = signed.word(offset + 32) >> 240;
            if (signed.length < start + length) revert ISessionKeyErrors.SignedGrantMalformed(offset + 32);
            permissions = signed.slice(start, length);
            ownerSignature = signed.slice(start + length, signed.length - start - length);
        }
    }

    /// @notice Last second at which the grant may be used, seconds since 1970.
    function deadline(bytes calldata signed) internal pure returns (uint256) {
        return signed.word(0) >> 216;
    }

    /// @notice How many grants the signature stands for.
    function entryCount(bytes calldata signed) internal pure returns (uint256) {
        return signed.byteAt(5);
    }

    /// @notice Which of them this one is.
    function entryIndex(bytes calldata signed) internal pure returns (uint256) {
        return signed.byteAt(6);
    }

    /// @notice A grant here, but for the hashes of its policy.
    /// @dev Must run in the module's own context, of which `address(this)` is the module.
    function entryOf(address account, bytes32 keyId, KeySettings settings) internal view returns (Entry memory entry) {
        entry.typeHash = ENTRY_TYPEHASH;
        entry.chainId = block.chainid;
        entry.module = address(this);
        entry.account = account;
        entry.epoch = settings.epoch();
        entry.serial = settings.serial();
        entry.keyId = keyId;
        entry.settings = settings;
    }

    /// @notice What the owner signed, if `entry` is what the grant says here.
    /// @param signed taken apart before by {open}.
    function digest(bytes calldata signed, Entry memory entry) internal pure returns (bytes32) {
        bytes32 entries;
        // Assembly: ten words of a struct in a row are the very bytes to hash; encoding them again would cost 700 gas.
        assembly ("memory-safe") {
            entries := keccak256(entry, 320)
        }
        if (entryCount(signed) == 1) {
            entries = keccak256(abi.encode(entries));
        } else {
            uint256 before = 32 * entryIndex(signed);
            bytes calldata others = signed.slice(HEAD, 32 * (entryCount(signed) - 1));
            entries = keccak256(bytes.concat(others[:before], entries, others[before:]));
        }
        return _typed(keccak256(abi.encode(GRANTS_TYPEHASH, entries, deadline(signed))));
    }

    /// @notice What the owner signs to have a key revoked by whoever relays it.
    function revocationDigest(address account, bytes32 keyId, uint256 epoch, uint256 serial)
        internal
        view
        returns (bytes32)
    {
        return _typed(
            keccak256(abi.encode(REVOCATION_TYPEHASH, block.chainid, address(this), account, keyId, epoch, serial))
        );
    }

    function _typed(bytes32 structHash) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", DOMAIN_SEPARATOR, structHash));
    }
}
