// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EIP712} from "solady/src/utils/EIP712.sol";
import {IConditionEngine} from "./interfaces/IConditionEngine.sol";
import {ISessionKeyFrames} from "./interfaces/ISessionKeyFrames.sol";
import {Administered} from "./module/Administered.sol";
import {CarriedPreviewing} from "./module/CarriedPreviewing.sol";
import {ConditionHost} from "./module/ConditionHost.sol";
import {DirectLane} from "./module/DirectLane.sol";
import {FrameHost} from "./module/FrameHost.sol";
import {FullValidation} from "./module/FullValidation.sol";
import {Relaying} from "./module/Relaying.sol";

/// @title The rarely called functions of {SessionKeyModule}
/// @notice Run by the module, in the module's storage. Called directly it works on its own storage, which means nothing to
/// anyone: no account asks it.
contract SessionKeyExtension is CarriedPreviewing, FullValidation, DirectLane, Relaying {
    address private immutable _SELF = address(this);

    /// @param engine holds rare argument conditions.
    /// @param frames the code of measured frames.
    /// @param administration a {SessionKeyAdministration} over the same engine and frames.
    constructor(IConditionEngine engine, ISessionKeyFrames frames, address administration)
        ConditionHost(engine)
        FrameHost(frames)
        Administered(administration)
    {}

    /// @notice Where this code lives.
    function extension() external view returns (address) {
        return _SELF;
    }

    /// @inheritdoc EIP712
    /// @dev The administration says it.
    function eip712Domain()
        public
        view
        override
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        _asView(_relay)(_ADMINISTRATION);
    }

    /// @dev Every function of {SessionKeyAdministration}; none of them takes value.
    // solhint-disable-next-line payable-fallback
    fallback() external {
        _relay(_ADMINISTRATION);
    }
}
