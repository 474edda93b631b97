// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, EXACT, LIFETIME, UNCAPPED} from "../../../utils/Codes.sol";
import {CosignedRedemptionTest} from "../../../utils/CosignedRedemptionTest.sol";
import {Call} from "../../../utils/OperationBytes.sol";

// redeem: the co-signature, of what the key's EOA sends and of what is relayed alike
// ├── missing (also in {RedeemCosignTest}); not needed, even of a wrong form
// ├── by another key, the session key among them: refused with both addresses
// ├── over another account, epoch, serial, nonce, window, mode, call, evidence, chain, module, the key's type, or the
// │   bundler lane's: refused with both heads
// ├── any other length, the upper half of s, v other than 27 and 28: refused as malformed
// ├── the head alone proves nothing
// ├── each for one place in line: a replay is over other content, one for a later place waits
// ├── replaces neither the key's signature nor the key's EOA, and stands in front of neither
// └── the digest is the EIP-712 one, and the contract tells the same
contract RedeemCosignatureTest is CosignedRedemptionTest {
    uint256 private constant CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function setUp() public override {
        super.setUp();
        _meter(TOKEN, LIFETIME, 1000);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _permit(EXACT, UNCAPPED, TOKEN, TRANSFER);
        _threshold(0, 50);
        _grant();
    }

    function test_notNeeded() public {
        Redemption memory it = _redemption(_transfer(50));
        _refusesBoth(it, new bytes(69), abi.encodeWithSelector(CosignatureNotNeeded.selector, 69));
        _refusesBoth(it, _cosignature(_above()), abi.encodeWithSelector(CosignatureNotNeeded.selector, 69));
    }

    function test_anotherKey() public {
        Redemption memory it = _above();
        uint256[2] memory others = [COSIGNER_SECRET + 1, KEY_SECRET];
        for (uint256 i; i < 2; ++i) {
            _refusesBoth(
                it,
                _cosign(others[i], _cosignDigest(it)),
                abi.encodeWithSelector(CosignatureByAnotherKey.selector, vm.addr(COSIGNER_SECRET), vm.addr(others[i]))
            );
        }
    }

    function test_otherFields() public {
        Redemption memory it = _above();
        Redemption memory other = _above();
        other.account = STRANGER;
        _refusesContent(it, _cosignDigest(other));
        other = _above();
        --other.epoch;
        _refusesContent(it, _cosignDigest(other));
        other = _above();
        ++other.serial;
        _refusesContent(it, _cosignDigest(other));
        other = _above();
        ++other.nonce;
        _refusesContent(it, _cosignDigest(other));
        other = _above();
        --other.validAfter;
        _refusesContent(it, _cosignDigest(other));
        other = _above();
        ++other.validUntil;
        _refusesContent(it, _cosignDigest(other));
        other = _above();
        other.mode = ~other.mode;
        _refusesContent(it, _cosignDigest(other));
    }

    function test_otherCallsAndEvidence() public {
        Redemption memory it = _above();
        _refusesContent(it, _cosignDigest(_redemption(_transfer(52))));
        Call memory uncapped = _transfer(51);
        uncapped.permission = 1;
        Redemption memory other = _above();
        other.evidence = _redemption(uncapped).evidence;
        _refusesContent(it, _cosignDigest(other));
    }

    function test_otherDomainAndType() public {
        Redemption memory it = _above();
        _refusesContent(it, _redemptionDigest(REDEMPTION_COSIGNATURE_TYPE, it, APP));
        // The type that the key signs, by the co-signer; and the bundler lane's two.
        _refusesContent(it, _redemptionDigest(it, address(module)));
        Draft memory draft = _draft(_transfer(51));
        _refusesContent(it, _cosignDigest(draft));
        _refusesContent(it, _digest(draft));
        uint256 chain = block.chainid;
        vm.chainId(chain + 1);
        bytes32 elsewhere = _cosignDigest(it);
        vm.chainId(chain);
        _refusesContent(it, elsewhere);
    }

    function test_headProvesNothing() public {
        Redemption memory it = _above();
        bytes32 digest = _cosignDigest(it);
        bytes memory cosignature =
            abi.encodePacked(bytes4(digest), _sign(COSIGNER_SECRET, _redemptionDigest(it, address(module))));
        bytes memory context = _ownContext(it, cosignature);
        vm.prank(key, key);
        vm.expectPartialRevert(CosignatureByAnotherKey.selector);
        module.redeem(it.account, it.mode, it.executions, context);
        // Nor does the right signature under another head pass.
        cosignature = abi.encodePacked(~bytes4(digest), _sign(COSIGNER_SECRET, digest));
        _refusesBoth(
            it,
            cosignature,
            abi.encodeWithSelector(CosignatureOverOtherContent.selector, bytes4(digest), ~bytes4(digest))
        );
    }

    function test_malformed() public {
        Redemption memory it = _above();
        bytes32 digest = _cosignDigest(it);
        _refusesBoth(it, new bytes(69), abi.encodeWithSelector(CosignatureMalformed.selector, 69));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(COSIGNER_SECRET, digest);
        uint8 otherV = v == 27 ? 28 : 27;
        bytes memory high = abi.encodePacked(bytes4(digest), r, CURVE_ORDER - uint256(s), otherV);
        _refusesBoth(it, high, abi.encodeWithSelector(CosignatureMalformed.selector, 69));
        for (uint256 other; other < 256; ++other) {
            if (other == 27 || other == 28) continue;
            bytes memory odd = abi.encodePacked(bytes4(digest), r, s, uint8(other));
            _refusesBoth(it, odd, abi.encodeWithSelector(CosignatureMalformed.selector, 69));
        }
    }

    function test_lengths() public {
        Redemption memory it = _above();
        bytes memory whole = abi.encodePacked(_authorization(it), _cosignature(it));
        // Cut in front: the end is still the co-signature, and what is left is no nonce and signature.
        for (uint256 length = 70; length < 137; ++length) {
            _refusesTail(
                it, _last(whole, length), abi.encodeWithSelector(RedemptionMalformed.selector, length - 69)
            );
        }
        _refusesTail(
            it, abi.encodePacked(uint8(0), whole), abi.encodeWithSelector(RedemptionMalformed.selector, 69)
        );
        // Too short for a co-signature: there is none, but for the one length that is a nonce and a signature.
        for (uint256 length = 1; length < 68; ++length) {
            _refusesTail(it, _last(whole, length), abi.encodeWithSelector(CosignatureMalformed.selector, length));
        }
        _refusesTail(
            it, _authorization(it), abi.encodeWithSelector(CosignatureMissing.selector, 0, 50, 51)
        );
        // Below the threshold, a tail of any other length is no better.
        it = _redemption(_transfer(50));
        for (uint256 length = 1; length < 140; ++length) {
            if (length == 68) continue;
            uint256 named = length < 69 ? length : 69;
            _refusesTail(it, new bytes(length), abi.encodeWithSelector(CosignatureNotNeeded.selector, named));
        }
    }

    function test_fuzz_random(bytes4 head, bytes32 r, bytes32 s, uint8 v) public {
        Redemption memory it = _above();
        bytes memory context = _ownContext(it, abi.encodePacked(head, r, s, v));
        vm.prank(key, key);
        try module.redeem(it.account, it.mode, it.executions, context) {
            assertTrue(false, "accepted");
        } catch (bytes memory problem) {
            bytes4 selector = bytes4(problem);
            bool known = selector == CosignatureMalformed.selector || selector == CosignatureByAnotherKey.selector
                || selector == CosignatureOverOtherContent.selector;
            assertTrue(known, "one of the three");
        }
    }

    function test_onePlaceInLine() public {
        Redemption memory first = _above();
        Redemption memory second = _above();
        second.nonce = 1;
        bytes memory used = _cosignature(first);
        _refusesContent(first, _cosignDigest(second));
        _sends(first, _ownContext(first, used));
        // The next of the same kind: the co-signature that was used is for the place before.
        bytes4 wanted = bytes4(_cosignDigest(second));
        _refusesBoth(
            second, used, abi.encodeWithSelector(CosignatureOverOtherContent.selector, wanted, bytes4(used))
        );
        _relay(second, _relayedContext(second, _cosignature(second)));
        assertEq(_state().usage.uses(), 2, "uses");
    }

    function test_bundlerLaneTakesThePlace() public {
        Redemption memory it = _above();
        bytes memory own = _ownContext(it, _cosignature(it));
        _accepts(_draft(_transfer(1)));
        vm.warp(windowEnd);
        vm.prank(key, key);
        vm.expectPartialRevert(CosignatureOverOtherContent.selector);
        module.redeem(it.account, it.mode, it.executions, own);
    }

    function test_newGrant() public {
        Redemption memory it = _above();
        bytes memory own = _ownContext(it, _cosignature(it));
        _sends(it, own);
        ++limits.serial;
        _grant();
        // Counters of the earlier grant read as zero, and so does the place in line; but the grant is another one.
        vm.prank(key, key);
        vm.expectPartialRevert(CosignatureOverOtherContent.selector);
        module.redeem(it.account, it.mode, it.executions, own);
        ++it.serial;
        _sends(it, _ownContext(it, _cosignature(it)));
    }

    function test_withoutTheKey() public {
        Redemption memory it = _above();
        bytes memory cosignature = _cosignature(it);
        _refusesTail(
            it, cosignature, abi.encodeWithSelector(RedemptionUnauthorized.selector, key, RELAYER, RELAYER)
        );
        // The co-signer is nobody's stand-in, as sender or as signer.
        address person = vm.addr(COSIGNER_SECRET);
        bytes memory own = _ownContext(it, cosignature);
        vm.prank(person, person);
        vm.expectRevert(abi.encodeWithSelector(RedemptionUnauthorized.selector, key, person, person));
        module.redeem(it.account, it.mode, it.executions, own);
        bytes memory invalid =
            abi.encodeWithSelector(RedemptionSignatureInvalid.selector, key, limits.epoch, limits.serial, 0);
        uint256[2] memory others = [COSIGNER_SECRET, KEY_SECRET + 1];
        for (uint256 i; i < 2; ++i) {
            it.secret = others[i];
            _refusesTail(it, abi.encodePacked(_authorization(it), cosignature), invalid);
        }
        it.secret = KEY_SECRET;
        // The other way round: the co-signature's place is at the end.
        bytes memory swapped = abi.encodePacked(_context(it), cosignature, _authorization(it));
        vm.prank(RELAYER, RELAYER);
        vm.expectPartialRevert(CosignatureOverOtherContent.selector);
        module.redeem(it.account, it.mode, it.executions, swapped);
    }

    function test_digest() public view {
        Redemption memory it = _above();
        assertEq(
            module.redemptionDigest(
                true, it.account, it.epoch, it.serial, it.nonce, it.mode, it.executions, _context(it)
            ),
            _cosignDigest(it),
            "digest"
        );
    }

    // ------------------------------------------------------------------ helpers

    function _above() private view returns (Redemption memory) {
        return _redemption(_transfer(51));
    }

    function _refusesContent(Redemption memory it, bytes32 other) private {
        _refusesBoth(
            it,
            _cosign(COSIGNER_SECRET, other),
            abi.encodeWithSelector(CosignatureOverOtherContent.selector, bytes4(_cosignDigest(it)), bytes4(other))
        );
    }

    /// @dev Relayed with `tail` behind the evidence.
    function _refusesTail(Redemption memory it, bytes memory tail, bytes memory problem) private {
        _refusesRelay(it, abi.encodePacked(_context(it), tail), problem);
    }

    function _last(bytes memory data, uint256 length) private pure returns (bytes memory out) {
        out = new bytes(length);
        for (uint256 i; i < length; ++i) out[i] = data[data.length - length + i];
    }
}
