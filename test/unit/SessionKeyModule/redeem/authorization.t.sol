// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, EXACT, LIFETIME, MOVES_NOTHING} from "../../../utils/Codes.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {DirectLaneTest} from "../../../utils/DirectLaneTest.sol";

// redeem: who may send it
// ├── unsigned
// │   ├── the key's EOA, as sender and origin of the transaction
// │   └── nobody else: not the account, not a contract at the key's address, not a contract that the key calls
// ├── signed: anybody, once
// │   ├── a replay is refused by its nonce, and so are a nonce from the future and one that the bundler lane has used
// │   ├── a changed account, window, mode, call, value, evidence, chain, module, epoch or serial: not what was signed
// │   ├── a signature by another key, with the high half of s, or for the bundler lane
// │   └── a tail of any other length
// ├── window: both ends included, refused a second before and after
// └── the digest is the EIP-712 one, and the contract tells the same
contract RedeemAuthorizationTest is DirectLaneTest {
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function setUp() public override {
        super.setUp();
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _meter(TOKEN, LIFETIME, 1000);
        _grant();
    }

    function test_ownTransaction() public {
        _redeem(_redemption(_ping()));
        assertEq(_state().usage.uses(), 1, "uses");
    }

    function test_othersUnsigned() public {
        Redemption memory it = _redemption(_ping());
        bytes memory context = _context(it);
        address[2][4] memory pairs =
            [[RELAYER, RELAYER], [ACCOUNT, ACCOUNT], [key, RELAYER], [RELAYER, key]];
        for (uint256 i; i < 4; ++i) {
            vm.prank(pairs[i][0], pairs[i][1]);
            vm.expectRevert(
                abi.encodeWithSelector(RedemptionUnauthorized.selector, key, pairs[i][0], pairs[i][1])
            );
            module.redeem(it.account, it.mode, it.executions, context);
        }
        assertEq(_state().usage.uses(), 0, "uses");
    }

    function test_signedByKeySentByAnyone() public {
        Redemption memory it = _redemption(_ping());
        _relay(it, _signedContext(it));
        it = _redemption(_ping());
        assertEq(it.nonce, 1, "next nonce");
        // The key itself may also send what it signed.
        bytes memory context = _signedContext(it);
        vm.prank(key, key);
        module.redeem(it.account, it.mode, it.executions, context);
        assertEq(_state().usage.uses(), 2, "uses");
    }

    function test_replay() public {
        Redemption memory it = _redemption(_ping());
        bytes memory context = _signedContext(it);
        _relay(it, context);
        _refusesRelay(it, context, abi.encodeWithSelector(RedemptionNonceInvalid.selector, 0, 1));
        // The same signature under the next nonce is not the key's.
        bytes memory renamed = _renamed(context, 1);
        _refusesRelay(
            it, renamed, abi.encodeWithSelector(RedemptionSignatureInvalid.selector, key, limits.epoch, 1, 1)
        );
    }

    function test_nonceFromTheFuture() public {
        Redemption memory it = _redemption(_ping());
        it.nonce = 1;
        bytes memory context = _signedContext(it);
        _refusesRelay(it, context, abi.encodeWithSelector(RedemptionNonceInvalid.selector, 1, 0));
        _redeem(_redemption(_ping()));
        _relay(it, context);
    }

    function test_bundlerLaneTakesTheNonce() public {
        Redemption memory it = _redemption(_ping());
        bytes memory context = _signedContext(it);
        _accepts(_ping());
        // By now the counters stand at the end of the operation's window.
        vm.warp(windowEnd);
        _refusesRelay(it, context, abi.encodeWithSelector(RedemptionNonceInvalid.selector, 0, 1));
    }

    function test_changedContent() public {
        Redemption memory signed = _redemption(_transfer());
        bytes memory authorization = _authorization(signed);
        Redemption memory it = _redemption(_transfer());
        --it.validAfter;
        _isNotWhatWasSigned(it, authorization);
        it = _redemption(_transfer());
        ++it.validUntil;
        _isNotWhatWasSigned(it, authorization);
        Call memory other = _transfer();
        other.data = abi.encodeWithSelector(TRANSFER, RECIPIENT, 2);
        _isNotWhatWasSigned(_redemption(other), authorization);
        _isNotWhatWasSigned(_redemption(_ping()), authorization);
        // The same single call as a batch of one.
        Call[] memory calls = new Call[](1);
        calls[0] = _transfer();
        _isNotWhatWasSigned(_redemption(calls), authorization);
        // Untouched, it passes.
        _relay(signed, abi.encodePacked(_context(signed), authorization));
    }

    function test_otherEvidence() public {
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_ping(), _ping());
        Redemption memory signed = _redemption(calls);
        calls[1].permission = type(uint256).max;
        Redemption memory it = _redemption(calls);
        assertTrue(keccak256(it.evidence) != keccak256(signed.evidence), "another evidence for the same calls");
        _isNotWhatWasSigned(it, _authorization(signed));
    }

    function test_otherChainAndModule() public {
        Redemption memory it = _redemption(_ping());
        bytes memory context = _signedContext(it);
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        _refusesRelay(it, context, _invalid(0));
        vm.chainId(here);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY_SECRET, _redemptionDigest(it, APP));
        _refusesRelay(it, abi.encodePacked(_context(it), uint24(0), r, s, v), _invalid(0));
        _relay(it, context);
    }

    function test_otherAccount() public {
        _becomesAccount(STRANGER);
        _installByAccount(STRANGER, 1, hex"01");
        _installByAccount(STRANGER, 2, hex"02");
        limits.epoch = 1;
        vm.prank(STRANGER);
        module.grant(signer, _settings(), _header(), _permissions());
        limits.epoch = 2;
        // Same key, policy, serial and nonce; even a forged epoch does not help.
        Redemption memory it = _redemption(_ping());
        it.epoch = 1;
        bytes memory context = _signedContext(it);
        it.account = STRANGER;
        _refusesRelay(it, context, abi.encodeWithSelector(RedemptionSignatureInvalid.selector, key, 1, 1, 0));
    }

    function test_otherEpochAndSerial() public {
        Redemption memory it = _redemption(_ping());
        bytes memory context = _signedContext(it);
        ++limits.serial;
        _grant();
        _refusesRelay(
            it, context, abi.encodeWithSelector(RedemptionSignatureInvalid.selector, key, limits.epoch, 2, 0)
        );
        it = _redemption(_ping());
        context = _signedContext(it);
        vm.prank(ACCOUNT);
        module.revokeAll(ACCOUNT);
        _refusesRelay(it, context, abi.encodeWithSelector(KeyEpochOutdated.selector, keyId, 2, 3));
        ++limits.epoch;
        limits.serial = 3;
        _grant();
        _refusesRelay(it, context, abi.encodeWithSelector(RedemptionSignatureInvalid.selector, key, 3, 3, 0));
    }

    function test_wrongSignatures() public {
        Redemption memory it = _redemption(_ping());
        it.secret = KEY_SECRET + 1;
        _refusesRelay(it, _signedContext(it), _invalid(0));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY_SECRET, _redemptionDigest(it, address(module)));
        bytes memory high = abi.encodePacked(uint24(0), r, ORDER - uint256(s), v == 27 ? uint8(28) : uint8(27));
        _refusesRelay(it, abi.encodePacked(_context(it), high), _invalid(0));
        // What the key signs in the bundler lane is of another type.
        Draft memory draft = _draft(_ping());
        (v, r, s) = vm.sign(KEY_SECRET, _digest(draft));
        _refusesRelay(it, abi.encodePacked(_context(it), uint24(0), r, s, v), _invalid(0));
    }

    function test_tailLength() public {
        Redemption memory it = _redemption(_ping());
        bytes memory whole = _authorization(it);
        for (uint256 length = 1; length < 80; ++length) {
            if (length == 68) continue;
            bytes memory tail = new bytes(length);
            for (uint256 i; i < length && i < 68; ++i) tail[i] = whole[i];
            _refusesRelay(
                it, abi.encodePacked(_context(it), tail), abi.encodeWithSelector(RedemptionMalformed.selector, length)
            );
        }
    }

    function test_window() public {
        Redemption memory it = _redemption(_ping());
        (it.validAfter, it.validUntil) = (NOON + 10, NOON + 20);
        vm.warp(NOON + 9);
        _refuses(it, _outside(it));
        vm.warp(NOON + 21);
        _refuses(it, _outside(it));
        vm.warp(NOON + 10);
        _accepts(it);
        it.nonce = 1;
        vm.warp(NOON + 20);
        _relay(it, _signedContext(it));
        // An empty window, and none at all.
        (it.validAfter, it.validUntil) = (NOON + 20, NOON + 19);
        _refuses(it, _outside(it));
        (it.validAfter, it.validUntil) = (0, 0);
        _refuses(it, _outside(it));
        (it.validAfter, it.validUntil) = (0, 2 ** 40 - 1);
        _accepts(it);
    }

    function test_digest() public view {
        Redemption memory it = _redemption(_transfer());
        assertEq(
            module.redemptionDigest(
                false,
                it.account, it.epoch, it.serial, it.nonce, it.mode, it.executions, _context(it)
            ),
            _redemptionDigest(it, address(module)),
            "digest"
        );
    }

    function _transfer() private pure returns (Call memory call) {
        call = _transfer(1);
        call.permission = 1;
    }

    function _isNotWhatWasSigned(Redemption memory it, bytes memory authorization) private {
        _refusesRelay(it, abi.encodePacked(_context(it), authorization), _invalid(0));
    }

    function _invalid(uint256 nonce) private view returns (bytes memory) {
        return abi.encodeWithSelector(RedemptionSignatureInvalid.selector, key, limits.epoch, 1, nonce);
    }

    function _outside(Redemption memory it) private view returns (bytes memory) {
        return abi.encodeWithSelector(
            RedemptionOutsideWindow.selector, it.validAfter, it.validUntil, block.timestamp
        );
    }

    /// @dev The same context with another nonce before the signature.
    function _renamed(bytes memory context, uint24 nonce) private pure returns (bytes memory out) {
        out = bytes.concat(context);
        for (uint256 i; i < 3; ++i) out[out.length - 68 + i] = bytes3(nonce)[i];
    }
}
