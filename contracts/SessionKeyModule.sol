// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {EIP712} from "solady/src/utils/EIP712.sol";
import {IConditionEngine} from "./interfaces/IConditionEngine.sol";
import {ISessionKeyFrames} from "./interfaces/ISessionKeyFrames.sol";
import {Administered} from "./module/Administered.sol";
import {CarriedGrants} from "./module/CarriedGrants.sol";
import {ConditionHost} from "./module/ConditionHost.sol";
import {FrameHost} from "./module/FrameHost.sol";
import {Granting} from "./module/Granting.sol";
import {PlainFrameEnds} from "./module/PlainFrameEnds.sol";
import {PlainFrames} from "./module/PlainFrames.sol";
import {PlainRules} from "./module/PlainRules.sol";
import {PlainSigners} from "./module/PlainSigners.sol";
import {Revoking} from "./module/Revoking.sol";

/// @title Session keys for ERC-7579 accounts
/// @notice Wires the concerns together and holds nothing of its own. No owner, no proxy, no upgrade key: the same code at
/// the same address on every chain. What is called rarely lives in {SessionKeyExtension} and {SessionKeyAdministration}, and
/// measured frames in {SessionKeyFrames}, whose code runs in this contract's storage and whose addresses are part of this
/// code.
/// @dev An `IERC7579Validator` and `IERC7579Executor` at its address, if not by name: every function that stands here is one
/// more that an operation's selector is compared with, so what is called once stands elsewhere.
contract SessionKeyModule is
    PlainSigners,
    PlainFrames,
    PlainFrameEnds,
    CarriedGrants,
    Granting,
    Revoking
{
    bytes4 private constant ERC1271_INVALID = 0xffffffff;

    /// @param engine holds rare argument conditions.
    /// @param frames the code of measured frames.
    /// @param administration a {SessionKeyAdministration} over both.
    /// @param extension_ a {SessionKeyExtension} over all three.
    constructor(IConditionEngine engine, ISessionKeyFrames frames, address administration, address extension_)
        ConditionHost(engine)
        FrameHost(frames)
        Administered(administration)
        PlainRules(extension_)
    {}

    /// @notice See {IERC7579Validator-validateUserOp}.
    function validateUserOp(PackedUserOperation calldata userOp, bytes32 userOpHash)
        external
        returns (uint256)
    {
        return _validate(userOp, userOpHash, 0);
    }

    /// @notice See {IERC7579Validator-isValidSignatureWithSender}.
    /// @dev A session key never signs for the account: no permit, order or log-in is a call that a policy could hold.
    function isValidSignatureWithSender(address, bytes32, bytes calldata) external pure returns (bytes4) {
        return ERC1271_INVALID;
    }

    /// @inheritdoc EIP712
    /// @dev The administration says it, by way of the extension.
    function eip712Domain()
        public
        view
        override
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        _asView(_relay)(_EXTENSION);
    }

    /// @dev Every function of {ISessionKeyExtension}, {ISessionKeyDirectLane} and {ISessionKeyAdministration}; none takes
    /// value.
    // solhint-disable-next-line payable-fallback, no-complex-fallback
    fallback() external {
        _relay(_EXTENSION);
    }
}
