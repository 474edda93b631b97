// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {FrameHead} from "./FrameHead.sol";

/// @dev The id of every redemption's frame, too long for what an SDK draws for an operation's.
uint256 constant REDEMPTION_FRAME = uint256(keccak256("SessionKeyModule.redemption"));

/// @notice The transient record of one frame, by its first slot, `keccak256(account ‖ id)`: what ERC-7562 calls associated
/// with the account.
///
/// | slot           | holds                                                                              |
/// |----------------|------------------------------------------------------------------------------------|
/// | 0              | {FrameHead}; 0: no such frame                                                      |
/// | 1              | keyId                                                                              |
/// | 2              | policyRoot, as validation found it                                                 |
/// | 3              | charged by the calls: native 128, wei · first meter 128                            |
/// | 4              | first meter: charged beyond that                                                   |
/// | 4 + i          | meter i, from 1: charged by the calls 128 · charged altogether 128                 |
/// | 4 + max(m, 1)  | the header, 32 bytes a slot                                                        |
/// | then           | of each ephemeral approval: probe · token, and spender                             |
/// | then           | with ceilings, of each meter: what the calls charge to the ceiling of its token    |
/// | 128            | from `open`: native held, then what is held of each meter's token; or both 128     |
/// | 512            | from `open`: each approval's allowance, then what is held for each received rule   |
type FrameRecord is uint256;

using FrameRecordLib for FrameRecord global;

/// @title Reads and writes {FrameRecord}
library FrameRecordLib {
    /// @notice What validation writes lies below: bundlers take no further slot for the account's.
    uint256 internal constant MAX_WORDS = 128;
    uint256 internal constant FIXED_WORDS = 4;
    uint256 private constant FIRST_BEYOND = 4;
    uint256 private constant KEY_ID = 1;
    uint256 private constant POLICY_ROOT = 2;
    uint256 private constant CHARGES = 3;
    uint256 private constant HELD = 128;
    uint256 private constant RULES = 512;
    /// @dev In a header, where the first meter stands, and how far apart they are.
    uint256 private constant METERS_OFFSET = 3;
    uint256 private constant METER_LENGTH = 38;

    /// @notice Where the frame `id` of `account` is kept.
    function recordOf(address account, uint256 id) internal pure returns (FrameRecord record) {
        // Assembly: hashes in scratch space.
        assembly ("memory-safe") {
            mstore(0, account)
            mstore(32, id)
            record := keccak256(0, 64)
        }
    }

    /// @notice The word `offset` slots on.
    function word(FrameRecord self, uint256 offset) internal view returns (uint256 value) {
        // Assembly: Solidity has no transient mappings. A slot behind a hash may wrap, here as where it is written.
        assembly ("memory-safe") {
            value := tload(add(self, offset))
        }
    }

    /// @notice Writes the word `offset` slots on.
    function put(FrameRecord self, uint256 offset, uint256 value) internal {
        // Assembly: as above.
        assembly ("memory-safe") {
            tstore(add(self, offset), value)
        }
    }

    function head(FrameRecord self) internal view returns (FrameHead) {
        return FrameHead.wrap(self.word(0));
    }

    function putHead(FrameRecord self, FrameHead head_) internal {
        self.put(0, FrameHead.unwrap(head_));
    }

    function keyId(FrameRecord self) internal view returns (bytes32) {
        return bytes32(self.word(KEY_ID));
    }

    function policyRoot(FrameRecord self) internal view returns (bytes32) {
        return bytes32(self.word(POLICY_ROOT));
    }

    function putKey(FrameRecord self, bytes32 keyId_, bytes32 policyRoot_) internal {
        self.put(KEY_ID, uint256(keyId_));
        self.put(POLICY_ROOT, uint256(policyRoot_));
    }

    /// @notice Notes what native and the first meter are charged by the calls, and the first meter altogether. For native
    /// the head says it.
    function putFirstCharges(FrameRecord self, uint256 native, uint256 first, uint256 firstTotal) internal {
        // Unchecked, here and below: counts are bytes, and what passed every cap fits 128 bits.
        unchecked {
            self.put(CHARGES, (native << 128) | first);
            // Only a paymaster charges more than the calls do.
            if (firstTotal != first) self.put(FIRST_BEYOND, firstTotal - first);
        }
    }

    /// @notice Notes what meter `index` is charged, from 1.
    function putCharges(FrameRecord self, uint256 index, uint256 byCalls, uint256 total) internal {
        unchecked {
            self.put(FIRST_BEYOND + index, (byCalls << 128) | total);
        }
    }

    /// @notice What the calls charge to native and to the first meter.
    function chargedFirst(FrameRecord self) internal view returns (uint256 native, uint256 first) {
        return _halves(self.word(CHARGES));
    }

    /// @notice What the calls charge, without gas.
    /// @param asset 0 native, i + 1 meter i.
    function chargedByCalls(FrameRecord self, uint256 asset) internal view returns (uint256) {
        unchecked {
            if (asset < 2) return _half(self.word(CHARGES), asset);
            return self.word(CHARGES + asset) >> 128;
        }
    }

    /// @notice What the operation charges, with gas.
    function chargedInAll(FrameRecord self, uint256 asset) internal view returns (uint256) {
        unchecked {
            if (asset == 0) return self.head().nativeTotal();
            if (asset == 1) return self.chargedByCalls(asset) + self.word(FIRST_BEYOND);
            return uint128(self.word(CHARGES + asset));
        }
    }

    /// @notice What the account held of an asset when the frame was opened.
    function held(FrameRecord self, uint256 asset) internal view returns (uint256) {
        unchecked {
            return self.word(HELD + asset);
        }
    }

    function putHeld(FrameRecord self, uint256 asset, uint256 amount) internal {
        // Unchecked: a record has at most 128 words.
        unchecked {
            self.put(HELD + asset, amount);
        }
    }

    /// @notice What the account held of native and the first meter's token, where `open` has put both into one word.
    function heldFirst(FrameRecord self) internal view returns (uint256 native, uint256 token) {
        return _halves(self.word(HELD));
    }

    /// @notice Puts both into one word. The caller guarantees that they fit 128 bits each.
    function putHeldFirst(FrameRecord self, uint256 native, uint256 token) internal {
        self.put(HELD, (native << 128) | token);
    }

    /// @notice Gives each a word of its own.
    function unpackHeld(FrameRecord self) internal {
        (uint256 native, uint256 token) = self.heldFirst();
        self.putHeld(0, native);
        self.putHeld(1, token);
    }

    /// @notice What was noted of an approval, or behind those of a received rule, when the frame was opened.
    function noted(FrameRecord self, uint256 index) internal view returns (uint256) {
        unchecked {
            return self.word(RULES + index);
        }
    }

    function putNoted(FrameRecord self, uint256 index, uint256 amount) internal {
        // Unchecked: a record has at most 128 words.
        unchecked {
            self.put(RULES + index, amount);
        }
    }

    /// @notice By how much a fall of a balance is more than `charged`.
    function beyond(uint256 before, uint256 afterwards, uint256 charged) internal pure returns (uint256) {
        // Unchecked: by the tests.
        unchecked {
            if (afterwards >= before) return 0;
            uint256 left = before - afterwards;
            return left > charged ? left - charged : 0;
        }
    }

    /// @notice Slot offset of the header's first word.
    function headerOffset(FrameHead head_) internal pure returns (uint256) {
        unchecked {
            uint256 meters = head_.meterCount();
            return FIXED_WORDS + (meters == 0 ? 1 : meters);
        }
    }

    /// @notice Slot offset of the first approval.
    function approvalsOffset(FrameHead head_) internal pure returns (uint256) {
        unchecked {
            return headerOffset(head_) + (head_.headerLength() + 31) / 32;
        }
    }

    /// @notice Slot offset of what the calls charge to ceilings.
    function ceilingsOffset(FrameHead head_) internal pure returns (uint256) {
        unchecked {
            return approvalsOffset(head_) + 2 * head_.approvalCount();
        }
    }

    /// @notice The subject of meter `index`: a token's address, or a small number.
    /// @dev Of a header that nearly always has one meter, this is all that either end of a frame needs.
    function meterSubject(FrameRecord self, FrameHead head_, uint256 index) internal view returns (address) {
        unchecked {
            if (index == 0) return address(uint160(self.word(headerOffset(head_)) >> (96 - 8 * METERS_OFFSET)));
            uint256 position = METERS_OFFSET + METER_LENGTH * index;
            uint256 slot = headerOffset(head_) + position / 32;
            uint256 shift = 8 * (position % 32);
            uint256 value = self.word(slot) << shift;
            // 20 bytes may lie across two slots.
            if (shift > 96) value |= self.word(slot + 1) >> (256 - shift);
            return address(uint160(value >> 96));
        }
    }

    /// @notice The first meter of the same token as meter `index`: one look at a balance serves them all.
    function firstMeterOf(FrameRecord self, FrameHead head_, address token, uint256 index)
        internal
        view
        returns (uint256 first)
    {
        // Unchecked: counts up to `index`.
        unchecked {
            while (first < index && self.meterSubject(head_, first) != token) ++first;
        }
    }

    /// @notice Approval `index`: how it is read back, the token, the spender.
    function approval(FrameRecord self, FrameHead head_, uint256 index)
        internal
        view
        returns (uint256 probe, address token, address spender)
    {
        // Unchecked: a record has at most 128 words.
        unchecked {
            uint256 offset = approvalsOffset(head_) + 2 * index;
            uint256 first = self.word(offset);
            return (first >> 160, address(uint160(first)), address(uint160(self.word(offset + 1))));
        }
    }

    /// @notice The whole header, in memory, with a word of room behind it for packed reads.
    function header(FrameRecord self, FrameHead head_) internal view returns (bytes memory data) {
        uint256 offset = headerOffset(head_);
        uint256 length = head_.headerLength();
        // Assembly: Solidity's `new bytes` would clear first what is overwritten then.
        assembly ("memory-safe") {
            data := mload(0x40)
            mstore(data, length)
            let to := add(data, 32)
            let end := add(to, length)
            for { let slot := add(self, offset) } lt(to, end) { slot := add(slot, 1) } {
                mstore(to, tload(slot))
                to := add(to, 32)
            }
            mstore(0x40, add(to, 32))
        }
    }

    function _halves(uint256 both) private pure returns (uint256 first, uint256 second) {
        return (both >> 128, uint128(both));
    }

    /// @param index 0 or 1.
    function _half(uint256 both, uint256 index) private pure returns (uint256) {
        return index == 0 ? both >> 128 : uint128(both);
    }
}
