// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title A hostile token, or any hostile target
/// @notice Whatever it is called with, it makes the calls it was prepared with.
contract ReenteringToken {
    struct Blow {
        address target;
        bytes data;
        bool swallows;
    }

    Blow[] private _blows;
    /// @dev What each answered: success and return data.
    bytes[] public answers;

    /// @param swallows whether a failure is kept rather than passed on.
    function prepare(address target, bytes calldata data, bool swallows) external {
        _blows.push(Blow(target, data, swallows));
    }

    // solhint-disable-next-line payable-fallback
    fallback() external {
        for (uint256 i; i < _blows.length; ++i) {
            Blow storage blow = _blows[i];
            (bool success, bytes memory answer) = blow.target.call(blow.data);
            answers.push(abi.encode(success, answer));
            // Assembly: passes the failure on as it is.
            if (!success && !blow.swallows) {
                assembly ("memory-safe") {
                    revert(add(answer, 32), mload(answer))
                }
            }
        }
    }
}
