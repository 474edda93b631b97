// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {ISessionKeyChecker} from "../../contracts/interfaces/ISessionKeyChecker.sol";
import {ISessionKeyValidator, SessionKeyTest} from "./SessionKeyTest.sol";

/// @notice Base of the tests that hold the contracts against `test/vectors`: the module stands where the vectors have it,
/// and the account and its key are theirs as well.
abstract contract VectorTest is SessionKeyTest {
    /// @dev Inside the window of every operation of the vectors, whose policies live then.
    uint256 internal constant VECTOR_TIME = 1_900_000_030;

    function setUp() public virtual override {
        super.setUp();
        address place = _named("module");
        vm.etch(place, address(module).code);
        module = ISessionKeyValidator(place);
        vm.warp(VECTOR_TIME);
        _install(ACCOUNT, "");
    }

    /// @dev Addresses in the vectors are the last 20 bytes of a name's hash.
    function _named(string memory name) internal pure returns (address) {
        return address(uint160(uint256(keccak256(bytes(name)))));
    }

    /// @notice A checker that allows everything.
    function _becomeChecker(address place) internal {
        // PUSH4 magic · PUSH1 224 · SHL · PUSH0 · MSTORE · PUSH1 32 · PUSH0 · RETURN
        vm.etch(place, abi.encodePacked(hex"63", ISessionKeyChecker.check.selector, hex"60e01b5f5260205ff3"));
    }

    function _operation(bytes memory callData, bytes memory signature)
        internal
        pure
        returns (PackedUserOperation memory op)
    {
        (op.sender, op.callData, op.signature) = (ACCOUNT, callData, signature);
    }

    function _same(string memory a, string memory b) internal pure returns (bool) {
        return keccak256(bytes(a)) == keccak256(bytes(b));
    }
}
