// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CosignedPairTest} from "../../../utils/CosignedPairTest.sol";

// direct lane: a key and a co-signer of which a verifier checks one or both, for every pair of kinds
// ├── below the threshold: passes by the key's authorization alone, behind its length; a co-signature is refused
// ├── above it: passes by both, once; the dry run says that it needs both
// ├── above it: refused where the co-signer's is missing, another key's, over the key's type or another redemption, cut
// │   anywhere, with a byte behind
// ├── beside a good co-signature the key's is held to the same as ever: nonce, signature, and none only from its EOA
// ├── the length in front: absent, too long, too short, beyond the end; parts that moved: refused, never a panic
// └── an EOA's own transaction with a co-signer's verifier: passes below the threshold, above it with the co-signature
//     behind a length of nothing; not as another's, nor by way of a contract
contract CosignedRedemptionPairsTest is CosignedPairTest {
    function test_below() public {
        Kind[2][6] memory pairs = _pairs();
        for (uint256 i; i < pairs.length; ++i) {
            _grantPair(pairs[i]);
            Redemption memory it = _redemption(_transfer(THRESHOLD));
            bytes memory mine = _mine(it);
            bytes memory others = _byCosigner(_cosignDigest(it));
            assertFalse(_preview(it).needsCosignature, "needs none");
            _refusesAuthorization(it, _pair(mine, others), _notNeeded(others.length));
            _refusesAuthorization(it, _pair(mine, hex"00"), _notNeeded(1));
            _refusesAuthorization(it, _pair("", others), _notNeeded(others.length));
            _refusesAuthorization(it, "", _unauthorized(_keyAt()));
            _refusesAuthorization(it, hex"00", _unauthorized(_keyAt()));
            _refusesAuthorization(it, hex"0000", _unauthorized(_keyAt()));
            _refusesAuthorization(it, hex"0001", _unauthorized(_keyAt()));
            // A nonce of 0 reads as a length of nothing, and what is behind it as a co-signature.
            _refusesAuthorization(it, mine, _notNeeded(mine.length - 2));
            _redeems(it, _pair(mine, ""));
        }
    }

    function test_above() public {
        Kind[2][6] memory pairs = _pairs();
        for (uint256 i; i < pairs.length; ++i) {
            _grantPair(pairs[i]);
            Redemption memory it = _redemption(_transfer(THRESHOLD + 1));
            assertTrue(_preview(it).needsCosignature, "needs both");
            bytes memory both = _pair(_mine(it), _byCosigner(_cosignDigest(it)));
            _refusesAuthorization(it, _pair(_mine(it), ""), _missing(THRESHOLD + 1));
            _refusesAuthorization(it, "", _missing(THRESHOLD + 1));
            _redeems(it, both);
            // The next in line has another content.
            bytes32 old = _cosignDigest(it);
            it.nonce = 1;
            _refusesAuthorization(it, both, _otherContent(_cosignDigest(it), bytes4(old)));
        }
    }

    function test_cosignature() public {
        Kind[2][6] memory pairs = _pairs();
        for (uint256 i; i < pairs.length; ++i) {
            _grantPair(pairs[i]);
            Redemption memory it = _redemption(_transfer(THRESHOLD + 1));
            bytes memory mine = _mine(it);
            bytes32 codigest = _cosignDigest(it);
            bytes memory others = _headed(codigest, _signAs(cosignerKind, KEY_SECRET, codigest));
            _refusesAuthorization(it, _pair(mine, others), _byAnother(others.length, vm.addr(KEY_SECRET)));
            bytes32 digest = _redemptionDigest(it, address(module));
            _refusesAuthorization(it, _pair(mine, _byCosigner(digest)), _otherContent(codigest, bytes4(digest)));
            digest = _cosignDigest(_redemption(_transfer(THRESHOLD + 2)));
            _refusesAuthorization(it, _pair(mine, _byCosigner(digest)), _otherContent(codigest, bytes4(digest)));
            // The bundler lane's, for the same call.
            digest = _cosignDigest(_draft(_transfer(THRESHOLD + 1)));
            _refusesAuthorization(it, _pair(mine, _byCosigner(digest)), _otherContent(codigest, bytes4(digest)));
            others = _byCosigner(codigest);
            for (uint256 length = 1; length < others.length; ++length) {
                _refusesAuthorization(it, _pair(mine, _cutTo(others, length)), _byAnother(length, address(0)));
            }
            bytes memory longer = abi.encodePacked(others, uint8(0));
            _refusesAuthorization(it, _pair(mine, longer), _byAnother(longer.length, address(0)));
        }
    }

    function test_key() public {
        Kind[2][6] memory pairs = _pairs();
        for (uint256 i; i < pairs.length; ++i) {
            _grantPair(pairs[i]);
            Redemption memory it = _redemption(_transfer(THRESHOLD + 1));
            bytes memory others = _byCosigner(_cosignDigest(it));
            bytes32 digest = _redemptionDigest(it, address(module));
            bytes memory invalid = abi.encodeWithSelector(
                RedemptionSignatureInvalid.selector, _keyAt(), limits.epoch, limits.serial, 0
            );
            _refusesAuthorization(it, _pair("", others), _unauthorized(_keyAt()));
            bytes memory anothers = abi.encodePacked(uint24(0), _signAs(keyKind, COSIGNER_SECRET, digest));
            _refusesAuthorization(it, _pair(anothers, others), invalid);
            _refusesAuthorization(it, _pair(abi.encodePacked(uint24(0), _byKey(_cosignDigest(it))), others), invalid);
            bytes memory other = abi.encodePacked(uint24(1), _byKey(digest));
            _refusesAuthorization(
                it, _pair(other, others), abi.encodeWithSelector(RedemptionNonceInvalid.selector, 1, 0)
            );
            for (uint256 length = 1; length < 4; ++length) {
                _refusesAuthorization(
                    it,
                    _pair(_cutTo(_mine(it), length), others),
                    abi.encodeWithSelector(RedemptionMalformed.selector, length)
                );
            }
        }
    }

    function test_length() public {
        Kind[2][6] memory pairs = _pairs();
        for (uint256 i; i < pairs.length; ++i) {
            _grantPair(pairs[i]);
            Redemption memory it = _redemption(_transfer(THRESHOLD + 1));
            bytes memory mine = _mine(it);
            bytes memory others = _byCosigner(_cosignDigest(it));
            bytes memory both = abi.encodePacked(mine, others);
            for (uint256 length; length <= both.length + 1; ++length) {
                if (length != mine.length) _neverPasses(it, abi.encodePacked(uint16(length), both));
            }
            bytes memory missing = _missing(THRESHOLD + 1);
            _refusesAuthorization(it, abi.encodePacked(uint16(both.length + 1), both), missing);
            _refusesAuthorization(it, abi.encodePacked(type(uint16).max, both), missing);
            _refusesAuthorization(it, _pair(both, ""), missing);
            _neverPasses(it, both);
            _neverPasses(it, abi.encodePacked(uint8(mine.length), both));
            _neverPasses(it, _pair("", both));
            _neverPasses(it, _pair(others, mine));
            bytes memory whole = _pair(mine, others);
            for (uint256 length; length < whole.length; ++length) _neverPasses(it, _cutTo(whole, length));
            _redeems(it, whole);
        }
    }

    function test_ownTransaction() public {
        _grantPair([Kind.Eoa, Kind.P256]);
        Redemption memory it = _redemption(_transfer(THRESHOLD));
        _sends(it, _context(it));
        it = _redemption(_transfer(THRESHOLD));
        _sends(it, _ownContext(it, _pair("", "")));
        it = _redemption(_transfer(THRESHOLD + 1));
        bytes memory missing = _missing(THRESHOLD + 1);
        bytes memory context = _context(it);
        vm.prank(key, key);
        vm.expectRevert(missing);
        module.redeem(it.account, it.mode, it.executions, context);
        bytes memory others = _byCosigner(_cosignDigest(it));
        context = _ownContext(it, _pair("", others));
        _refusesRelay(it, context, _unauthorized(key));
        vm.prank(key, RELAYER);
        vm.expectRevert(abi.encodeWithSelector(RedemptionUnauthorized.selector, key, key, RELAYER));
        module.redeem(it.account, it.mode, it.executions, context);
        _sends(it, context);
        assertEq(_state().usage.uses(), 3, "uses");
    }

    /// @notice `nonce (3) · keySignature`.
    function _mine(Redemption memory it) private view returns (bytes memory) {
        return abi.encodePacked(uint24(it.nonce), _byKey(_redemptionDigest(it, address(module))));
    }

    /// @notice Relayed by a stranger it reverts with an error that has a name, and counts nothing.
    function _neverPasses(Redemption memory it, bytes memory authorization) private {
        bytes memory context = abi.encodePacked(_context(it), authorization);
        bytes memory call = abi.encodeCall(module.redeem, (it.account, it.mode, it.executions, context));
        uint256 uses = _state().usage.uses();
        vm.prank(RELAYER, RELAYER);
        (bool returned, bytes memory answer) = address(module).call(call);
        assertFalse(returned, "refused");
        assertTrue(answer.length >= 4, "an error with a name");
        assertTrue(bytes4(answer) != bytes4(keccak256("Panic(uint256)")), "no panic");
        assertEq(_state().usage.uses(), uses, "nothing counted");
    }
}
