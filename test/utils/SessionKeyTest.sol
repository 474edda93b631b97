// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7579Validator} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {ISessionKeyErrors} from "../../contracts/interfaces/ISessionKeyErrors.sol";
import {ISessionKeyRecords} from "../../contracts/interfaces/ISessionKeyRecords.sol";
import {ISessionKeyModule} from "../../contracts/interfaces/ISessionKeyModule.sol";
import {BATCH, Call, OperationBytes, REPEATED, SINGLE} from "./OperationBytes.sol";
import {PolicyFixture} from "./PolicyFixture.sol";
import {Permission, PolicyBytes} from "./PolicyBytes.sol";
import {TreeBytes} from "./TreeBytes.sol";

/// @dev All faces of the one contract.
interface ISessionKeyValidator is ISessionKeyModule, IERC7579Validator {
    function isInitialized(address account) external view returns (bool);
}

/// @notice Base of every test of the module: an account that has installed it, a key, and operations to validate.
/// @dev Validation asks of an account nothing but to be the caller, so a pranked address is one.
abstract contract SessionKeyTest is PolicyFixture, ISessionKeyErrors {
    /// @dev An operation before it is signed; tests change any part of it.
    struct Draft {
        PackedUserOperation op;
        uint256 validAfter;
        uint256 validUntil;
        bytes evidence;
        uint256 secret;
    }

    uint256 internal constant KEY_SECRET = uint256(keccak256("session key"));
    address internal constant ACCOUNT = address(uint160(uint256(keccak256("account"))));
    address internal constant GUARDIAN = address(uint160(uint256(keccak256("guardian"))));
    address internal constant STRANGER = address(uint160(uint256(keccak256("stranger"))));
    address internal constant TOKEN = address(uint160(uint256(keccak256("token"))));
    address internal constant APP = address(uint160(uint256(keccak256("app"))));
    address internal constant RECIPIENT = address(uint160(uint256(keccak256("recipient"))));

    bytes4 internal constant TRANSFER = bytes4(keccak256("transfer(address,uint256)"));
    bytes4 internal constant APPROVE = bytes4(keccak256("approve(address,uint256)"));
    bytes4 internal constant PING = bytes4(keccak256("ping(uint256)"));

    ISessionKeyValidator internal module;
    address internal key;
    bytes internal signer;
    bytes32 internal keyId;
    /// @dev Window of the drafts to come.
    uint256 internal windowStart;
    uint256 internal windowEnd;
    /// @dev Stands behind every leaf to come whose body says that set proofs do.
    bytes internal setProofs = hex"00";

    function setUp() public virtual {
        vm.warp(NOON);
        module = ISessionKeyValidator(_deployModule());
        key = vm.addr(KEY_SECRET);
        signer = abi.encodePacked(uint8(1), key);
        keyId = keccak256(signer);
        _window(NOON, NOON + 59);
        _install(ACCOUNT, "");
    }

    /// @dev The module and its parts, as `deploy/contracts.ts` lists them.
    function _deployModule() internal returns (address) {
        address engine = deploy("contracts/conditions/ConditionEngine.sol:ConditionEngine");
        address frames = deploy("contracts/SessionKeyFrames.sol:SessionKeyFrames");
        address administration =
            deploy("contracts/SessionKeyAdministration.sol:SessionKeyAdministration", abi.encode(engine, frames));
        address extension =
            deploy("contracts/SessionKeyExtension.sol:SessionKeyExtension", abi.encode(engine, frames, administration));
        return deploy(
            "contracts/SessionKeyModule.sol:SessionKeyModule", abi.encode(engine, frames, administration, extension)
        );
    }

    // ------------------------------------------------------------------ life of a key

    /// @param guardian 20 bytes, or none.
    function _install(address account, bytes memory guardian) internal {
        vm.prank(account);
        module.onInstall(abi.encodePacked(uint8(1), guardian));
    }

    /// @notice Grants the fixture's policy to {ACCOUNT}.
    function _grant() internal {
        vm.prank(ACCOUNT);
        module.grant(signer, _settings(), _header(), _permissions());
    }

    /// @notice Grants it, and moves on to the next serial.
    function _grantsNext() internal {
        _grant();
        ++limits.serial;
    }

    /// @notice The fixture's policy is refused with exactly `problem`.
    function _refusesGrant(bytes memory problem) internal {
        vm.prank(ACCOUNT);
        vm.expectRevert(problem);
        module.grant(signer, _settings(), _header(), _permissions());
    }

    // ------------------------------------------------------------------ operations

    function _window(uint256 from, uint256 until) internal {
        (windowStart, windowEnd) = (from, until);
    }

    function _transfer(uint256 amount) internal pure returns (Call memory) {
        return Call(TOKEN, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, amount), 0);
    }

    function _ping() internal pure returns (Call memory) {
        return Call(APP, 0, abi.encodeWithSelector(PING, 1), 0);
    }

    /// @notice An operation of one call, without gas limits: it costs nothing but what the call moves.
    function _draft(Call memory call) internal view returns (Draft memory) {
        Call[] memory calls = new Call[](1);
        calls[0] = call;
        return _draft(calls, OperationBytes.execute(SINGLE, OperationBytes.single(call)));
    }

    /// @notice A batch.
    function _draft(Call[] memory calls) internal view returns (Draft memory) {
        return _draft(calls, OperationBytes.execute(BATCH, OperationBytes.batch(calls)));
    }

    function _draft(Call[] memory calls, bytes memory callData) internal view returns (Draft memory draft) {
        draft.op.sender = ACCOUNT;
        draft.op.callData = callData;
        draft.validAfter = windowStart;
        draft.validUntil = windowEnd;
        draft.secret = KEY_SECRET;
        draft.evidence = _evidence(calls);
    }

    /// @dev Three gas limits of one third each, at `maxFeePerGas`; the priority fee is not what an operation can cost.
    function _gas(Draft memory draft, uint256 gasLimits, uint256 maxFeePerGas) internal pure {
        uint256 third = gasLimits / 3;
        draft.op.accountGasLimits = bytes32((third << 128) | third);
        draft.op.preVerificationGas = gasLimits - 2 * third;
        draft.op.gasFees = bytes32((uint256(type(uint128).max) << 128) | maxFeePerGas);
    }

    function _evidence(Call[] memory calls) internal view returns (bytes memory out) {
        out = OperationBytes.evidenceHead(signer, _header());
        for (uint256 i; i < calls.length; ++i) out = abi.encodePacked(out, _leaf(calls[i].permission));
    }

    function _leaf(uint256 permission) internal view returns (bytes memory) {
        if (permission == REPEATED) return hex"00";
        bytes memory proof = TreeBytes.proof(PolicyBytes.leaves(permissions), hotCount, permission);
        Permission memory it = permissions[permission];
        bool sets = it.body.length != 0 && uint8(it.body[0]) & 8 != 0;
        return abi.encodePacked(OperationBytes.leaf(it, proof), sets ? setProofs : bytes(""));
    }

    function _digest(Draft memory draft) internal view returns (bytes32) {
        bytes32 evidenceHash = keccak256(draft.evidence);
        return OperationBytes.digest(
            address(module), OperationBytes.hash(draft.op), draft.validAfter, draft.validUntil, evidenceHash
        );
    }

    /// @notice The operation with its signature, whole.
    function _signed(Draft memory draft) internal view returns (PackedUserOperation memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(draft.secret, _digest(draft));
        return _sealed(draft, abi.encodePacked(r, s, v));
    }

    function _sealed(Draft memory draft, bytes memory keySignature)
        internal
        pure
        returns (PackedUserOperation memory op)
    {
        op = draft.op;
        op.signature = OperationBytes.signature(draft.validAfter, draft.validUntil, draft.evidence, keySignature);
    }

    function _validate(PackedUserOperation memory op) internal returns (uint256) {
        vm.prank(op.sender);
        return module.validateUserOp(op, OperationBytes.hash(op));
    }

    // ------------------------------------------------------------------ verdicts

    /// @notice The operation passes, with its own window, and so does its dry run.
    function _accepts(Draft memory draft) internal {
        PackedUserOperation memory op = _signed(draft);
        if (_carries(op)) _previewsCarried(op);
        else module.preview(op);
        assertEq(_validate(op), (draft.validAfter << 208) | (draft.validUntil << 160), "validation data");
    }

    /// @notice The operation is refused with exactly `problem`, and so is its dry run.
    function _refuses(Draft memory draft, bytes memory problem) internal {
        PackedUserOperation memory op = _signed(draft);
        bytes32 opHash = OperationBytes.hash(op);
        bool carries = _carries(op);
        vm.expectRevert(problem);
        if (carries) module.previewCarried(op);
        else module.preview(op);
        vm.prank(op.sender);
        vm.expectRevert(problem);
        module.validateUserOp(op, opHash);
    }

    /// @dev Whether the evidence, behind the window and its length, begins with a grant.
    function _carries(PackedUserOperation memory op) internal pure returns (bool) {
        return op.signature.length > 12 && op.signature[12] == 0;
    }

    /// @notice The dry run of an operation that carries its grant, which always reverts.
    function _previewsCarried(PackedUserOperation memory op) internal returns (ISessionKeyModule.Preview memory) {
        try module.previewCarried(op) {
            revert("previewCarried came back");
        } catch (bytes memory answer) {
            assertEq(bytes4(answer), ISessionKeyRecords.CarriedPreview.selector, "answer");
            // Skips the selector.
            bytes memory data = new bytes(answer.length - 4);
            for (uint256 i; i < data.length; ++i) data[i] = answer[4 + i];
            return abi.decode(data, (ISessionKeyRecords.Preview));
        }
    }

    function _accepts(Call memory call) internal {
        _accepts(_draft(call));
    }

    function _refuses(Call memory call, bytes memory problem) internal {
        _refuses(_draft(call), problem);
    }

    /// @notice Everything stored about the fixture's key.
    function _state() internal view returns (ISessionKeyModule.KeyState memory) {
        uint256[] memory identities = new uint256[](meters.length);
        for (uint256 i; i < identities.length; ++i) {
            identities[i] = (uint256(uint160(meters[i].token)) << 8) | meters[i].tag;
        }
        return module.keyState(ACCOUNT, keyId, identities);
    }

    /// @notice Where the usage word of the fixture's key is: the third of its struct, `_keys` being the first mapping.
    function _usageSlot() internal view returns (bytes32) {
        bytes32 outer = keccak256(abi.encode(keyId, uint256(0)));
        return bytes32(uint256(keccak256(abi.encode(ACCOUNT, outer))) + 2);
    }

    /// @notice Writes an account's epoch, as if it had revoked so often; `_controls` is the third mapping.
    function _setEpoch(address account, uint256 epoch) internal {
        bytes32 slot = keccak256(abi.encode(account, uint256(2)));
        uint256 word = uint256(vm.load(address(module), slot)) & ~(uint256(0xffffffff) << 160);
        vm.store(address(module), slot, bytes32(word | (epoch << 160)));
        assertEq(module.keyState(account, 0, new uint256[](0)).control.epoch(), epoch, "epoch");
    }
}
