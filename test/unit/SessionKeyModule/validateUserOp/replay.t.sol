// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {CHARGED, DAY, EXACT} from "../../../utils/Codes.sol";
import {OperationBytes} from "../../../utils/OperationBytes.sol";
import {ISessionKeyValidator, SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: one signature, one place
// ├── another account that has granted the same key the same policy: fails
// ├── another chain, with the same operation hash even: fails
// ├── another module at another address, same grant: fails
// ├── another EntryPoint, which is another operation hash: fails
// └── another session key with the same policy: fails
contract ValidateReplayTest is SessionKeyTest {
    function setUp() public override {
        super.setUp();
        _meter(TOKEN, DAY, 100);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _grant();
    }

    function test_anotherAccount() public {
        _install(STRANGER, "");
        vm.prank(STRANGER);
        module.grant(signer, _settings(), _header(), _permissions());
        PackedUserOperation memory op = _signed(_draft(_transfer(1)));
        assertTrue(_passes(module, op, OperationBytes.hash(op)), "here it passes");
        op.sender = STRANGER;
        assertFalse(_passes(module, op, OperationBytes.hash(op)), "there it does not");
    }

    function test_anotherChain() public {
        PackedUserOperation memory op = _signed(_draft(_transfer(1)));
        bytes32 opHash = OperationBytes.hash(op);
        vm.chainId(block.chainid + 1);
        assertFalse(_passes(module, op, opHash), "the module's own domain names the chain");
        vm.chainId(block.chainid - 1);
        assertTrue(_passes(module, op, opHash), "at home it passes");
    }

    function test_anotherModule() public {
        ISessionKeyValidator other = module;
        super.setUp();
        _grant();
        assertTrue(address(other) != address(module), "two modules");
        PackedUserOperation memory op = _signed(_draft(_transfer(1)));
        assertFalse(_passes(other, op, OperationBytes.hash(op)), "signed for the other one");
        assertTrue(_passes(module, op, OperationBytes.hash(op)), "signed for this one");
    }

    function test_anotherEntryPoint() public {
        PackedUserOperation memory op = _signed(_draft(_transfer(1)));
        assertFalse(_passes(module, op, keccak256(abi.encode(OperationBytes.hash(op), "entry point"))), "other hash");
    }

    function test_anotherKey() public {
        address other = vm.addr(KEY_SECRET + 1);
        vm.prank(ACCOUNT);
        module.grant(abi.encodePacked(uint8(1), other), _settings(), _header(), _permissions());
        Draft memory draft = _draft(_transfer(1));
        PackedUserOperation memory op = _signed(draft);
        // The other key's evidence under this key's signature over its own.
        signer = abi.encodePacked(uint8(1), other);
        op.signature = abi.encodePacked(
            OperationBytes.signature(NOON, NOON + 59, _draft(_transfer(1)).evidence, ""), _tail(op.signature)
        );
        assertFalse(_passes(module, op, OperationBytes.hash(op)), "another key's budget");
    }

    function _passes(ISessionKeyValidator where, PackedUserOperation memory op, bytes32 opHash) private returns (bool) {
        vm.prank(op.sender);
        return uint160(where.validateUserOp(op, opHash)) == 0;
    }

    function _tail(bytes memory signature) private pure returns (bytes memory out) {
        out = new bytes(65);
        for (uint256 i; i < 65; ++i) out[i] = signature[signature.length - 65 + i];
    }
}
