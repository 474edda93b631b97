// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {CosignTest} from "../../../utils/CosignTest.sol";
import {FrameTest} from "../../../utils/FrameTest.sol";
import {PolicyFixture} from "../../../utils/PolicyFixture.sol";

// close: measured excess and the co-signer's thresholds
// ├── up to the threshold exactly: allowed; one more: needs a co-signature, which nobody can give any more
// ├── an operation that the co-signer has signed may take more than it says
// ├── gas and what the calls charge count toward the threshold
// └── the header's sections in their order: frame, co-signer, pinned code
contract FrameCosignTest is CosignTest, FrameTest {
    function setUp() public override(CosignTest, FrameTest) {
        super.setUp();
        _threshold(0, 50);
        meters[0].cap = 1000;
        limits.nativeCap = 10 ether / 1 gwei;
    }

    /// @dev Frame rules stand in front of the co-signer.
    function _header() internal view override(CosignTest, PolicyFixture) returns (bytes memory) {
        bytes memory rules = frameRules;
        bytes memory plain = CosignTest._header();
        if (rules.length == 0) return plain;
        bytes memory head = new bytes(3 + 38 * meters.length);
        bytes memory rest = new bytes(plain.length - head.length);
        for (uint256 i; i < head.length; ++i) head[i] = plain[i];
        for (uint256 i; i < rest.length; ++i) rest[i] = plain[head.length + i];
        head[2] = bytes1(uint8(head[2]) | 8);
        return abi.encodePacked(head, rules, rest);
    }

    function test_threshold() public {
        _grant();
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(20), _pull(30));
        _passes(_framed(calls));
        calls[1] = _pull(31);
        _fails(_framed(calls), abi.encodeWithSelector(ExcessNotCosigned.selector, 0, 50, 51));
    }

    function test_cosigned() public {
        _grant();
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(51), _pull(49));
        Draft memory draft = _framed(calls);
        PackedUserOperation memory op = _cosigned(draft);
        assertEq(_validate(op) & 1, 0, "validates");
        (bool success, bytes memory answer) = _execute(draft);
        assertEq(answer, "", "revert data");
        assertTrue(success, "calls succeed");
        assertEq(_tokenSpent(), 100, "both");
    }

    function test_gasCounts() public {
        delete thresholds;
        _threshold(NATIVE, 0.5 ether);
        _grant();
        Draft memory draft = _framed(_throughRouter(0.1 ether, 0));
        _gas(draft, 1e6, 0.4 ether / 1e6);
        _passes(draft);
        bytes memory batch =
            abi.encode(uint256(32), uint256(1), uint256(32), STRANGER, uint256(1), uint256(96), uint256(0));
        draft = _framed(_callBack(ACCOUNT, abi.encodeWithSignature("execute(bytes32,bytes)", 0, batch)));
        _gas(draft, 1e6, 0.5 ether / 1e6);
        _fails(draft, abi.encodeWithSelector(ExcessNotCosigned.selector, 255, 0.5 ether, 0.5 ether + 1));
    }

    function test_behindFrameRules() public {
        frameRules = abi.encodePacked(uint8(0), uint8(1), uint8(1), address(BOUGHT), uint128(1));
        pinnedCode = ACCOUNT.codehash;
        _grant();
        _fails(_framed(_pull(51)), abi.encodeWithSelector(ExcessNotCosigned.selector, 0, 50, 51));
        _fails(_framed(_pull(50)), abi.encodeWithSelector(ReceivedTooLittle.selector, BOUGHT, 1, 0));
        _passes(_framed(_swap(50, address(BOUGHT), 1)));
    }
}
