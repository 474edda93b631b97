// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {ISessionKeyFrames} from "../interfaces/ISessionKeyFrames.sol";
import {CosignSection} from "./CosignSection.sol";
import {FrameQuestions} from "./FrameQuestions.sol";
import {KeySettings} from "./KeySettings.sol";
import {KeyUsageLib} from "./KeyUsage.sol";
import {NumberedMeters} from "./NumberedMeters.sol";
import {Periods} from "./Periods.sol";
import {Signer} from "./Signer.sol";

/// @title The header of a policy: meters, paymasters, sections
/// @dev Format: docs/WIRE-FORMAT.md, `header`. Readers trust a header whose hash is under the stored root; {check} is
/// what a grant runs before it stores one.
library PolicyHeader {
    using CalldataWord for bytes;

    uint256 internal constant METERS_OFFSET = 3;
    uint256 internal constant METER_LENGTH = 38;
    uint256 internal constant PAYMASTER_SPONSOR = 1;
    uint256 internal constant PAYMASTER_TOKEN = 2;
    uint256 internal constant SECTION_PINNED_CODE = 1;
    uint256 internal constant SECTION_COSIGNER = 2;
    uint256 internal constant SECTION_CHECKER = 4;
    uint256 internal constant SECTION_FRAME = 8;
    /// @dev Has no bytes: says that some meter counts every call, so that operations without one need not look.
    uint256 internal constant SECTION_CALL_METERS = 16;
    /// @dev Has no bytes: says that the account forces `executeUserOp` around its calls.
    uint256 internal constant SECTION_EXECUTE_USER_OP = 32;
    uint256 private constant KNOWN_SECTIONS = SECTION_PINNED_CODE | SECTION_COSIGNER | SECTION_CHECKER | SECTION_FRAME
        | SECTION_CALL_METERS | SECTION_EXECUTE_USER_OP;
    uint256 private constant CHECKER_LENGTH = 20;
    uint256 private constant PAYMASTER_HEAD = 22;
    uint256 private constant TOKEN_PART = 17;

    function meterCount(bytes calldata header) internal pure returns (uint256) {
        return header.byteAt(0);
    }

    function paymasterCount(bytes calldata header) internal pure returns (uint256) {
        return header.byteAt(1);
    }

    function sections(bytes calldata header) internal pure returns (uint256) {
        return header.byteAt(2);
    }

    /// @notice The token of meter `index`.
    function meterToken(bytes calldata header, uint256 index) internal pure returns (address) {
        // Unchecked, here and below: `index` is a byte, so no offset passes 10,000.
        unchecked {
            return address(uint160(header.word(METERS_OFFSET + METER_LENGTH * index) >> 96));
        }
    }

    /// @notice Subject and tag of meter `index`, 21 bytes right-aligned: its identity.
    function meterIdentity(bytes calldata header, uint256 index) internal pure returns (uint256) {
        unchecked {
            return header.word(METERS_OFFSET + METER_LENGTH * index) >> 88;
        }
    }

    function meterPeriod(bytes calldata header, uint256 index) internal pure returns (uint256) {
        // Unchecked: as above.
        unchecked {
            return header.byteAt(METERS_OFFSET + METER_LENGTH * index + 21);
        }
    }

    function meterCap(bytes calldata header, uint256 index) internal pure returns (uint256) {
        // Unchecked: as above.
        unchecked {
            return header.word(METERS_OFFSET + METER_LENGTH * index + 22) >> 128;
        }
    }

    /// @notice Whether some meter counts `token`.
    function meters(bytes calldata header, address token) internal pure returns (bool) {
        uint256 left = meterCount(header);
        // Unchecked: counts down from at least 1.
        unchecked {
            if (left == 0) return false;
            if (meterToken(header, 0) == token) return true;
            while (--left != 0) {
                if (meterToken(header, left) == token) return true;
            }
        }
        return false;
    }

    /// @notice The code hash that the policy is pinned to: the header's last 32 bytes, if the section is there.
    function pinnedCode(bytes calldata header) internal pure returns (bytes32) {
        return bytes32(header.word(header.length - 32));
    }

    /// @notice Length of the sections that stand last, and whose length is fixed: checker and pinned code.
    function fixedLength(uint256 present) internal pure returns (uint256) {
        // Unchecked: at most 20 + 32.
        unchecked {
            return (present & SECTION_CHECKER) * CHECKER_LENGTH / SECTION_CHECKER + 32 * (present & SECTION_PINNED_CODE);
        }
    }

    /// @notice The checker contract, if the section is there: right before the pinned code.
    function checker(bytes calldata header) internal pure returns (address) {
        // Unchecked: a header with this section is at least as long.
        unchecked {
            return address(uint160(header.word(header.length - fixedLength(sections(header))) >> 96));
        }
    }

    /// @notice Finds the first entry for `paymaster` whose prefix `data` begins with.
    /// @param data the paymaster's own data, behind its two gas limits.
    /// @return mode 0 if there is none.
    /// @return meterIndex of a TOKEN entry.
    /// @return rate of a TOKEN entry, token units per 1e18 wei.
    function findPaymaster(bytes calldata header, address paymaster, bytes calldata data)
        internal
        pure
        returns (uint256 mode, uint256 meterIndex, uint256 rate)
    {
        // Unchecked: lengths of one byte, within a header whose form the grant has checked.
        unchecked {
            uint256 offset = METERS_OFFSET + METER_LENGTH * meterCount(header);
            for (uint256 left = paymasterCount(header); left > 0; --left) {
                address listed = address(uint160(header.word(offset) >> 96));
                mode = header.byteAt(offset + 20);
                uint256 prefixLength = header.byteAt(offset + 21);
                offset += PAYMASTER_HEAD;
                bool matches = listed == paymaster && data.length >= prefixLength
                    && header.slice(offset, prefixLength).hash() == data.slice(0, prefixLength).hash();
                offset += prefixLength;
                if (mode == PAYMASTER_TOKEN) {
                    if (matches) return (mode, header.byteAt(offset), header.word(offset + 1) >> 128);
                    offset += TOKEN_PART;
                } else if (matches) {
                    return (mode, 0, 0);
                }
            }
        }
        return (0, 0, 0);
    }

    /// @notice Checks every rule a header must keep, for a grant.
    /// @param key the session key.
    /// @param account whose key it is.
    /// @param frames checks what only measured keys have.
    function check(
        bytes calldata header,
        ISessionKeyFrames frames,
        KeySettings settings,
        Signer key,
        address account
    ) internal view {
        if (header.length < METERS_OFFSET) revert ISessionKeyErrors.HeaderMalformed(header.length);
        // Unchecked: counts and lengths are bytes, and every offset that is added to lies within calldata.
        unchecked {
            uint256 count = meterCount(header);
            uint256 offset = METERS_OFFSET + METER_LENGTH * count;
            if (header.length < offset) revert ISessionKeyErrors.HeaderMalformed(header.length);
            uint256 callMeters;
            for (uint256 i; i < count; ++i) {
                if (_checkMeter(header, i)) callMeters = SECTION_CALL_METERS;
            }

            uint256 paymasters = paymasterCount(header);
            for (uint256 i; i < paymasters; ++i) offset = _checkPaymaster(header, i, offset, count);

            // The flag MEASURED and the section have the same value. Most policies have none of all this.
            if (sections(header) | callMeters | (settings.flags() & SECTION_FRAME) != 0) {
                if (sections(header) & SECTION_CALL_METERS != callMeters) revert ISessionKeyErrors.HeaderMalformed(2);
                offset = _checkSections(header, frames, settings, key, account, offset);
            }
            if (header.length != offset) revert ISessionKeyErrors.HeaderMalformed(offset);
        }
    }

    /// @param offset where the sections begin.
    /// @return end where they end.
    function _checkSections(
        bytes calldata header,
        ISessionKeyFrames frames,
        KeySettings settings,
        Signer key,
        address account,
        uint256 offset
    ) private view returns (uint256 end) {
        uint256 present = sections(header);
        if (present & ~KNOWN_SECTIONS != 0) revert ISessionKeyErrors.HeaderMalformed(2);
        end = offset;
        if ((settings.flags() | present) & SECTION_FRAME != 0) {
            end = FrameQuestions.ask(
                frames, ISessionKeyFrames.checkHeader.selector, end, KeySettings.unwrap(settings), header
            );
        }
        if (present & SECTION_COSIGNER != 0) end = CosignSection.check(header, end, settings, key, account);
        // Unchecked: a length of at most 52, behind an offset that lies within calldata.
        unchecked {
            end += fixedLength(present);
        }
        if (header.length != end) revert ISessionKeyErrors.HeaderMalformed(end);
        if (present & SECTION_CHECKER != 0 && checker(header).code.length == 0) {
            revert ISessionKeyErrors.CheckerInvalid(checker(header));
        }
    }

    /// @return countsCalls whether the meter counts every call, which the header's section bit must say.
    function _checkMeter(bytes calldata header, uint256 index) private pure returns (bool countsCalls) {
        uint256 identity = meterIdentity(header, index);
        address token = address(uint160(identity >> 8));
        uint256 period = meterPeriod(header, index);
        uint256 cap = meterCap(header, index);
        uint256 largest = index == 0 ? KeyUsageLib.MAX_METER_SPENT : type(uint128).max;
        bool valid = Periods.isKnown(period);
        if (cap == 0) valid = false;
        if (cap > largest) valid = false;
        if (token == address(0)) valid = false;
        if (!valid) revert ISessionKeyErrors.MeterInvalid(index, token, period, cap);
        // Unchecked: counts meters.
        unchecked {
            for (uint256 other; other < index; ++other) {
                if (meterIdentity(header, other) == identity) {
                    revert ISessionKeyErrors.MeterDuplicate(other, index);
                }
            }
        }
        return NumberedMeters.isCallCounter(identity);
    }

    function _checkPaymaster(bytes calldata header, uint256 index, uint256 offset, uint256 count)
        private
        pure
        returns (uint256 end)
    {
        // Unchecked: lengths of one byte, added to an offset that lies within calldata.
        unchecked {
            end = offset + PAYMASTER_HEAD;
            if (header.length < end) revert ISessionKeyErrors.HeaderMalformed(offset);
            uint256 mode = header.byteAt(offset + 20);
            end += header.byteAt(offset + 21);
            uint256 tokenPart = end;
            if (mode == PAYMASTER_TOKEN) end += TOKEN_PART;
            if (header.length < end) revert ISessionKeyErrors.HeaderMalformed(offset);
            bool known = mode == PAYMASTER_SPONSOR
                || (mode == PAYMASTER_TOKEN && header.byteAt(tokenPart) < count
                    && !NumberedMeters.isNumbered(header, header.byteAt(tokenPart))
                    && header.word(tokenPart + 1) >> 128 != 0);
            if (!known || header.word(offset) >> 96 == 0) revert ISessionKeyErrors.PaymasterInvalid(index);
        }
    }
}
