// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccountControl, AccountControlLib} from "../../contracts/policy/AccountControl.sol";
import {WordLayout} from "./WordLayout.sol";

// AccountControl
// ├── every bit below 228 belongs to exactly one field, those above to none
// └── each setter changes exactly the bits of its field, whatever the word held
contract AccountControlLayoutTest is WordLayout {
    function test_everyBitHasOneOwner() public view {
        _tableIsWhole(28);
        _walkBits();
        _walkFields();
    }

    function test_fuzz_withGuardian(uint256 word, address guardian) public view {
        AccountControl control = AccountControl.wrap(word).withGuardian(guardian);
        assertEq(control.guardian(), guardian, "guardian");
        _onlyFieldChanged(word, control, 0);
    }

    function test_fuzz_withEpoch(uint256 word, uint256 epoch) public view {
        epoch = bound(epoch, 0, AccountControlLib.MAX_EPOCH);
        AccountControl control = AccountControl.wrap(word).withEpoch(epoch);
        assertEq(control.epoch(), epoch, "epoch");
        _onlyFieldChanged(word, control, 1);
    }

    function test_fuzz_withValidator(uint256 word, bool installed) public view {
        AccountControl control = AccountControl.wrap(word).withValidator(installed);
        assertEq(control.isValidator(), installed, "isValidator");
        _onlyFieldChanged(word, control, 2);
    }

    function test_fuzz_withExecutor(uint256 word, bool installed) public view {
        AccountControl control = AccountControl.wrap(word).withExecutor(installed);
        assertEq(control.isExecutor(), installed, "isExecutor");
        assertEq(control.isInstalled(), installed || control.isValidator(), "isInstalled");
        _onlyFieldChanged(word, control, 3);
    }

    function test_fuzz_withPaused(uint256 word, bool paused) public view {
        AccountControl control = AccountControl.wrap(word).withPaused(paused);
        assertEq(control.isPaused(), paused, "isPaused");
        _onlyFieldChanged(word, control, 4);
    }

    function test_fuzz_withCeilingCount(uint256 word, uint256 count) public view {
        count = bound(count, 0, AccountControlLib.MAX_CEILING_COUNT);
        AccountControl control = AccountControl.wrap(word).withCeilingCount(count);
        assertEq(control.ceilingCount(), count, "ceilingCount");
        assertEq(control.hasCeilings(), count != 0, "hasCeilings");
        uint256 changed = word ^ AccountControl.unwrap(control);
        assertEq(changed & ~(_mask(_fields()[5]) | _mask(_fields()[6])), 0, "bits of other fields");
    }

    function test_fuzz_ceilingsOnly(uint256 word, uint256 count) public view {
        count = bound(count, 0, AccountControlLib.MAX_CEILING_COUNT);
        AccountControl control = AccountControl.wrap(word).withCeilingCount(count).ceilingsOnly();
        assertEq(control.ceilingCount(), count, "ceilingCount");
        assertEq(AccountControl.unwrap(control) & ~(_mask(_fields()[5]) | _mask(_fields()[6])), 0, "nothing else");
    }

    function test_maxEpochIsTheFieldsMaximum() public view {
        assertEq(AccountControlLib.MAX_EPOCH, 2 ** _fields()[1].width - 1, "MAX_EPOCH");
    }

    function test_fuzz_roundTrip(uint256 word) public view {
        _roundTrip(word, 28);
    }

    function _onlyFieldChanged(uint256 before, AccountControl control, uint256 field) private view {
        uint256 changed = before ^ AccountControl.unwrap(control);
        assertEq(changed & ~_mask(_fields()[field]), 0, "bits of other fields");
    }

    function _name() internal pure override returns (string memory) {
        return "AccountControl";
    }

    function _read(uint256 word) internal pure override returns (uint256[] memory values) {
        AccountControl control = AccountControl.wrap(word);
        values = new uint256[](7);
        values[0] = uint160(control.guardian());
        values[1] = control.epoch();
        values[2] = control.isValidator() ? 1 : 0;
        values[3] = control.isExecutor() ? 1 : 0;
        values[4] = control.isPaused() ? 1 : 0;
        values[5] = control.hasCeilings() ? 1 : 0;
        values[6] = control.ceilingCount();
    }
}
