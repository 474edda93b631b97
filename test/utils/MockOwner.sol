// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice Stands at the account's address and answers, by ERC-1271, for an owner who is an EOA; what it answers, and to
/// which question, a test may change.
contract MockOwner {
    address public owner;
    address public validator;
    bytes public prefix;
    bool public wraps;

    function setOwner(address owner_) external {
        owner = owner_;
    }

    /// @notice Says that this validator is installed.
    function setValidator(address validator_) external {
        validator = validator_;
    }

    /// @notice Takes signatures behind these bytes only.
    function setPrefix(bytes calldata prefix_) external {
        prefix = prefix_;
    }

    /// @notice Nests what its owner signs in a domain of its own, as ERC-7739 says.
    function setWraps(bool wraps_) external {
        wraps = wraps_;
    }

    function isModuleInstalled(uint256 moduleType, address module, bytes calldata) external view returns (bool) {
        return moduleType == 1 && module == validator && module != address(0);
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        uint256 skipped = prefix.length;
        if (signature.length < skipped || keccak256(signature[:skipped]) != keccak256(prefix)) return 0xffffffff;
        bytes calldata rest = signature[skipped:];
        if (wraps) {
            if (uint256(hash) == type(uint256).max / 0xffff * 0x7739 && rest.length == 0) return 0x77390001;
            hash = keccak256(abi.encode(hash, block.chainid, address(this)));
        }
        if (rest.length != 65) return 0xffffffff;
        (bytes32 r, bytes32 s) = abi.decode(rest[:64], (bytes32, bytes32));
        return ecrecover(hash, uint8(rest[64]), r, s) == owner && owner != address(0) ? bytes4(0x1626ba7e) : bytes4(0);
    }
}
