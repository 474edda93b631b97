// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What one account has decided about all its session keys, in one word.
///
/// | bits    | field        | meaning                                            |
/// |---------|--------------|----------------------------------------------------|
/// | 0–159   | guardian     | may pause and revoke, nothing else; 0: none        |
/// | 160–191 | epoch        | only keys of this epoch live; never wraps          |
/// | 192     | isValidator  | installed as validator                             |
/// | 193     | isExecutor   | installed as executor                              |
/// | 194     | isPaused     | every key is paused                                |
/// | 195     | hasCeilings  | account-wide caps exist                            |
/// | 196–227 | ceilingCount | how many; 0 exactly where hasCeilings is not set   |
/// | 228–255 | 0            |                                                    |
type AccountControl is uint256;

using AccountControlLib for AccountControl global;

/// @title Reads and changes {AccountControl}
library AccountControlLib {
    uint256 internal constant MAX_EPOCH = 0xffffffff;

    uint256 internal constant MAX_CEILING_COUNT = 0xffffffff;

    uint256 private constant VALIDATOR = 1 << 192;
    uint256 private constant EXECUTOR = 1 << 193;
    uint256 private constant PAUSED = 1 << 194;
    uint256 private constant CEILINGS = 1 << 195;

    /// @notice The address that may pause and revoke; 0: none.
    function guardian(AccountControl self) internal pure returns (address) {
        return address(uint160(AccountControl.unwrap(self)));
    }

    /// @notice The epoch that a key's settings must name for the key to live.
    function epoch(AccountControl self) internal pure returns (uint256) {
        return (AccountControl.unwrap(self) >> 160) & MAX_EPOCH;
    }

    /// @notice The module is installed as the account's validator.
    function isValidator(AccountControl self) internal pure returns (bool) {
        return AccountControl.unwrap(self) & VALIDATOR != 0;
    }

    /// @notice The module is installed as the account's executor.
    function isExecutor(AccountControl self) internal pure returns (bool) {
        return AccountControl.unwrap(self) & EXECUTOR != 0;
    }

    /// @notice Installed for at least one lane.
    function isInstalled(AccountControl self) internal pure returns (bool) {
        return AccountControl.unwrap(self) & (VALIDATOR | EXECUTOR) != 0;
    }

    /// @notice Every key of the account is paused.
    function isPaused(AccountControl self) internal pure returns (bool) {
        return AccountControl.unwrap(self) & PAUSED != 0;
    }

    /// @notice How many account-wide caps there are.
    function ceilingCount(AccountControl self) internal pure returns (uint256) {
        return (AccountControl.unwrap(self) >> 196) & MAX_CEILING_COUNT;
    }

    /// @notice Installed as validator, not paused, and without ceilings.
    function isPlain(AccountControl self) internal pure returns (bool) {
        return AccountControl.unwrap(self) & (VALIDATOR | PAUSED | CEILINGS) == VALIDATOR;
    }

    /// @notice Installed as validator, and not paused.
    function isReady(AccountControl self) internal pure returns (bool) {
        return AccountControl.unwrap(self) & (VALIDATOR | PAUSED) == VALIDATOR;
    }

    /// @notice The account has caps over all its keys.
    function hasCeilings(AccountControl self) internal pure returns (bool) {
        return AccountControl.unwrap(self) & CEILINGS != 0;
    }

    /// @notice The same word with another guardian.
    function withGuardian(AccountControl self, address guardian_) internal pure returns (AccountControl) {
        uint256 rest = (AccountControl.unwrap(self) >> 160) << 160;
        return AccountControl.wrap(rest | uint256(uint160(guardian_)));
    }

    /// @notice The same word with another epoch.
    /// @param epoch_ the caller guarantees at most {MAX_EPOCH}; more would spill into the flags.
    function withEpoch(AccountControl self, uint256 epoch_) internal pure returns (AccountControl) {
        uint256 rest = AccountControl.unwrap(self) & ~(MAX_EPOCH << 160);
        return AccountControl.wrap(rest | (epoch_ << 160));
    }

    /// @notice The same word, installed as validator or not.
    function withValidator(AccountControl self, bool installed) internal pure returns (AccountControl) {
        return _with(self, VALIDATOR, installed);
    }

    /// @notice The same word, installed as executor or not.
    function withExecutor(AccountControl self, bool installed) internal pure returns (AccountControl) {
        return _with(self, EXECUTOR, installed);
    }

    /// @notice The same word, paused or not.
    function withPaused(AccountControl self, bool paused) internal pure returns (AccountControl) {
        return _with(self, PAUSED, paused);
    }

    /// @notice The same word with another number of ceilings.
    /// @param count the caller guarantees at most {MAX_CEILING_COUNT}; more would spill.
    function withCeilingCount(AccountControl self, uint256 count) internal pure returns (AccountControl) {
        uint256 rest = AccountControl.unwrap(self) & ~(MAX_CEILING_COUNT << 196);
        return _with(AccountControl.wrap(rest | (count << 196)), CEILINGS, count != 0);
    }

    /// @notice What outlives an uninstall: the ceilings, and nothing else.
    function ceilingsOnly(AccountControl self) internal pure returns (AccountControl) {
        return AccountControl.wrap(0).withCeilingCount(self.ceilingCount());
    }

    function _with(AccountControl self, uint256 flag, bool set) private pure returns (AccountControl) {
        uint256 word = AccountControl.unwrap(self);
        return AccountControl.wrap(set ? word | flag : word & ~flag);
    }
}
