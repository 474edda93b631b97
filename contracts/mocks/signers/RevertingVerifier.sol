// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title A verifier that says yes by reverting with it
contract RevertingVerifier {
    // solhint-disable-next-line payable-fallback, no-complex-fallback
    fallback() external {
        bytes4 selector = msg.sig;
        // Assembly: Solidity reverts with encoded errors only.
        assembly ("memory-safe") {
            mstore(0, selector)
            revert(0, 32)
        }
    }
}
