// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {LIFETIME, MONTH, OPERATION, YEAR} from "./Codes.sol";
import {SlowCalendar} from "./SlowCalendar.sol";

/// @notice What a key may still do, reckoned the slow way: every operation ever accepted is kept, and each limit adds up
/// those in its window again. No counter, no packing, no closed calendar formula.
/// @dev Four meters, known by a number 0–3 that stays theirs wherever the header has them: two of tokens, a numbered one,
/// and one that counts calls. Ceilings, where the account has them: native, then of the two tokens.
abstract contract SlowCounters {
    struct Limit {
        uint256 cap;
        uint8 period;
    }

    struct Operation {
        uint256 validAfter;
        uint256 validUntil;
        /// @dev Whole gwei, rounded up.
        uint256 native;
        uint256 calls;
        uint256[4] amounts;
        /// @dev What native's ceiling counts.
        uint256 wei_;
    }

    /// @dev First seconds of the windows that a time lies in, by period code.
    struct Windows {
        uint256[9] start;
    }

    struct Past {
        Windows windows;
        uint256 native;
        uint256 calls;
        uint256[4] amounts;
        uint256 wei_;
    }

    Limit internal nativeLimit;
    Limit internal rateLimit;
    Limit[4] internal meterLimits;
    /// @dev A cap of 0: none.
    Limit[3] internal ceilings;
    uint256 internal quota;
    uint256 internal cooldownSeconds;
    /// @dev Meters of the header in their order.
    uint256[] internal order;

    Past[] private history;
    uint256 private time;
    Windows private timeWindows;

    /// @notice Whether the operation keeps every limit.
    function _modelAllows(Operation memory op) internal view returns (bool) {
        if (time != 0 && cooldownSeconds != 0 && op.validAfter < time + cooldownSeconds) return false;
        Windows memory from = _windowsOf(op.validAfter);
        Windows memory until = _windowsOf(op.validUntil);
        uint256 used;
        uint256 uses;
        for (uint256 i; i < history.length; ++i) uses += history[i].calls;
        if (quota != 0 && uses + op.calls > quota) return false;

        if (nativeLimit.cap != 0 && _wordRefuses(nativeLimit.period, from, until)) return false;
        for (uint256 i; i < history.length; ++i) {
            if (_counts(nativeLimit.period, history[i].windows, until)) used += history[i].native;
        }
        if (op.native != 0 && used + op.native > nativeLimit.cap) return false;

        if (rateLimit.cap != 0) {
            if (_wordRefuses(rateLimit.period, from, until)) return false;
            used = 0;
            for (uint256 i; i < history.length; ++i) {
                if (_counts(rateLimit.period, history[i].windows, until)) used += history[i].calls;
            }
            if (used + op.calls > rateLimit.cap) return false;
        }
        for (uint256 i; i < order.length; ++i) {
            if (!_meterAllows(i, op.amounts[order[i]], from, until)) return false;
        }
        for (uint256 i; i < 3; ++i) {
            if (ceilings[i].cap != 0 && !_ceilingAllows(i, op, from, until)) return false;
        }
        return true;
    }

    function _modelRecords(Operation memory op) internal {
        history.push(Past(_windowsOf(op.validUntil), op.native, op.calls, op.amounts, op.wei_));
        _modelSees(op.validUntil);
    }

    /// @notice The latest time that limits have been brought to.
    function _modelSees(uint256 t) internal {
        if (t <= time) return;
        time = t;
        timeWindows = _windowsOf(t);
    }

    /// @dev As a later meter, but over every key's operations, which all are in the history.
    function _ceilingAllows(uint256 i, Operation memory op, Windows memory from, Windows memory until)
        private
        view
        returns (bool)
    {
        uint256 amount = i == 0 ? op.wei_ : op.amounts[i - 1];
        if (amount == 0) return true;
        Limit memory limit = ceilings[i];
        bool calendar = limit.period > OPERATION && limit.period < LIFETIME;
        if (calendar && from.start[limit.period] != until.start[limit.period]) return false;
        uint256 used;
        for (uint256 j; j < history.length; ++j) {
            uint256 past = i == 0 ? history[j].wei_ : history[j].amounts[i - 1];
            if (past == 0) continue;
            if (calendar && history[j].windows.start[limit.period] > until.start[limit.period]) return false;
            if (_counts(limit.period, history[j].windows, until)) used += past;
        }
        return used + amount <= limit.cap;
    }

    function _meterAllows(uint256 place, uint256 amount, Windows memory from, Windows memory until)
        private
        view
        returns (bool)
    {
        uint256 id = order[place];
        Limit memory limit = meterLimits[id];
        // The first meter keeps its window in every operation, a later one only where it is charged.
        if (place == 0 && _wordRefuses(limit.period, from, until)) return false;
        if (amount == 0) return true;
        bool calendar = limit.period > OPERATION && limit.period < LIFETIME;
        if (calendar && from.start[limit.period] != until.start[limit.period]) return false;
        uint256 used;
        for (uint256 i; i < history.length; ++i) {
            uint256 past = history[i].amounts[id];
            if (past == 0) continue;
            if (calendar && history[i].windows.start[limit.period] > until.start[limit.period]) return false;
            if (_counts(limit.period, history[i].windows, until)) used += past;
        }
        return used + amount <= limit.cap;
    }

    /// @dev The window lies in two periods, or in one before the latest.
    function _wordRefuses(uint8 period, Windows memory from, Windows memory until) private view returns (bool) {
        if (period <= OPERATION || period >= LIFETIME) return false;
        return from.start[period] != until.start[period] || timeWindows.start[period] > until.start[period];
    }

    function _counts(uint8 period, Windows memory past, Windows memory until) private pure returns (bool) {
        if (period == OPERATION) return false;
        return past.start[period] == until.start[period];
    }

    function _windowsOf(uint256 t) private pure returns (Windows memory windows) {
        windows.start[2] = t - t % 60;
        windows.start[3] = t - t % 3600;
        windows.start[4] = t - t % 86_400;
        // From Monday 1970-01-05.
        windows.start[5] = t - (t - 4 * 86_400) % (7 * 86_400);
        (,, windows.start[MONTH], windows.start[YEAR]) = SlowCalendar.date(t);
    }
}
