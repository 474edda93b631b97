// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MODULE_TYPE_VALIDATOR} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {OwnerRoute, OwnerRouteLib} from "../policy/OwnerRoute.sol";
import {KeyStore} from "./KeyStore.sol";

/// @title Where an account's owner answers
/// @notice Many accounts pass an ERC-1271 question on to the validator whose address the signature begins with. Who
/// answers for the owner is for the account to say beforehand, never for whoever brings a signature.
/// @dev In install data: `moduleType (1) · guardian (20) · routeLength (1) · route`.
abstract contract OwnerRoutes is KeyStore {
    /// @dev moduleType 1 · guardian 20.
    uint256 private constant ROUTE_OFFSET = 21;

    function _setOwnerRoute(bytes calldata route) internal {
        bool self = route.length >= 20 && address(bytes20(route)) == address(this);
        if (route.length > OwnerRouteLib.MAX_LENGTH || self) revert OwnerRouteInvalid(route);
        _ownerRoutes[msg.sender] = OwnerRouteLib.pack(route);
        emit OwnerRouteSet(msg.sender, route);
    }

    /// @dev Stores the route that install data ends with. An install as validator without one leaves none.
    /// @return rest the data before it.
    function _takeRoute(bytes calldata data) internal returns (bytes calldata rest) {
        rest = data;
        if (data.length > ROUTE_OFFSET) {
            if (uint8(data[ROUTE_OFFSET]) != data.length - ROUTE_OFFSET - 1) revert InstallDataMalformed(data.length);
            _setOwnerRoute(data[ROUTE_OFFSET + 1:]);
            rest = data[:ROUTE_OFFSET];
        } else if (data.length != 0 && uint8(data[0]) == MODULE_TYPE_VALIDATOR) {
            if (_ownerRoutes[msg.sender].isSet()) _ownerRoutes[msg.sender] = OwnerRoute.wrap(0);
        }
    }
}
