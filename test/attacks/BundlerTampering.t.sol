// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {CHARGED, EXACT, UNCAPPED} from "../utils/Codes.sol";
import {Call, OperationBytes} from "../utils/OperationBytes.sol";
import {Permission, PolicyBytes} from "../utils/PolicyBytes.sol";
import {AgentTest} from "../utils/AgentTest.sol";

// A bundler holds an operation that the agent has signed, and changes what the operation's hash does not cover
// ├── the window: held back for later, or stretched
// ├── the permission: another one that covers the same call, to charge nothing
// ├── the proof: longer, shorter, another
// ├── bytes appended, in the evidence or behind the signature
// └── the same operation again: what it spends is counted every time that it is validated
contract BundlerTamperingAttack is AgentTest {
    function test_window() public {
        Draft memory draft = _draft(_approve(ROUTER, CAP));
        bytes memory agents = _agents(draft);
        uint256[4] memory ends = [windowEnd - 1, windowEnd + 1, NOON + 30 minutes, NOON + 1 hours - 1];
        for (uint256 i; i < 4; ++i) {
            draft.validUntil = ends[i];
            _fails(_sealed(draft, agents));
        }
        draft.validUntil = windowEnd;
        draft.validAfter = windowStart + 1;
        _fails(_sealed(draft, agents));
    }

    function test_permission() public {
        limits.serial = 2;
        _permit(EXACT, UNCAPPED, USDC, APPROVE, PolicyBytes.body(PolicyBytes.pin(0, ROUTER)));
        _grant();
        Call memory call = _approve(ROUTER, CAP);
        Draft memory draft = _draft(call);
        bytes memory agents = _agents(draft);
        call.permission = 2;
        draft.evidence = _draft(call).evidence;
        _fails(_sealed(draft, agents));
    }

    function test_proof() public {
        Draft memory draft = _draft(_approve(ROUTER, 1));
        bytes memory agents = _agents(draft);
        Permission memory it = permissions[MAY_APPROVE];
        assertEq(it.mark, CHARGED, "mark");
        bytes memory head = OperationBytes.evidenceHead(signer, _header());
        draft.evidence = abi.encodePacked(head, OperationBytes.leaf(it, ""));
        PackedUserOperation memory op = _sealed(draft, agents);
        vm.prank(ACCOUNT);
        vm.expectRevert(_notPermitted(USDC, APPROVE));
        module.validateUserOp(op, bytes32(0));
    }

    function test_appended() public {
        Draft memory draft = _draft(_approve(ROUTER, 1));
        bytes memory agents = _agents(draft);
        _fails(_sealed(draft, abi.encodePacked(agents, uint8(0))));
        _fails(_sealed(draft, abi.encodePacked(agents, new bytes(64))));
        draft.evidence = abi.encodePacked(draft.evidence, uint8(0));
        PackedUserOperation memory op = _sealed(draft, agents);
        vm.prank(ACCOUNT);
        vm.expectPartialRevert(EvidenceMalformed.selector);
        module.validateUserOp(op, bytes32(0));
    }

    /// @dev The EntryPoint's nonce forbids it; were it not to, the counters would still hold.
    function test_again() public {
        Draft memory draft = _draft(_approve(ROUTER, CAP / 2));
        _accepts(draft);
        _accepts(draft);
        _refuses(draft, _overCap(CAP, CAP / 2));
    }

    function _agents(Draft memory draft) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY_SECRET, _digest(draft));
        return abi.encodePacked(r, s, v);
    }

    function _fails(PackedUserOperation memory op) private {
        assertEq(uint160(_validate(op)), 1, "SIG_VALIDATION_FAILED");
        assertEq(_state().usage.lastUntil(), 0, "nothing counted");
    }
}
