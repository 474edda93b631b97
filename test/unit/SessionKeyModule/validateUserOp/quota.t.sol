// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EXACT, MOVES_NOTHING} from "../../../utils/Codes.sol";
import {Call, REPEATED} from "../../../utils/OperationBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: calls over the whole grant
// ├── allows the quota, refuses the next, for good
// ├── counts calls, not operations
// ├── a new grant starts at zero
// ├── the largest quota is kept to the last call
// └── without a quota, calls are counted all the same and the counter never wraps
contract ValidateQuotaTest is SessionKeyTest {
    uint256 private constant MAX_USES = 2 ** 24 - 1;

    function setUp() public override {
        super.setUp();
        _permit(EXACT, MOVES_NOTHING, APP, PING);
    }

    function test_boundary() public {
        _quota(3);
        for (uint256 i; i < 3; ++i) {
            _window(NOON + i * 1 days, NOON + i * 1 days + 59);
            _accepts(_ping());
        }
        _refuses(_ping(), abi.encodeWithSelector(QuotaExceeded.selector, 3, 3, 1));
        _window(NOON + 900 days, NOON + 900 days + 59);
        _refuses(_ping(), abi.encodeWithSelector(QuotaExceeded.selector, 3, 3, 1));
    }

    function test_batch() public {
        _quota(5);
        _refuses(_draft(_pings(6)), abi.encodeWithSelector(QuotaExceeded.selector, 5, 0, 6));
        _accepts(_draft(_pings(4)));
        _refuses(_draft(_pings(2)), abi.encodeWithSelector(QuotaExceeded.selector, 5, 4, 2));
        _accepts(_ping());
    }

    function test_newGrant() public {
        _quota(1);
        _accepts(_ping());
        ++limits.serial;
        _grant();
        _accepts(_ping());
        _refuses(_ping(), abi.encodeWithSelector(QuotaExceeded.selector, 1, 1, 1));
    }

    function test_largest() public {
        _quota(MAX_USES);
        _lastUse();
    }

    function test_withoutQuotaNeverWraps() public {
        _quota(0);
        _lastUse();
    }

    function _lastUse() private {
        _accepts(_ping());
        bytes32 slot = _usageSlot();
        uint256 word = uint256(vm.load(address(module), slot)) & ~(uint256(MAX_USES) << 204);
        vm.store(address(module), slot, bytes32(word | ((MAX_USES - 1) << 204)));
        _refuses(_draft(_pings(2)), abi.encodeWithSelector(QuotaExceeded.selector, MAX_USES, MAX_USES - 1, 2));
        _accepts(_ping());
        assertEq(_state().usage.uses(), MAX_USES, "full");
        assertEq(_state().usage.serial(), 1, "the neighbour is not touched");
        _refuses(_ping(), abi.encodeWithSelector(QuotaExceeded.selector, MAX_USES, MAX_USES, 1));
    }

    function _quota(uint256 quota) private {
        limits.maxUses = quota;
        _grant();
    }

    function _pings(uint256 count) private pure returns (Call[] memory calls) {
        calls = new Call[](count);
        for (uint256 i; i < count; ++i) {
            calls[i] = _ping();
            if (i != 0) calls[i].permission = REPEATED;
        }
    }
}
