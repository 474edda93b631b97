// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyValidator, SessionKeyTest} from "./SessionKeyTest.sol";

/// @notice Base of tests that hold the module against known answers of `test/vectors/`, which other languages read too.
abstract contract JsonVectorTest is SessionKeyTest {
    string internal json;

    /// @dev The module's code where the vectors say that the module is, on their chain.
    function _read(string memory path) internal {
        json = vm.readFile(path);
        vm.chainId(_uint(".context.chainId"));
        address there = _address(".context.module");
        vm.etch(there, address(module).code);
        module = ISessionKeyValidator(there);
    }

    /// @notice How many entries `list` has.
    function _count(string memory list) internal view returns (uint256 count) {
        while (vm.keyExistsJson(json, _at(list, count, ""))) ++count;
    }

    /// @notice The place of a field of entry `index` of `list`.
    function _at(string memory list, uint256 index, string memory field) internal pure returns (string memory) {
        return string.concat(list, "[", _decimal(index), "]", field);
    }

    function _uint(string memory place) internal view returns (uint256) {
        return vm.parseJsonUint(json, place);
    }

    function _bool(string memory place) internal view returns (bool) {
        return vm.parseJsonBool(json, place);
    }

    function _address(string memory place) internal view returns (address) {
        return vm.parseJsonAddress(json, place);
    }

    function _word(string memory place) internal view returns (bytes32) {
        return vm.parseJsonBytes32(json, place);
    }

    function _bytes(string memory place) internal view returns (bytes memory) {
        return vm.parseJsonBytes(json, place);
    }

    function _text(string memory place) internal view returns (string memory) {
        return vm.parseJsonString(json, place);
    }

    function _decimal(uint256 value) private pure returns (string memory) {
        if (value < 10) return string(abi.encodePacked(bytes1(uint8(48 + value))));
        return string.concat(_decimal(value / 10), _decimal(value % 10));
    }
}
