// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7579Execution, IERC7579ModuleConfig} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {IAccountExecute} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

/// @title Functions that rule an account
/// @notice The account itself is no target that a policy can allow. But some accounts keep these functions at another
/// address, which obeys whoever the account's call names: the adapter of a Safe takes the last 20 bytes of call data for
/// its caller. Others keep their owner in a validator that the account alone may talk to. So no permission for any target
/// may name one of them.
library AccountSelectors {
    bytes4 private constant TRANSFER_OWNERSHIP = bytes4(keccak256("transferOwnership(address)"));

    function rules(bytes4 selector) internal pure returns (bool) {
        return selector == IERC7579Execution.execute.selector
            || selector == IERC7579Execution.executeFromExecutor.selector
            || selector == IERC7579ModuleConfig.installModule.selector
            || selector == IERC7579ModuleConfig.uninstallModule.selector
            || selector == IAccountExecute.executeUserOp.selector || selector == TRANSFER_OWNERSHIP;
    }
}
