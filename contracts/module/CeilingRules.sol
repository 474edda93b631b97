// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyAdministration} from "../interfaces/ISessionKeyAdministration.sol";
import {AccountControl} from "../policy/AccountControl.sol";
import {CeilingLimit, CeilingLimitLib} from "../policy/CeilingLimit.sol";
import {MeterWord, MeterWordLib} from "../policy/MeterWord.sol";
import {Periods} from "../policy/Periods.sol";
import {KeyStore} from "./KeyStore.sol";

/// @title How an account sets the caps over all its keys, and what anyone may read of them
abstract contract CeilingRules is KeyStore, ISessionKeyAdministration {
    /// @inheritdoc ISessionKeyAdministration
    /// @dev What was spent is never forgotten: another cap keeps it, another period takes it over, and a ceiling that was
    /// lifted and comes back within the same window still knows it.
    function setCeiling(address token, uint256 period, uint256 cap) external override {
        if (cap == 0 ? period != 0 : !Periods.isKnown(period) || cap > type(uint128).max) {
            revert CeilingInvalid(token, period, cap);
        }
        Ceiling storage ceiling_ = _ceilings[token][msg.sender];
        CeilingLimit old = ceiling_.limit;
        CeilingLimit limit = CeilingLimitLib.pack(period, cap);
        AccountControl control = _controls[msg.sender];
        if (old.isSet() != limit.isSet()) {
            // Every ceiling has taken a storage slot of its own, so that the count stays far below its 32 bits.
            uint256 count = limit.isSet() ? control.ceilingCount() + 1 : control.ceilingCount() - 1;
            _setControl(msg.sender, control.withCeilingCount(count));
        }
        _carryCeiling(ceiling_, period);
        ceiling_.limit = limit;
        emit CeilingSet(msg.sender, token, period, cap);
    }

    /// @inheritdoc ISessionKeyAdministration
    function ceiling(address account, address token)
        external
        view
        override
        returns (uint256 period, uint256 cap, MeterWord spent, uint256 blockTime)
    {
        CeilingLimit limit = _ceilings[token][account].limit;
        return (limit.period(), limit.cap(), _ceilings[token][account].word, block.timestamp);
    }

    /// @dev Brings what was spent into the window that a new period counts, at the block's time: all of it was spent before.
    function _carryCeiling(Ceiling storage ceiling_, uint256 period) private {
        MeterWord word = ceiling_.word;
        if (MeterWord.unwrap(word) == 0 || period <= Periods.OPERATION || word.period() == period) return;
        bool ended = Periods.index(word.period(), block.timestamp) > word.windowIndex();
        ceiling_.word = ended
            ? MeterWord.wrap(0)
            : MeterWordLib.pack(period, Periods.index(period, block.timestamp), word.spent());
    }
}
