// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "../interfaces/ISessionKeyRecords.sol";
import {KeyChanges} from "../libraries/KeyChanges.sol";
import {AccountControl} from "../policy/AccountControl.sol";
import {CeilingLimit} from "../policy/CeilingLimit.sol";
import {KeySettings} from "../policy/KeySettings.sol";
import {KeyUsage} from "../policy/KeyUsage.sol";
import {OwnerRoute} from "../policy/OwnerRoute.sol";
import {MeterWord} from "../policy/MeterWord.sol";

/// @title All storage of the module
/// @dev The account is always the innermost mapping key and structs are short, so that every slot is
/// `keccak256(account ‖ x) + n`: what ERC-7562 calls associated with the account.
abstract contract KeyStore is ISessionKeyRecords {
    /// @dev One key of one account. Zero, but for the serial in `settings`, unless granted.
    struct SessionKey {
        KeySettings settings;
        bytes32 policyRoot;
        KeyUsage usage;
    }

    mapping(bytes32 keyId => mapping(address account => SessionKey)) internal _keys;

    /// @dev Second and later meters, by {_meterId}.
    mapping(bytes32 meterId => mapping(address account => MeterWord)) internal _meters;

    mapping(address account => AccountControl) internal _controls;

    /// @dev A cap over all keys of one account, and what they have spent of it.
    struct Ceiling {
        CeilingLimit limit;
        MeterWord word;
    }

    /// @dev By token, `address(0)` for native.
    mapping(address token => mapping(address account => Ceiling)) internal _ceilings;
    /// @dev How each account is asked for its owner's signature.
    mapping(address account => OwnerRoute) internal _ownerRoutes;

    /// @dev Who may pause and revoke: the account, and its guardian.
    modifier onlyAccountOrGuardian(address account) {
        if (msg.sender != account && msg.sender != _controls[account].guardian()) {
            revert CallerNotAllowed(account, msg.sender);
        }
        _;
    }

    /// @dev Writes the control word. Nothing else may: a frame that is opened later in the transaction must know of it.
    function _setControl(address account, AccountControl control) internal {
        _controls[account] = control;
        KeyChanges.mark(account);
    }

    /// @dev Writes a key's settings. Nothing else may, for the same reason; a root is written together with them.
    function _setSettings(SessionKey storage key, address account, KeySettings settings) internal {
        key.settings = settings;
        KeyChanges.mark(account);
    }

    /// @dev Where the meter of `identity` (subject and tag, 21 bytes) of one grant counts. The serial is part of it, so
    /// that a new grant starts at zero without clearing anything.
    function _meterId(bytes32 keyId, uint256 serial, uint256 identity) internal pure returns (bytes32 id) {
        // Assembly: packs keyId 32 · serial 3 · identity 21 beyond the free pointer without moving it.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            mstore(memory_, keyId)
            mstore(add(memory_, 32), or(shl(232, serial), shl(64, identity)))
            id := keccak256(memory_, 56)
        }
    }
}
