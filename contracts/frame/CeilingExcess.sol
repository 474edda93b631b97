// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeyStore} from "../module/KeyStore.sol";
import {CeilingLimit} from "../policy/CeilingLimit.sol";
import {MeterWord, MeterWordLib} from "../policy/MeterWord.sol";
import {Periods} from "../policy/Periods.sol";
import {FrameRecord} from "./FrameRecord.sol";

/// @title What left the account beyond what validation charged to its ceilings
abstract contract CeilingExcess is KeyStore {
    /// @dev Stands for native where a token's address would.
    address internal constant NATIVE_TOKEN = address(0);

    /// @dev Adds `excess` to what the ceiling of `token` counts, if there is one, by the block's time.
    /// @param asset of the record: a meter of the token, or native.
    function _chargeCeilingExcess(address account, FrameRecord record, uint256 asset, address token, uint256 excess)
        internal
    {
        CeilingLimit limit = _ceilings[token][account].limit;
        if (!limit.isSet()) return;
        (uint256 period, uint256 cap) = (limit.period(), limit.cap());
        (uint256 spent, uint256 index) = (record.chargedInAll(asset), 0);
        if (period != Periods.OPERATION) {
            MeterWord word = _ceilings[token][account].word;
            (spent, index) = (word.spent(), Periods.index(period, block.timestamp));
            if (word.windowIndex() > index) {
                revert CeilingWindowBeforeCounted(token, period, index, word.windowIndex());
            }
            if (word.windowIndex() < index) spent = 0;
        }
        // No sum: it could overflow.
        if (excess > (cap > spent ? cap - spent : 0)) {
            revert CeilingExceeded(token, cap, spent, excess, Periods.end(period, block.timestamp));
        }
        if (period == Periods.OPERATION) return;
        _ceilings[token][account].word = MeterWordLib.pack(period, index, spent + excess);
    }
}
