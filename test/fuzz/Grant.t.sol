// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, DAY, EXACT, LIFETIME, MOVES_NOTHING, SPONSOR, TOKEN_PAYMASTER} from "../utils/Codes.sol";
import {Meter, Paymaster, PolicyBytes} from "../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../utils/SessionKeyTest.sol";

// A grant of bytes that are nearly a policy
// ├── is refused by an error with a name, never by a panic
// └── or, if accepted, is stored under the root of exactly those bytes
contract GrantFuzzTest is SessionKeyTest {
    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod, limits.maxUses) = (1, DAY, 1);
        _meter(TOKEN, DAY, 100);
        meters.push(Meter(TOKEN, 1, LIFETIME, 100));
        paymasters.push(Paymaster(STRANGER, SPONSOR, hex"01", 0, 0));
        paymasters.push(Paymaster(STRANGER, TOKEN_PAYMASTER, hex"", 1, 5));
        pinnedCode = keccak256("code");
        _permit(EXACT, CHARGED, TOKEN, TRANSFER, PolicyBytes.body(PolicyBytes.pin(0, APP)));
        _permit(EXACT, MOVES_NOTHING, APP, PING, PolicyBytes.maxValueBody(1));
    }

    function test_fuzz_headerByte(uint256 position, uint8 change) public {
        bytes memory header = _header();
        header[bound(position, 0, header.length - 1)] ^= bytes1(uint8(bound(change, 1, 255)));
        if (_tries(header, _permissions())) {
            assertEq(_state().policyRoot, PolicyBytes.policyRoot(header, _permissionsRoot()), "root");
        }
    }

    function test_fuzz_permissionsByte(uint256 position, uint8 change) public {
        bytes memory list = _permissions();
        list[bound(position, 0, list.length - 1)] ^= bytes1(uint8(bound(change, 1, 255)));
        _tries(_header(), list);
    }

    function test_fuzz_random(bytes calldata header, bytes calldata list, bool goodHeader) public {
        _tries(goodHeader ? _header() : header, list);
    }

    function test_fuzz_settings(uint256 word) public {
        bytes memory call = abi.encodeWithSelector(module.grant.selector, signer, word, _header(), _permissions());
        _tries(call);
    }

    /// @dev The contracts' way up and the tests' way down give one root, for any number of permissions and hot leaves.
    function test_fuzz_root(uint256 size, uint256 hot, bytes32 seed) public {
        delete permissions;
        size = bound(size, 1, 40);
        hotCount = uint8(bound(hot, 0, size));
        for (uint256 i; i < size; ++i) {
            bytes4 selector = bytes4(keccak256(abi.encode(seed, i)));
            _permit(EXACT, MOVES_NOTHING, APP, selector, i % 3 == 0 ? PolicyBytes.maxValueBody(uint128(i + 1)) : bytes(""));
        }
        _grant();
        assertEq(_state().policyRoot, _policyRoot(), "root");
    }

    function _tries(bytes memory header, bytes memory list) private returns (bool) {
        return _tries(abi.encodeCall(module.grant, (signer, _settings(), header, list)));
    }

    function _tries(bytes memory call) private returns (bool granted) {
        bytes memory result;
        vm.prank(ACCOUNT);
        (granted, result) = address(module).call(call);
        if (granted) return true;
        assertTrue(result.length >= 4, "an error with a name");
        assertTrue(bytes4(result) != bytes4(keccak256("Panic(uint256)")), "no panic");
        assertEq(_state().policyRoot, bytes32(0), "nothing stored");
    }
}
