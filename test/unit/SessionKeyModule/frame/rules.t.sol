// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, EXACT, UNCAPPED} from "../../../utils/Codes.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {FrameTest} from "../../../utils/FrameTest.sol";

// Frame rules of a header
// ├── ephemeral
// │   ├── an approval may leave its spender open; used up in the operation: allowed; a rest: refused
// │   ├── an older allowance may stay, and may not grow; set to zero again: allowed
// │   ├── another token's approvals still pin; a function that cannot be read back still pins
// │   └── as many as the record has room for; one more is refused by validation
// ├── minReceived
// │   ├── fixed: at the boundary, native too
// │   └── by feed: at the boundary of price, slippage, age; both directions; rounded up
// │       └── refused: stale, future, zero, negative, incomplete, silent, wrong decimals of feed and of tokens
// └── refused by the grant: unmeasured, empty, unsorted, cut short, what can never hold
contract FrameRulesTest is FrameTest {
    uint256 private constant MAY_APPROVE = 4;
    address private constant NATIVE = address(0);

    // ------------------------------------------------------------------ ephemeral

    function _ephemeral() private {
        frameRules = abi.encodePacked(uint8(1), TOKEN, uint8(0));
        _permit(EXACT, CHARGED, TOKEN, APPROVE);
        _grant();
    }

    function _approve(uint256 amount) private pure returns (Call memory) {
        return Call(TOKEN, 0, abi.encodeWithSelector(APPROVE, ROUTER, amount), MAY_APPROVE);
    }

    function _approving(uint256 amount, uint256 taken) private returns (Draft memory) {
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_approve(amount), _pull(taken));
        return _framed(calls);
    }

    function test_usedUp() public {
        _allow(address(ROUTER), 0);
        _ephemeral();
        _passes(_approving(50, 50));
        assertEq(_tokenSpent(), 50, "charged once, not for approval and pull");
        _fails(_approving(50, 49), abi.encodeWithSelector(AllowanceLeft.selector, TOKEN, ROUTER, 0, 1));
    }

    function test_olderAllowance() public {
        _allow(address(ROUTER), 7);
        _ephemeral();
        _passes(_approving(47, 40));
        _fails(_approving(48, 40), abi.encodeWithSelector(AllowanceLeft.selector, TOKEN, ROUTER, 7, 8));
    }

    function test_takenBack() public {
        _allow(address(ROUTER), 0);
        _ephemeral();
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_approve(100), _approve(0));
        _passes(_framed(calls));
        calls[1] = _approve(1);
        calls[0] = _approve(0);
        vm.warp(NOON + 1 days);
        _window(NOON + 1 days, NOON + 1 days + 59);
        _fails(
            _framed(calls),
            abi.encodeWithSelector(AllowanceLeft.selector, TOKEN, ROUTER, 0, 1)
        );
    }

    /// @dev Each approval takes two words of the record's 128, which has four, one of the meter and two of the header.
    function test_tooManyApprovals() public {
        _ephemeral();
        uint256 most = 60;
        Call[] memory calls = new Call[](most);
        for (uint256 i; i < most; ++i) calls[i] = _approve(0);
        _passes(_framed(calls));
        calls = new Call[](most + 1);
        for (uint256 i; i <= most; ++i) calls[i] = _approve(0);
        _rejects(_framed(calls), abi.encodeWithSelector(FrameTooLarge.selector, 129, 128));
    }

    function test_stillPins() public {
        frameRules = abi.encodePacked(uint8(1), TOKEN, uint8(0));
        _permit(EXACT, UNCAPPED, address(BOUGHT), APPROVE);
        _refusesGrant(abi.encodeWithSelector(SpenderNotPinned.selector, 4, 0));
        permissions.pop();
        // ERC-6909: an allowance of one id, which is not read back.
        bytes4 setOperator = bytes4(keccak256("setOperator(address,bool)"));
        _permit(EXACT, UNCAPPED, TOKEN, setOperator);
        _refusesGrant(abi.encodeWithSelector(SpenderNotPinned.selector, 4, 0));
        permissions.pop();
        frameRules = "";
        _permit(EXACT, CHARGED, TOKEN, APPROVE);
        _refusesGrant(abi.encodeWithSelector(SpenderNotPinned.selector, 4, 0));
    }

    // ------------------------------------------------------------------ minReceived

    function _fixed(address token, uint128 amount) private {
        frameRules = abi.encodePacked(uint8(0), uint8(1), uint8(1), token, amount);
        _grant();
    }

    function test_fixed() public {
        _fixed(address(BOUGHT), 500);
        _passes(_framed(_swap(10, address(BOUGHT), 500)));
        _fails(
            _framed(_swap(10, address(BOUGHT), 499)),
            abi.encodeWithSelector(ReceivedTooLittle.selector, BOUGHT, 500, 499)
        );
        _fails(
            _framed(_transfer(1)), abi.encodeWithSelector(ReceivedTooLittle.selector, BOUGHT, 500, 0)
        );
    }

    function test_fixedNative() public {
        _fixed(NATIVE, 1 ether);
        _passes(_framed(_swap(10, NATIVE, 1 ether)));
        _fails(
            _framed(_swap(10, NATIVE, 1 ether - 1)),
            abi.encodeWithSelector(ReceivedTooLittle.selector, NATIVE, 1 ether, 1 ether - 1)
        );
    }

    /// @dev One per cent, an hour.
    function _rule(uint8 mode, address token, uint8 meter) private view returns (bytes memory) {
        return abi.encodePacked(
            mode, token, meter, feed, uint8(8), uint8(18), uint8(18), uint32(3600), uint16(100)
        );
    }

    function _byFeed(uint8 mode) private {
        frameRules = abi.encodePacked(uint8(0), uint8(1), _rule(mode, address(BOUGHT), 0));
        meters[0].cap = 1e24;
        _grant();
        METERED.mint(ACCOUNT, 1e24);
    }

    function _buys(uint256 amount, uint256 amountOut) private pure returns (Call memory) {
        return _swap(amount, address(BOUGHT), amountOut);
    }

    function test_feedOfTheSpent() public {
        _byFeed(2);
        feed.set(2000e8, NOON);
        _passes(_framed(_buys(1e18, 1980e18)));
        _fails(
            _framed(_buys(1e18, 1980e18 - 1)),
            abi.encodeWithSelector(ReceivedTooLittle.selector, BOUGHT, 1980e18, 1980e18 - 1)
        );
    }

    function test_feedOfTheReceived() public {
        _byFeed(3);
        feed.set(2000e8, NOON);
        _passes(_framed(_buys(2000e18, 0.99 ether)));
        _fails(
            _framed(_buys(2000e18, 0.99 ether - 1)),
            abi.encodeWithSelector(ReceivedTooLittle.selector, BOUGHT, 0.99 ether, 0.99 ether - 1)
        );
        // 1 wei's worth is a fraction, and rounded up.
        _fails(_framed(_buys(1, 0)), abi.encodeWithSelector(ReceivedTooLittle.selector, BOUGHT, 1, 0));
    }

    function test_nothingSpent() public {
        _byFeed(2);
        feed.set(2000e8, NOON);
        _passes(_framed(_buys(0, 0)));
    }

    function test_nativeSpent() public {
        frameRules = abi.encodePacked(uint8(0), uint8(1), _rule(2, address(BOUGHT), 0xff));
        _grant();
        feed.set(1e8, NOON);
        Call memory call = _swap(0, address(BOUGHT), 0.099 ether);
        call.value = 0.1 ether;
        _passes(_framed(call));
        call = _swap(0, address(BOUGHT), 0.099 ether - 1);
        call.value = 0.1 ether;
        _fails(
            _framed(call),
            abi.encodeWithSelector(ReceivedTooLittle.selector, BOUGHT, 0.099 ether, 0.099 ether - 1)
        );
    }

    function test_staleFeed() public {
        _byFeed(2);
        feed.set(1e8, NOON - 3600);
        _passes(_framed(_buys(1, 1)));
        feed.set(1e8, NOON - 3601);
        _fails(_framed(_buys(1, 1)), abi.encodeWithSelector(FeedStale.selector, feed, 3601, 3600));
        feed.set(1e8, NOON + 1);
        _fails(
            _framed(_buys(1, 1)),
            abi.encodeWithSelector(FeedStale.selector, feed, type(uint256).max, 3600)
        );
    }

    function test_brokenRounds() public {
        _byFeed(2);
        feed.set(0, NOON);
        _fails(_framed(_buys(1, 1)), abi.encodeWithSelector(FeedAnswerInvalid.selector, feed, 1, 0));
        feed.set(-1, NOON);
        _fails(_framed(_buys(1, 1)), abi.encodeWithSelector(FeedAnswerInvalid.selector, feed, 1, -1));
        feed.set(1e8, 0);
        _fails(_framed(_buys(1, 1)), abi.encodeWithSelector(FeedAnswerInvalid.selector, feed, 1, 1e8));
        feed.set(1e8, NOON);
        feed.setRound(5, 4);
        _fails(_framed(_buys(1, 1)), abi.encodeWithSelector(FeedAnswerInvalid.selector, feed, 5, 1e8));
        feed.setRound(0, 0);
        _fails(_framed(_buys(1, 1)), abi.encodeWithSelector(FeedAnswerInvalid.selector, feed, 0, 1e8));
        feed.setRound(5, 5);
        _passes(_framed(_buys(1, 1)));
    }

    function test_decimals() public {
        _byFeed(2);
        feed.set(1e8, NOON);
        feed.setDecimals(18);
        _fails(_framed(_buys(1, 1)), abi.encodeWithSelector(DecimalsMismatch.selector, feed, 8, 18));
        vm.etch(address(feed), "");
        _fails(_framed(_buys(1, 1)), abi.encodeWithSelector(FeedUnreadable.selector, feed));
    }

    function test_tokenDecimals() public {
        bytes memory rule = _rule(2, address(BOUGHT), 0);
        rule[43] = bytes1(uint8(6));
        frameRules = abi.encodePacked(uint8(0), uint8(1), rule);
        _grant();
        feed.set(1e8, NOON);
        _fails(_framed(_buys(1, 1)), abi.encodeWithSelector(DecimalsMismatch.selector, TOKEN, 6, 18));
    }

    // ------------------------------------------------------------------ grants

    /// @dev Header up to the rules: 3 and one meter of 38 bytes.
    function _refusesRules(bytes memory rules, uint256 offset) private {
        frameRules = rules;
        _refusesGrant(abi.encodeWithSelector(FrameRulesInvalid.selector, 41 + offset));
    }

    function test_grantRefuses() public {
        _refusesRules(hex"0000", 1);
        _refusesRules(hex"00", 1);
        _refusesRules(abi.encodePacked(uint8(2), TOKEN, TOKEN, uint8(0)), 21);
        _refusesRules(abi.encodePacked(uint8(1), address(0), uint8(0)), 1);
        _refusesRules(abi.encodePacked(uint8(1), bytes19(0)), 1);
        _refusesRules(abi.encodePacked(uint8(1), TOKEN), 21);
        _refusesRules(abi.encodePacked(uint8(0), uint8(1), uint8(1), TOKEN, uint128(0)), 2);
        _refusesRules(abi.encodePacked(uint8(0), uint8(1), uint8(1), TOKEN, uint120(1)), 2);
        _refusesRules(abi.encodePacked(uint8(0), uint8(1), uint8(4), TOKEN, new bytes(30)), 2);
        _refusesRules(abi.encodePacked(uint8(0), uint8(1), uint8(0), TOKEN, new bytes(30)), 2);
        frameRules = abi.encodePacked(uint8(1), TOKEN, uint8(0), uint8(7));
        _refusesGrant(abi.encodeWithSelector(HeaderMalformed.selector, 41 + 22));
        frameRules = abi.encodePacked(uint8(1), TOKEN, uint8(0));
        limits.flags = 1;
        _refusesGrant(abi.encodeWithSelector(FrameRulesUnmeasured.selector));
    }

    /// @dev Four words, two for each meter, and the header's: 96 are the most.
    function test_headerThatFits() public {
        // 4 + 2 + 90: a header of 2,880 bytes, of which 41 are not these rules.
        bytes memory most = _manyRules(2880 - 41 - 2);
        frameRules = most;
        _grant();
        limits.serial = 2;
        frameRules = _manyRules(2880 - 41 - 2 + 37);
        _refusesGrant(abi.encodeWithSelector(FrameTooLarge.selector, 97, 96));
    }

    /// @dev At most `length` bytes of fixed rules, of 37 each, behind the two counts.
    function _manyRules(uint256 length) private pure returns (bytes memory out) {
        uint256 count = length / 37;
        out = abi.encodePacked(uint8(0), uint8(count));
        for (uint256 i; i < count; ++i) {
            out = abi.encodePacked(out, uint8(1), address(uint160(0x10000 + i)), uint128(1));
        }
    }

    function test_grantRefusesFeeds() public {
        _refusesFeed(_rule(2, TOKEN, 0));
        _refusesFeed(_rule(2, NATIVE, 0xff));
        _refusesFeed(_rule(2, address(BOUGHT), 1));
        bytes memory rule = _rule(2, address(BOUGHT), 0);
        for (uint256 i = 22; i < 42; ++i) rule[i] = 0;
        _refusesFeed(rule);
        for (uint256 i = 42; i < 45; ++i) {
            rule = _rule(2, address(BOUGHT), 0);
            rule[i] = bytes1(uint8(37));
            _refusesFeed(rule);
        }
        rule = _rule(2, address(BOUGHT), 0);
        (rule[45], rule[46], rule[47], rule[48]) = (bytes1(0), bytes1(0), bytes1(0), bytes1(0));
        _refusesFeed(rule);
        rule = _rule(2, address(BOUGHT), 0);
        (rule[49], rule[50]) = (bytes1(0x27), bytes1(0x10));
        _refusesFeed(rule);
        rule = _rule(2, address(BOUGHT), 0xff);
        rule[43] = bytes1(uint8(6));
        _refusesFeed(rule);
    }

    function _refusesFeed(bytes memory rule) private {
        _refusesRules(abi.encodePacked(uint8(0), uint8(1), rule), 2);
    }
}
