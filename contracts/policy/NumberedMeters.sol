// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CalldataWord} from "../libraries/CalldataWord.sol";
import {PolicyHeader} from "./PolicyHeader.sol";

/// @title Meters whose subject is a number instead of a token
/// @notice What they count is said by permissions (`charges`), or, with the tag {TAG_CALLS}, it is every call: a further
/// rate limit.
library NumberedMeters {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;

    /// @notice Subjects up to this one are numbers; no token can have such an address charged by the table.
    uint256 internal constant LAST_NUMBER = 0xffff;
    /// @notice The tag of a numbered meter that counts every call of an operation.
    uint256 internal constant TAG_CALLS = 0xff;

    /// @notice Whether meter `index` counts what permissions say, or every call, instead of a token.
    function isNumbered(bytes calldata header, uint256 index) internal pure returns (bool) {
        return header.meterIdentity(index) >> 8 <= LAST_NUMBER;
    }

    /// @notice Whether meter `index` counts every call.
    function countsCalls(bytes calldata header, uint256 index) internal pure returns (bool) {
        return isCallCounter(header.meterIdentity(index));
    }

    /// @notice The same, of a meter's identity.
    function isCallCounter(uint256 identity) internal pure returns (bool) {
        return identity & 0xff == TAG_CALLS && identity >> 8 <= LAST_NUMBER;
    }
}
