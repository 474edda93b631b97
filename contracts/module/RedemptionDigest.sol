// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CalldataWord} from "../libraries/CalldataWord.sol";
import {OperationDigest} from "./OperationDigest.sol";

/// @title What a session key signs for a redemption that somebody else sends, and what a co-signer signs for any
/// @notice `SessionRedemption(…)` and `SessionRedemptionCosignature(…)` below, under the module's EIP-712 domain. The
/// account has no part in it, so the types name everything that a user operation's hash would: account, grant, place in
/// line, window, calls.
abstract contract RedemptionDigest is OperationDigest {
    using CalldataWord for bytes;

    /// @dev What a signature binds besides the calls.
    struct Redemption {
        address account;
        uint256 epoch;
        uint256 serial;
        uint256 nonce;
    }

    bytes32 private constant SESSION_REDEMPTION_TYPEHASH = keccak256(
        "SessionRedemption(address account,uint32 epoch,uint24 serial,uint24 nonce,uint48 validAfter,uint48 validUntil,"
        "bytes32 mode,bytes32 executionHash,bytes32 evidenceHash)"
    );

    /// @dev What the co-signer signs: the same content, as a type of its own.
    bytes32 private constant SESSION_REDEMPTION_COSIGNATURE_TYPEHASH = keccak256(
        "SessionRedemptionCosignature(address account,uint32 epoch,uint24 serial,uint24 nonce,uint48 validAfter,"
        "uint48 validUntil,bytes32 mode,bytes32 executionHash,bytes32 evidenceHash)"
    );

    /// @param cosigned whether it is the co-signer's digest, and not the key's.
    /// @param window of which the upper 10 bytes are validAfter 5 · validUntil 5.
    function _redemptionDigest(
        bool cosigned,
        Redemption memory it,
        uint256 window,
        bytes32 mode,
        bytes calldata executionCalldata,
        bytes calldata evidence
    ) internal view returns (bytes32) {
        return _hashTypedData(
            keccak256(
                abi.encode(
                    cosigned ? SESSION_REDEMPTION_COSIGNATURE_TYPEHASH : SESSION_REDEMPTION_TYPEHASH,
                    it.account,
                    it.epoch,
                    it.serial,
                    it.nonce,
                    window >> 216,
                    (window >> 176) & 0xffffffffff,
                    mode,
                    executionCalldata.hash(),
                    evidence.hash()
                )
            )
        );
    }
}
