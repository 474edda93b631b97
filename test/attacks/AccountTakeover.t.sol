// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ANY_SELECTOR, ANY_TARGET, UNCAPPED} from "../utils/Codes.sol";
import {Call, OperationBytes, SINGLE} from "../utils/OperationBytes.sol";
import {AgentTest} from "../utils/AgentTest.sol";

// A thief holds the widest key that can be granted, and tries to become the owner
// ├── the account's own functions, by the operation's call data
// ├── the account's own functions, by a call to itself, single or in a batch, or to an alias of itself
// ├── the module: to grant himself another key, to resume, to raise his own cap
// ├── the EntryPoints: to withdraw the deposit
// ├── other modules' hooks: onInstall and onUninstall of anything
// ├── execution modes that run foreign code as the account
// ├── from outside: every function of the module that changes something, as the key itself
// └── a signature for the account (permits, orders, log-ins): the module never gives one
contract AccountTakeoverAttack is AgentTest {
    bytes4 private constant INSTALL_MODULE = bytes4(keccak256("installModule(uint256,address,bytes)"));
    bytes4 private constant UPGRADE = bytes4(keccak256("upgradeToAndCall(address,bytes)"));
    bytes4 private constant WITHDRAW_TO = bytes4(keccak256("withdrawTo(address,uint256)"));

    function setUp() public override {
        super.setUp();
        _clearPolicy();
        limits.serial = 2;
        limits.maxUses = 1e6;
        // Any function that is named, anywhere; any function of two targets.
        bytes4[4] memory named = [UPGRADE, WITHDRAW_TO, module.resume.selector, module.revokeAll.selector];
        for (uint256 i; i < 4; ++i) _permit(ANY_TARGET, UNCAPPED, address(0), named[i]);
        _permit(ANY_SELECTOR, UNCAPPED, ROUTER, 0);
        _grant();
    }

    function test_byCallData() public {
        Draft memory draft = _draft(Call(ROUTER, 0, abi.encodePacked(SWAP), 4));
        _accepts(draft);
        draft.op.callData = abi.encodeWithSelector(INSTALL_MODULE, 1, THIEF, "");
        _refuses(draft, abi.encodeWithSelector(AccountFunctionForbidden.selector, INSTALL_MODULE));
        bytes4 wrapped = bytes4(
            keccak256(
                "executeUserOp((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes),bytes32)"
            )
        );
        draft.op.callData = abi.encodePacked(wrapped, OperationBytes.execute(SINGLE, ""));
        _refuses(draft, abi.encodeWithSelector(AccountFunctionForbidden.selector, wrapped));
    }

    function test_byItself() public {
        bytes memory data = abi.encodeWithSelector(UPGRADE, THIEF, "");
        _refuses(Call(ACCOUNT, 0, data, 0), abi.encodeWithSelector(TargetForbidden.selector, 0, ACCOUNT));
        _refuses(Call(address(0), 0, data, 0), abi.encodeWithSelector(TargetForbidden.selector, 0, address(0)));
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (Call(ROUTER, 0, data, 0), Call(ACCOUNT, 0, data, 0));
        _refuses(_draft(calls), abi.encodeWithSelector(TargetForbidden.selector, 1, ACCOUNT));
    }

    function test_theModule() public {
        for (uint256 permission = 2; permission < 4; ++permission) {
            bytes memory data = abi.encodeWithSelector(permissions[permission].selector, keyId);
            _refuses(
                Call(address(module), 0, data, permission),
                abi.encodeWithSelector(TargetForbidden.selector, 0, address(module))
            );
        }
    }

    function test_theDeposit() public {
        address[4] memory entryPoints = [
            0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789,
            0x0000000071727De22E5E9d8BAf0edAc6f37da032,
            0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108,
            0x433709009B8330FDa32311DF1C2AFA402eD8D009
        ];
        for (uint256 i; i < 4; ++i) {
            _refuses(
                Call(entryPoints[i], 0, abi.encodeWithSelector(WITHDRAW_TO, THIEF, 1 ether), 1),
                abi.encodeWithSelector(TargetForbidden.selector, 0, entryPoints[i])
            );
        }
    }

    function test_otherModules() public {
        bytes4 onInstall = module.onInstall.selector;
        _refuses(
            Call(ROUTER, 0, abi.encodeWithSelector(onInstall, ""), 4),
            abi.encodeWithSelector(SelectorForbiddenByWildcard.selector, 0, onInstall)
        );
    }

    function test_delegateCall() public {
        bytes32 mode = bytes32(uint256(0xff) << 248);
        Draft memory draft = _draft(Call(ROUTER, 0, abi.encodePacked(SWAP), 4));
        draft.op.callData = OperationBytes.execute(mode, abi.encodePacked(THIEF, SWAP));
        _refuses(draft, abi.encodeWithSelector(ModeForbidden.selector, mode));
    }

    function test_fromOutside() public {
        bytes memory notAllowed = abi.encodeWithSelector(CallerNotAllowed.selector, ACCOUNT, key);
        bytes memory notInstalled = abi.encodeWithSelector(ModuleNotInstalled.selector, key, 1);
        bytes memory notGranted = abi.encodeWithSelector(KeyNotGranted.selector, keyId);
        bytes memory header = _header();
        bytes memory list = _permissions();
        _asKey(abi.encodeCall(module.grant, (signer, _settings(), header, list)), notInstalled);
        _asKey(abi.encodeCall(module.update, (signer, _settings(), header, list, header, 0)), notGranted);
        _asKey(abi.encodeCall(module.resume, (keyId)), notGranted);
        _asKey(abi.encodeCall(module.pause, (ACCOUNT, keyId)), notAllowed);
        _asKey(abi.encodeCall(module.pauseAccount, (ACCOUNT)), notAllowed);
        _asKey(abi.encodeCall(module.revoke, (ACCOUNT, keyId)), notAllowed);
        _asKey(abi.encodeCall(module.revokeAll, (ACCOUNT)), notAllowed);
        _accepts(Call(ROUTER, 0, abi.encodePacked(SWAP), 4));
    }

    function test_signsNothing() public {
        bytes32 permit = keccak256("a permit");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY_SECRET, permit);
        vm.prank(ACCOUNT);
        bytes4 answer = module.isValidSignatureWithSender(THIEF, permit, abi.encodePacked(r, s, v));
        assertEq(bytes32(answer), bytes32(bytes4(0xffffffff)), "never the magic value");
    }

    function _asKey(bytes memory call, bytes memory problem) private {
        vm.prank(key);
        (bool done, bytes memory result) = address(module).call(call);
        assertFalse(done, "refused");
        assertEq(result, problem, "problem");
    }
}
