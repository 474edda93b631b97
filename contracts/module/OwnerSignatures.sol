// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC7579ModuleConfig, MODULE_TYPE_VALIDATOR} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {OwnerRoute} from "../policy/OwnerRoute.sol";
import {OwnerRoutes} from "./OwnerRoutes.sol";

/// @title Asks an account whether its owner signed
/// @notice The account answers, by ERC-1271, through the route it stored. A session key can not: the module answers every
/// such question with no.
abstract contract OwnerSignatures is OwnerRoutes {
    /// @dev What an account that nests signatures by ERC-7739 answers to this hash and no signature: 0x7739 and a version.
    bytes32 private constant ERC7739_QUESTION = 0x7739773977397739773977397739773977397739773977397739773977397739;
    uint256 private constant ERC7739_ANSWER = 0x7739;

    /// @param entryCount how many grants the signature stands for.
    function _requireOwner(address account, bytes32 digest, bytes calldata signature, uint256 entryCount)
        internal
        view
    {
        OwnerRoute route = _ownerRoutes[account];
        if (!route.isSet()) revert OwnerRouteNotSet(account);
        if (route.length() == 0 && signature.length >= 20) _requireUnrouted(account, address(bytes20(signature)));
        bytes memory prefix = route.toBytes();
        uint256 answer = _ask(
            account, abi.encodeCall(IERC1271.isValidSignature, (digest, abi.encodePacked(prefix, signature)))
        );
        if (answer == _padded(IERC1271.isValidSignature.selector)) return;
        if (entryCount > 1) {
            answer = _ask(account, abi.encodeCall(IERC1271.isValidSignature, (ERC7739_QUESTION, prefix)));
            if (answer >> 240 == ERC7739_ANSWER) revert OwnerSignatureBoundToChain(account, entryCount);
        }
        revert OwnerSignatureInvalid(account, digest);
    }

    /// @dev An account with an empty route must not be led to a validator by the signature's own first bytes.
    function _requireUnrouted(address account, address validator) private view {
        uint256 answer = _ask(
            account,
            abi.encodeCall(IERC7579ModuleConfig.isModuleInstalled, (MODULE_TYPE_VALIDATOR, validator, bytes("")))
        );
        // Whatever is not a clear no.
        if (answer != 0) revert OwnerSignatureRouted(account, validator);
    }

    /// @dev The first word of the account's answer; all ones for a revert, or for an answer that is shorter.
    function _ask(address account, bytes memory question) private view returns (uint256 answer) {
        // Assembly: an answer that Solidity's decoder would revert on is a no like any other.
        assembly ("memory-safe") {
            let success := staticcall(gas(), account, add(question, 32), mload(question), 0, 32)
            answer := not(0)
            if and(success, gt(returndatasize(), 31)) { answer := mload(0) }
        }
    }

    function _padded(bytes4 selector) private pure returns (uint256) {
        return uint256(bytes32(selector));
    }
}
