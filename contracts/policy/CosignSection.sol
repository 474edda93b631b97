// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {KeySettings} from "./KeySettings.sol";
import {PolicyHeader} from "./PolicyHeader.sol";
import {Signer} from "./Signer.sol";
import {Signers} from "./Signers.sol";

/// @title The header's section 1: who co-signs, and above which amounts
/// @dev Format: docs/WIRE-FORMAT.md, `section 1`. Lengths stand behind what they count, so that the section is read from
/// the header's end, whatever stands in front of it. Readers trust a header that was checked when it was granted.
library CosignSection {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;

    /// @dev `meterIndex` of a threshold on native. No meter has it: a header holds at most 255, counted from 0.
    uint256 internal constant NATIVE = 0xff;
    uint256 internal constant THRESHOLD_LENGTH = 17;
    /// @dev signerLength 1 · thresholdCount 1.
    uint256 private constant FIXED_LENGTH = 2;
    uint256 private constant GWEI = 1e9;

    /// @notice Whether the policy has a co-signer.
    function isPresent(bytes calldata header) internal pure returns (bool) {
        return header.sections() & PolicyHeader.SECTION_COSIGNER != 0;
    }

    /// @notice Where the thresholds begin, {THRESHOLD_LENGTH} bytes each, and where they end.
    function thresholds(bytes calldata header) internal pure returns (uint256 start, uint256 end) {
        // Assembly: as {PolicyHeader-fixedLength} and {CalldataWord-byteAt} would have it, at a third of the price.
        // The form was
        // checked when the header was granted. Only sections of fixed length stand behind this one: checker 20,
        // pinned code 32.
        assembly ("memory-safe") {
            let present := byte(2, calldataload(header.offset))
            end := sub(header.length, 1)
            if and(present, 5) { end := sub(end, add(mul(5, and(present, 4)), shl(5, and(present, 1)))) }
            start := sub(end, mul(17, byte(0, calldataload(add(header.offset, end)))))
        }
    }

    /// @notice Meter and amount of the threshold at `offset` of the header.
    function threshold(bytes calldata header, uint256 offset)
        internal
        pure
        returns (uint256 meterIndex, uint256 amount)
    {
        uint256 word = header.word(offset);
        return (word >> 248, (word << 8) >> 128);
    }

    /// @notice The co-signer, `kind · key`.
    /// @param start of the thresholds.
    function cosigner(bytes calldata header, uint256 start) internal pure returns (bytes calldata) {
        // Unchecked: the form was checked when the header was granted.
        unchecked {
            uint256 length = header.byteAt(start - 1);
            return header.slice(start - 1 - length, length);
        }
    }

    /// @notice Length of the co-signer: that of an EOA, which no other kind has, or a longer one.
    /// @param start of the thresholds.
    function cosignerLength(bytes calldata header, uint256 start) internal pure returns (uint256) {
        // Unchecked: signerLength 1 stands right before the thresholds.
        unchecked {
            return header.byteAt(start - 1);
        }
    }

    /// @notice The address of a co-signer that is an EOA.
    /// @param start of the thresholds.
    function cosignerEoa(bytes calldata header, uint256 start) internal pure returns (address) {
        // Unchecked: address 20 · signerLength 1 stand right before the thresholds.
        unchecked {
            return address(uint160(header.word(start - 21) >> 96));
        }
    }

    /// @notice The co-signer, as an operation keeps a signer.
    /// @param start of the thresholds.
    function parsedCosigner(bytes calldata header, uint256 start) internal pure returns (Signer) {
        return Signers.decode(cosigner(header, start));
    }

    /// @notice Checks the section, for a grant.
    /// @param offset where it must begin.
    /// @param key the session key, which cannot be its own co-signer.
    /// @param account the account, whose policy this is.
    /// @return end where it ends.
    function check(bytes calldata header, uint256 offset, KeySettings settings, Signer key, address account)
        internal
        view
        returns (uint256 end)
    {
        end = _checkForm(header, offset);
        (uint256 start, uint256 last) = thresholds(header);
        bytes calldata signer = cosigner(header, start);
        if (!Signers.isWellFormed(signer)) revert ISessionKeyErrors.CosignerInvalid(signer);
        Signer parsed = Signers.decode(signer);
        if (Signers.isForbidden(parsed, account) || parsed.equals(key)) revert ISessionKeyErrors.CosignerInvalid(signer);
        _checkThresholds(header, start, last, settings);
    }

    function _checkForm(bytes calldata header, uint256 offset) private pure returns (uint256 end) {
        // Unchecked: every length is a byte, and what is subtracted from was compared first.
        unchecked {
            uint256 behind = PolicyHeader.fixedLength(header.sections());
            if (header.length < offset + FIXED_LENGTH + behind) revert ISessionKeyErrors.HeaderMalformed(offset);
            end = header.length - behind;
            uint256 count = header.byteAt(end - 1);
            uint256 length = FIXED_LENGTH + THRESHOLD_LENGTH * count;
            if (count == 0 || offset + length > end) revert ISessionKeyErrors.HeaderMalformed(end - 1);
            if (offset + length + header.byteAt(end - length) != end) {
                revert ISessionKeyErrors.HeaderMalformed(end - length);
            }
        }
    }

    /// @dev Each on a cap that is there, at most that cap (above it nothing ever passes), and one for each.
    function _checkThresholds(bytes calldata header, uint256 start, uint256 last, KeySettings settings) private pure {
        // Unchecked: at most 255 entries; a 56-bit cap times a gwei.
        unchecked {
            uint256 index;
            for (uint256 offset = start; offset < last; offset += THRESHOLD_LENGTH) {
                (uint256 meterIndex, uint256 amount) = threshold(header, offset);
                uint256 cap;
                if (meterIndex == NATIVE) cap = settings.nativeCap() * GWEI;
                else if (meterIndex < header.meterCount()) cap = header.meterCap(meterIndex);
                if (amount == 0 || amount > cap) {
                    revert ISessionKeyErrors.ThresholdInvalid(index, meterIndex, amount, cap);
                }
                for (uint256 other; other < index; ++other) {
                    if (header.byteAt(start + other * THRESHOLD_LENGTH) == meterIndex) {
                        revert ISessionKeyErrors.ThresholdDuplicate(other, index);
                    }
                }
                ++index;
            }
        }
    }
}
