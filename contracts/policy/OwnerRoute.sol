// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice How an account is asked for its owner's signature: the bytes that stand before it, in one word. Zero means
/// "never said", which no route is, the empty one included.
///
/// | bits  | field        | meaning                                            |
/// |-------|--------------|----------------------------------------------------|
/// | 0–7   | length + 1   | 1 … 32; 0: never said                              |
/// | 8–255 | route        | left-aligned; what lies behind its length is 0     |
type OwnerRoute is uint256;

using OwnerRouteLib for OwnerRoute global;

/// @title Reads and packs {OwnerRoute}
library OwnerRouteLib {
    uint256 internal constant MAX_LENGTH = 31;

    function isSet(OwnerRoute self) internal pure returns (bool) {
        return OwnerRoute.unwrap(self) != 0;
    }

    /// @notice Length in bytes of a route that is set.
    function length(OwnerRoute self) internal pure returns (uint256) {
        return (OwnerRoute.unwrap(self) & 0xff) - 1;
    }

    /// @notice The bytes of the route; none if it is not set.
    function toBytes(OwnerRoute self) internal pure returns (bytes memory) {
        if (!isSet(self)) return "";
        bytes memory padded = abi.encodePacked(OwnerRoute.unwrap(self));
        uint256 length_ = length(self);
        // Assembly: shortens the copy to the route; the word behind it was allocated with it.
        assembly ("memory-safe") {
            mstore(padded, length_)
        }
        return padded;
    }

    /// @param route the caller guarantees at most {MAX_LENGTH} bytes; more would spill into the length.
    function pack(bytes calldata route) internal pure returns (OwnerRoute) {
        return OwnerRoute.wrap(uint256(bytes32(route)) | (route.length + 1));
    }
}
