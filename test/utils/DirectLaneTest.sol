// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7579ModuleConfig} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {ISessionKeyModule} from "../../contracts/interfaces/ISessionKeyModule.sol";
import {ACTIVE, DIRECT_LANE} from "./Codes.sol";
import {BATCH, Call, OperationBytes, SINGLE} from "./OperationBytes.sol";
import {SessionKeyTest} from "./SessionKeyTest.sol";

/// @notice Base of the direct lane's tests: the account runs the code of the reference account for EIP-7702 and has
/// installed the module for both lanes.
abstract contract DirectLaneTest is SessionKeyTest {
    /// @dev A redemption before it is signed; tests change any part of it.
    struct Redemption {
        address account;
        uint256 epoch;
        uint256 serial;
        uint256 nonce;
        uint256 validAfter;
        uint256 validUntil;
        bytes32 mode;
        bytes executions;
        bytes evidence;
        uint256 secret;
    }

    string internal constant REDEMPTION_TYPE = "SessionRedemption";
    string internal constant REDEMPTION_FIELDS =
        "(address account,uint32 epoch,uint24 serial,uint24 nonce,uint48 validAfter,uint48 validUntil,"
        "bytes32 mode,bytes32 executionHash,bytes32 evidenceHash)";
    address internal constant ENTRY_POINT = 0x0000000071727De22E5E9d8BAf0edAc6f37da032;
    address internal constant RELAYER = address(uint160(uint256(keccak256("relayer"))));

    function setUp() public virtual override {
        super.setUp();
        _becomesAccount(ACCOUNT);
        // The account's list of modules and the module agree only after an install by way of the account.
        _installByAccount(ACCOUNT, 1, hex"01");
        _installByAccount(ACCOUNT, 2, hex"02");
        (limits.epoch, limits.flags) = (2, ACTIVE | DIRECT_LANE);
        vm.deal(ACCOUNT, 1000 ether);
    }

    /// @notice Gives an address the code of the reference account for EIP-7702.
    function _becomesAccount(address account) internal {
        bytes memory arguments = abi.encode(ENTRY_POINT, module);
        vm.etch(account, deploy("contracts/account/DelegatedAccount.sol:DelegatedAccount", arguments).code);
    }

    function _installByAccount(address account, uint256 moduleType, bytes memory data) internal {
        vm.prank(account);
        IERC7579ModuleConfig(account).installModule(moduleType, address(module), data);
    }

    function _uninstallByAccount(address account, uint256 moduleType, bytes memory data) internal {
        vm.prank(account);
        IERC7579ModuleConfig(account).uninstallModule(moduleType, address(module), data);
    }

    // ------------------------------------------------------------------ redemptions

    function _redemption(Call memory call) internal view returns (Redemption memory) {
        Call[] memory calls = new Call[](1);
        calls[0] = call;
        return _redemption(calls, SINGLE, OperationBytes.single(call));
    }

    function _redemption(Call[] memory calls) internal view returns (Redemption memory) {
        return _redemption(calls, BATCH, OperationBytes.batch(calls));
    }

    /// @dev For the key's next use, from now on for an hour.
    function _redemption(Call[] memory calls, bytes32 mode, bytes memory executions)
        internal
        view
        returns (Redemption memory it)
    {
        it.account = ACCOUNT;
        it.epoch = limits.epoch;
        it.serial = _state().settings.serial();
        it.nonce = _state().usage.uses();
        it.validAfter = block.timestamp;
        it.validUntil = block.timestamp + 1 hours;
        (it.mode, it.executions) = (mode, executions);
        it.evidence = _evidence(calls);
        it.secret = KEY_SECRET;
    }

    function _context(Redemption memory it) internal pure returns (bytes memory) {
        return OperationBytes.signature(it.validAfter, it.validUntil, it.evidence, "");
    }

    function _redemptionDigest(Redemption memory it, address verifier) internal view returns (bytes32) {
        return _redemptionDigest(REDEMPTION_TYPE, it, verifier);
    }

    /// @param name of a type with a redemption's fields.
    function _redemptionDigest(string memory name, Redemption memory it, address verifier)
        internal
        view
        returns (bytes32)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("SessionKeyModule"),
                keccak256("1"),
                block.chainid,
                verifier
            )
        );
        bytes memory content = abi.encode(
            keccak256(abi.encodePacked(name, REDEMPTION_FIELDS)),
            it.account,
            it.epoch,
            it.serial,
            it.nonce,
            it.validAfter,
            it.validUntil,
            it.mode,
            keccak256(it.executions),
            keccak256(it.evidence)
        );
        return keccak256(abi.encodePacked(hex"1901", domain, keccak256(content)));
    }

    /// @notice `nonce · keySignature`.
    function _authorization(Redemption memory it) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(it.secret, _redemptionDigest(it, address(module)));
        return abi.encodePacked(uint24(it.nonce), r, s, v);
    }

    function _signedContext(Redemption memory it) internal view returns (bytes memory) {
        return abi.encodePacked(_context(it), _authorization(it));
    }

    /// @notice The key's EOA sends it.
    function _redeem(Redemption memory it) internal {
        vm.prank(key, key);
        module.redeem(it.account, it.mode, it.executions, _context(it));
    }

    /// @notice Somebody else sends it with `context`.
    function _relay(Redemption memory it, bytes memory context) internal {
        vm.prank(RELAYER, RELAYER);
        module.redeem(it.account, it.mode, it.executions, context);
    }

    function _preview(Redemption memory it) internal view returns (ISessionKeyModule.Preview memory) {
        return module.previewRedeem(it.account, it.mode, it.executions, _context(it));
    }

    // ------------------------------------------------------------------ verdicts

    /// @notice The redemption passes, and so does its dry run.
    function _accepts(Redemption memory it) internal {
        _preview(it);
        _redeem(it);
    }

    /// @notice Refused with exactly `problem`: as the key's own, with its signature, and in the dry run.
    function _refuses(Redemption memory it, bytes memory problem) internal {
        bytes memory context = _signedContext(it);
        vm.expectRevert(problem);
        module.previewRedeem(it.account, it.mode, it.executions, _context(it));
        vm.expectRevert(problem);
        _relay(it, context);
        bytes memory own = _context(it);
        vm.prank(key, key);
        vm.expectRevert(problem);
        module.redeem(it.account, it.mode, it.executions, own);
    }

    /// @notice The relayed redemption is refused with exactly `problem`.
    function _refusesRelay(Redemption memory it, bytes memory context, bytes memory problem) internal {
        vm.prank(RELAYER, RELAYER);
        vm.expectRevert(problem);
        module.redeem(it.account, it.mode, it.executions, context);
    }

    function _redeemable(Call memory call) internal {
        _accepts(_redemption(call));
    }

    function _notRedeemable(Call memory call, bytes memory problem) internal virtual {
        _refuses(_redemption(call), problem);
    }
}
