// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Periods} from "../../contracts/policy/Periods.sol";
import {CountersFuzz} from "../utils/CountersFuzz.sol";

// Random operations under random limits
// ├── are accepted exactly when the slow model of all limits accepts them
// ├── in whatever order their windows come, at and around every boundary of the calendar
// ├── under ceilings of the account
// └── and over updates that change caps, and that reorder, drop and bring back meters
contract CountersFuzzTest is CountersFuzz {
    uint256 private constant STEPS = 12;
    /// @dev 2024 to 2034, with leap years; about as far as 36 bits do not matter.
    uint256 private constant FROM = 1_704_067_200;
    uint256 private constant TO = 2_019_686_400;

    function test_fuzz_anyOrder(uint256 seed_) public {
        seed = seed_;
        _randomLimits();
        _randomOrder();
        _fixtureFromLimits();
        _grant();
        uint256 around = FROM + _random(TO - FROM);
        for (uint256 i; i < STEPS; ++i) {
            around = _nearby(around);
            _window(around, around + _length());
            _tryRandomOperation();
        }
    }

    function test_fuzz_underCeilings(uint256 seed_) public {
        seed = seed_;
        _randomLimits();
        _randomOrder();
        _fixtureFromLimits();
        _randomCeilings();
        _grant();
        uint256 around = FROM + _random(TO - FROM);
        for (uint256 i; i < STEPS; ++i) {
            around = _nearby(around);
            _window(around, around + _length());
            _tryRandomOperation();
        }
    }

    function test_fuzz_overUpdates(uint256 seed_) public {
        seed = seed_;
        _randomLimits();
        _randomOrder();
        _fixtureFromLimits();
        uint256 time = FROM + _random(TO - FROM);
        vm.warp(time);
        _grant();
        for (uint256 i; i < STEPS; ++i) {
            // Forwards only: a window that has ended cannot be used any more.
            uint256 next = _nearby(time);
            if (next > time) time = next;
            if (_random(3) == 0) {
                vm.warp(time);
                _randomUpdate();
                _modelSees(time);
            } else {
                uint256 end = time + _length();
                _window(time, end);
                _tryRandomOperation();
                time = end;
            }
        }
    }

    function _randomUpdate() private {
        bytes memory header = _header();
        bytes32 root = _permissionsRoot();
        _randomOrder();
        for (uint256 i; i < 4; ++i) meterLimits[i].cap = 1 + _random(30);
        if (nativeLimit.cap != 0) nativeLimit.cap = 1 + _random(30);
        if (rateLimit.cap != 0) rateLimit.cap = 1 + _random(12);
        _fixtureFromLimits();
        vm.prank(ACCOUNT);
        module.update(signer, _settings(), _header(), _permissions(), header, root);
    }

    /// @dev A time at, or a little off, the end of some window: where limits can go wrong.
    function _nearby(uint256 time) private returns (uint256) {
        uint256 choice = _random(4);
        if (choice == 0) return time;
        if (choice == 1) return time + _random(100);
        if (choice == 2 && time > FROM) return time - _random(100);
        return Periods.end(Periods.MINUTE + _random(6), time) - 3 + _random(5);
    }

    function _length() private returns (uint256) {
        return 1 + (_random(8) == 0 ? _random(4000) : _random(4));
    }
}
