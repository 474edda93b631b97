// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Vm} from "./Vm.sol";

/// @notice Base of every Solidity test: the cheatcodes, and assertions that say what they assert.
abstract contract Test {
    /// @dev Where the runner answers: the well-known address of Foundry's cheatcodes.
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function assertEq(uint256 left, uint256 right, string memory what) internal pure {
        vm.assertEq(left, right, what);
    }

    function assertEq(bytes32 left, bytes32 right, string memory what) internal pure {
        vm.assertEq(left, right, what);
    }

    function assertEq(address left, address right, string memory what) internal pure {
        vm.assertEq(left, right, what);
    }

    function assertEq(bool left, bool right, string memory what) internal pure {
        vm.assertEq(left, right, what);
    }

    function assertEq(bytes memory left, bytes memory right, string memory what) internal pure {
        vm.assertEq(left, right, what);
    }

    function assertTrue(bool condition, string memory what) internal pure {
        vm.assertTrue(condition, what);
    }

    function assertFalse(bool condition, string memory what) internal pure {
        vm.assertFalse(condition, what);
    }

    /// @notice Deploys a contract from its artifact; its constructor takes nothing.
    function deploy(string memory artifact) internal returns (address deployed) {
        return deploy(artifact, "");
    }

    /// @notice Deploys a contract from its artifact.
    /// @param arguments for its constructor, encoded.
    function deploy(string memory artifact, bytes memory arguments) internal returns (address deployed) {
        bytes memory code = abi.encodePacked(vm.getCode(artifact), arguments);
        // Assembly: Solidity creates only from types that it compiles.
        assembly ("memory-safe") {
            deployed := create(0, add(code, 32), mload(code))
        }
        require(deployed != address(0), "deploy: no contract");
    }

    /// @notice `x` brought into `min … max`, evenly: for fuzz inputs, where `assume` would throw most of them away.
    function bound(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        require(min <= max, "bound: min above max");
        // unchecked: a range over the whole word wraps to 0 and is answered before it divides.
        unchecked {
            uint256 size = max - min + 1;
            return size == 0 ? x : min + x % size;
        }
    }
}
