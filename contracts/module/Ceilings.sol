// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CeilingLimit} from "../policy/CeilingLimit.sol";
import {MeterWord, MeterWordLib} from "../policy/MeterWord.sol";
import {Periods} from "../policy/Periods.sol";
import {KeyStore} from "./KeyStore.sol";
import {CeilingCharge, Operation} from "./Operation.sol";
import {RareRules} from "./RareRules.sol";

/// @title Account ceilings: one cap over all keys of an account, for native or for a token
/// @notice What a key spends is charged here as well, whatever its own policy says; the stricter side wins. Native is
/// counted in wei and includes the largest gas cost that the account could pay.
/// @dev Nothing here runs for an account without ceilings: its control word says so.
abstract contract Ceilings is KeyStore, RareRules {
    /// @dev Stands for native where a token's address would.
    address internal constant NATIVE = address(0);

    /// @dev Room for native, a paymaster's token, and one token for each call.
    function _openCeilings(Operation memory operation, uint256 calls) internal view {
        operation.ceilings = new CeilingCharge[](calls + 2);
        operation.ceilings[0].limit = _ceilings[NATIVE][operation.account].limit;
    }

    /// @dev The ceiling of `token`, if it has one.
    function _ceilingLimit(Operation memory operation, address token) internal view returns (CeilingLimit) {
        return _ceilings[token][operation.account].limit;
    }

    /// @inheritdoc RareRules
    function _chargeCeiling(Operation memory operation, address token, uint256 amount) internal view override {
        CeilingLimit limit = _ceilingLimit(operation, token);
        if (!limit.isSet()) return;
        // A place is there: one for each call, and one more. `address(0)`, which marks a free one, is no token.
        uint256 i = 1;
        while (operation.ceilings[i].token != token && operation.ceilings[i].token != NATIVE) ++i;
        CeilingCharge memory entry = operation.ceilings[i];
        entry.token = token;
        entry.limit = limit;
        uint256 before = entry.charge;
        // Unchecked: an overflow is what is looked for; such a sum is larger than every cap.
        unchecked {
            amount += before;
            entry.charge = amount < before ? type(uint256).max : amount;
        }
    }

    /// @inheritdoc RareRules
    function _weighCeilings(Operation memory operation) internal view override {
        operation.ceilings[0].charge = operation.native;
        uint256 count = operation.ceilings.length;
        for (uint256 i; i < count; ++i) {
            CeilingCharge memory entry = operation.ceilings[i];
            if (!entry.limit.isSet() || entry.charge == 0) continue;
            entry.word = _weighCeiling(operation, entry);
        }
    }

    /// @inheritdoc RareRules
    function _commitCeilings(Operation memory operation) internal override {
        uint256 count = operation.ceilings.length;
        for (uint256 i; i < count; ++i) {
            CeilingCharge memory entry = operation.ceilings[i];
            // A period that stores something is never 0 in the word.
            if (MeterWord.unwrap(entry.word) != 0) _ceilings[entry.token][operation.account].word = entry.word;
        }
    }

    /// @return the ceiling's counter after the operation; 0 where its period stores nothing.
    function _weighCeiling(Operation memory operation, CeilingCharge memory entry) private view returns (MeterWord) {
        uint256 period = entry.limit.period();
        uint256 index;
        uint256 spent;
        if (period != Periods.OPERATION) {
            index = Periods.index(period, operation.validUntil);
            if (Periods.index(period, operation.validAfter) != index) {
                revert WindowCrossesPeriod(period, operation.validAfter, operation.validUntil);
            }
            MeterWord word = _ceilings[entry.token][operation.account].word;
            spent = word.spent();
            // {CeilingRules} keeps the word in the limit's own period, or at 0.
            if (word.windowIndex() > index) {
                revert CeilingWindowBeforeCounted(entry.token, period, index, word.windowIndex());
            }
            if (word.windowIndex() < index) spent = 0;
        }
        uint256 cap = entry.limit.cap();
        // What a lowered cap left behind as spent leaves nothing. No sum: it could overflow.
        if (entry.charge > (cap > spent ? cap - spent : 0)) {
            revert CeilingExceeded(
                entry.token, cap, spent, entry.charge, Periods.end(period, operation.validUntil)
            );
        }
        if (period == Periods.OPERATION) return MeterWord.wrap(0);
        // Unchecked: both are at most a 128-bit cap.
        unchecked {
            return MeterWordLib.pack(period, index, spent + entry.charge);
        }
    }
}
