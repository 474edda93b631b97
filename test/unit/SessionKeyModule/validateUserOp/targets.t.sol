// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ANY_TARGET, DAY, MOVES_NOTHING} from "../../../utils/Codes.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: targets that no policy can allow
// ├── under a wildcard that covers every target, refuses
// │   ├── the account itself
// │   ├── the module
// │   ├── address(0)
// │   └── the EntryPoints v0.6, v0.7, v0.8 and v0.9
// ├── refuses them in any place of a batch, naming the place
// └── allows every other address
contract ValidateTargetsTest is SessionKeyTest {
    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod, limits.maxUses) = (1e9, DAY, 1e6);
        _permit(ANY_TARGET, MOVES_NOTHING, address(0), PING);
        _grant();
    }

    function test_single() public {
        address[7] memory forbidden = _forbidden();
        for (uint256 i; i < 7; ++i) {
            _refuses(_pingTo(forbidden[i]), abi.encodeWithSelector(TargetForbidden.selector, 0, forbidden[i]));
        }
    }

    function test_insideBatch() public {
        address[7] memory forbidden = _forbidden();
        for (uint256 i; i < 7; ++i) {
            Call[] memory calls = new Call[](3);
            for (uint256 j; j < 3; ++j) calls[j] = _ping();
            calls[i % 3] = _pingTo(forbidden[i]);
            _refuses(_draft(calls), abi.encodeWithSelector(TargetForbidden.selector, i % 3, forbidden[i]));
        }
    }

    function test_fuzz_everyOther(address target) public {
        address[7] memory forbidden = _forbidden();
        for (uint256 i; i < 7; ++i) if (target == forbidden[i]) return;
        _accepts(_pingTo(target));
    }

    function _pingTo(address target) private pure returns (Call memory) {
        return Call(target, 0, abi.encodeWithSelector(PING, 1), 0);
    }

    function _forbidden() private view returns (address[7] memory) {
        return [
            ACCOUNT,
            address(module),
            address(0),
            0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789,
            0x0000000071727De22E5E9d8BAf0edAc6f37da032,
            0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108,
            0x433709009B8330FDa32311DF1C2AFA402eD8D009
        ];
    }
}
