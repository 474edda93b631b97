// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {Header, HeaderLib} from "./Header.sol";
import {KeyUsageLib} from "./KeyUsage.sol";
import {Periods} from "./Periods.sol";

/// @title What the header of a policy must keep to be granted
/// @dev Format: docs/WIRE-FORMAT.md, `header`. {HeaderLib} reads what passed here.
library PolicyHeader {
    using CalldataWord for bytes;

    /// @notice Checks every rule a header must keep, for a grant.
    function check(bytes calldata data) internal pure {
        if (data.length < HeaderLib.METERS_OFFSET) revert ISessionKeyErrors.HeaderMalformed(data.length);
        Header header = HeaderLib.locate(data);
        uint256 count = header.meterCount();
        // Unchecked, here and in {_checkPaymaster}: at most 255 meters and 255 paymasters of 294 bytes.
        unchecked {
            uint256 offset = HeaderLib.METERS_OFFSET + HeaderLib.METER_LENGTH * count;
            if (data.length < offset) revert ISessionKeyErrors.HeaderMalformed(data.length);
            for (uint256 i; i < count; ++i) _checkMeter(header, i);

            uint256 paymasters = header.paymasterCount();
            for (uint256 i; i < paymasters; ++i) offset = _checkPaymaster(data, i, offset, count);

            uint256 present = header.sections();
            if (present > HeaderLib.SECTION_PINNED_CODE) revert ISessionKeyErrors.HeaderMalformed(2);
            offset += 32 * present;
            if (data.length != offset) revert ISessionKeyErrors.HeaderMalformed(offset);
        }
    }

    function _checkMeter(Header header, uint256 index) private pure {
        address token = header.meterToken(index);
        uint256 period = header.meterPeriod(index);
        uint256 cap = header.meterCap(index);
        if (
            token == address(0) || !Periods.isKnown(period) || cap == 0
                || (index == 0 && cap > KeyUsageLib.MAX_METER_SPENT)
        ) revert ISessionKeyErrors.MeterInvalid(index, token, period, cap);
        uint256 identity = header.meterIdentity(index);
        for (uint256 other; other < index; ++other) {
            if (header.meterIdentity(other) == identity) revert ISessionKeyErrors.MeterDuplicate(other, index);
        }
    }

    function _checkPaymaster(bytes calldata data, uint256 index, uint256 offset, uint256 count)
        private
        pure
        returns (uint256 end)
    {
        uint256 mode = data.byteAt(offset + 20);
        uint256 tokenPart;
        unchecked {
            end = offset + HeaderLib.PAYMASTER_HEAD;
            if (data.length < end) revert ISessionKeyErrors.HeaderMalformed(offset);
            end += data.byteAt(offset + 21);
            tokenPart = end;
            if (mode == HeaderLib.PAYMASTER_TOKEN) end += HeaderLib.TOKEN_PART;
        }
        if (data.length < end) revert ISessionKeyErrors.HeaderMalformed(offset);
        bool known = mode == HeaderLib.PAYMASTER_SPONSOR
            || (mode == HeaderLib.PAYMASTER_TOKEN && data.byteAt(tokenPart) < count
                && data.word(tokenPart + 1) >> 128 != 0);
        if (!known || data.word(offset) >> 96 == 0) revert ISessionKeyErrors.PaymasterInvalid(index);
    }
}
