// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {FrameHeader} from "../../contracts/frame/FrameHeader.sol";
import {FrameRules} from "../../contracts/frame/FrameRules.sol";
import {CosignSection} from "../../contracts/policy/CosignSection.sol";
import {PolicyHeader} from "../../contracts/policy/PolicyHeader.sol";
import {Test} from "../utils/Test.sol";
import {PolicyVector, ReceivedPart, Vectors} from "../utils/Vectors.sol";

// policy.json, its frame rules, by the code that checks them in calldata and by the code that holds them in memory
// ├── a header has the section exactly if its policy has rules
// ├── each ephemeral token is one, and no other address
// ├── each received rule stands where the one before ends, with every field of its own
// └── what follows is the co-signer: thresholds read from memory are those read from calldata
contract FrameVectorsTest is Test {
    using PolicyHeader for bytes;
    using FrameHeader for bytes;

    function test_rules() public view {
        PolicyVector[] memory vectors = Vectors.policies();
        uint256 measured;
        for (uint256 i; i < vectors.length; ++i) {
            bool rules = vectors[i].parts.ephemeral.length + vectors[i].parts.received.length != 0;
            this.isAnnounced(vectors[i].header, rules);
            if (!rules) continue;
            ++measured;
            this.ephemeral(vectors[i].header, vectors[i].parts.ephemeral);
            uint256 end = _received(vectors[i].header, vectors[i].parts.received);
            this.cosigner(vectors[i].header, end);
        }
        assertEq(measured, 1, "how many");
    }

    // ------------------------------------------------------------------ helpers, external where libraries read calldata

    function isAnnounced(bytes calldata header, bool rules) external pure {
        assertEq(header.sections() & PolicyHeader.SECTION_FRAME != 0, rules, "sections");
    }

    function ephemeral(bytes calldata header, address[] calldata tokens) external pure {
        uint256 offset = FrameRules.offsetIn(header);
        for (uint256 i; i < tokens.length; ++i) {
            assertTrue(FrameRules.isEphemeral(header, offset, tokens[i]), "ephemeral");
            address other = address(uint160(tokens[i]) ^ 1);
            assertFalse(FrameRules.isEphemeral(header, offset, other), "another's approvals stay");
        }
    }

    function cosigner(bytes calldata header, uint256 end) external pure {
        (uint256 first, uint256 last) = CosignSection.thresholds(header);
        // In front of the thresholds: an EOA, 21 bytes, and its length.
        assertEq(first, end + 22, "behind the rules");
        (uint256 start, uint256 stop) = FrameHeader.thresholds(header);
        assertEq(start, first, "first threshold");
        assertEq(stop, last, "end of the thresholds");
    }

    function _received(bytes memory header, ReceivedPart[] memory parts) private pure returns (uint256 offset) {
        uint256 count;
        (count, offset) = header.receivedRules();
        assertEq(count, parts.length, "receivedCount");
        for (uint256 i; i < count; ++i) {
            assertEq(header.receivedToken(offset), parts[i].token, "token");
            uint256 next = header.nextRule(offset);
            assertEq(_cut(header, offset, next), _encode(parts[i]), "rule");
            offset = next;
        }
    }

    function _encode(ReceivedPart memory it) private pure returns (bytes memory) {
        bytes memory head = abi.encodePacked(uint8(it.mode), it.token);
        if (it.mode == FrameRules.MODE_FIXED) return abi.encodePacked(head, uint128(it.amount));
        return abi.encodePacked(
            head,
            uint8(it.meterIndex),
            it.feed,
            uint8(it.feedDecimals),
            uint8(it.spentDecimals),
            uint8(it.receivedDecimals),
            uint32(it.maxAge),
            uint16(it.maxSlippage)
        );
    }

    function _cut(bytes memory data, uint256 from, uint256 to) private pure returns (bytes memory part) {
        part = new bytes(to - from);
        for (uint256 i; i < part.length; ++i) part[i] = data[from + i];
    }
}
