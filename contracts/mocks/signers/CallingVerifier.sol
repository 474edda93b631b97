// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title A verifier that says no to every signature, and calls whatever it is told to call
contract CallingVerifier is IERC7913SignatureVerifier {
    function relay(address target, bytes calldata data) external {
        Address.functionCall(target, data);
    }

    /// @inheritdoc IERC7913SignatureVerifier
    function verify(bytes calldata, bytes32, bytes calldata) external pure override returns (bytes4) {
        return 0xffffffff;
    }
}
