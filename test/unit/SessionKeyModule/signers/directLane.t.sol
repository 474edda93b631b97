// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {VerifiedSignerTest} from "../../../utils/VerifiedSignerTest.sol";

// direct lane: keys that a verifier checks
// ├── anybody sends what the key signed, once for each place in line; the dry run agrees
// ├── without an authorization: refused for everybody, the verifier itself as sender and origin too
// ├── refused as malformed: less than a nonce and one byte
// ├── refused: another nonce, in front or behind; another hash, key, account's digest; a cut, a byte behind
// └── an EOA's authorization does not do for a verifier's key, and the reverse
contract VerifierDirectLaneTest is VerifiedSignerTest {
    function setUp() public override {
        super.setUp();
        _signs(_p256(KEY_SECRET));
        _grant();
    }

    function test_passes() public {
        Redemption memory it = _redemption(_transfer(1));
        assertEq(_preview(it).keyId, keyId, "preview");
        bytes memory authorization = _authorized(it, KEY_SECRET);
        _redeems(it, authorization);
        _refusesAuthorization(it, authorization, abi.encodeWithSelector(RedemptionNonceInvalid.selector, 0, 1));
        it = _redemption(_transfer(1));
        assertEq(it.nonce, 1, "next in line");
        _redeems(it, _authorized(it, KEY_SECRET));
    }

    function test_multisig() public {
        _signs(_multisig(KEY_SECRET));
        _grant();
        Redemption memory it = _redemption(_transfer(1));
        bytes memory signature = _signMultisig(KEY_SECRET, _redemptionDigest(it, address(module)));
        _redeems(it, abi.encodePacked(uint24(0), signature));
    }

    function test_nobodyWithoutASignature() public {
        Redemption memory it = _redemption(_transfer(1));
        _refusesAuthorization(it, "", _unauthorized(p256));
        _sentBy(it, p256, p256);
        _sentBy(it, ACCOUNT, ACCOUNT);
        _sentBy(it, key, key);
        _sentBy(it, p256, RELAYER);
    }

    /// @dev The verifier as the sender, by a call that it makes itself.
    function test_verifierCalls() public {
        address caller = deploy("contracts/mocks/signers/CallingVerifier.sol:CallingVerifier");
        _signs(_verifiers(caller, hex"01"));
        _grant();
        Redemption memory it = _redemption(_transfer(1));
        bytes memory call = abi.encodeCall(module.redeem, (it.account, it.mode, it.executions, _context(it)));
        bytes memory problem = abi.encodeWithSelector(RedemptionUnauthorized.selector, caller, caller, RELAYER);
        vm.prank(RELAYER, RELAYER);
        vm.expectRevert(problem);
        ICalling(caller).relay(address(module), call);
        _sentBy(it, caller, caller);
    }

    function test_malformed() public {
        Redemption memory it = _redemption(_transfer(1));
        for (uint256 length = 1; length <= 3; ++length) {
            _refusesAuthorization(
                it, new bytes(length), abi.encodeWithSelector(RedemptionMalformed.selector, length)
            );
        }
    }

    function test_invalid() public {
        Redemption memory it = _redemption(_transfer(1));
        bytes memory good = _authorized(it, KEY_SECRET);
        bytes32 digest = _redemptionDigest(it, address(module));
        bytes memory problem =
            abi.encodeWithSelector(RedemptionSignatureInvalid.selector, p256, limits.epoch, limits.serial, 0);
        for (uint256 length = 4; length < good.length; ++length) _refusesAuthorization(it, _cutTo(good, length), problem);
        _refusesAuthorization(it, abi.encodePacked(good, uint8(0)), problem);
        _refusesAuthorization(it, _authorized(it, COSIGNER_SECRET), problem);
        _refusesAuthorization(it, abi.encodePacked(uint24(0), _sign(KEY_SECRET, digest)), problem);
        _refusesAuthorization(
            it, abi.encodePacked(uint24(0), _signP256(KEY_SECRET, _redemptionDigest(it, STRANGER))), problem
        );
        _refusesAuthorization(it, abi.encodePacked(uint24(0), _signP256(KEY_SECRET, _cosignDigest(it))), problem);
        it.nonce = 1;
        _refusesAuthorization(
            it, _authorized(it, KEY_SECRET), abi.encodeWithSelector(RedemptionNonceInvalid.selector, 1, 0)
        );
        bytes memory ofTheNext = _signP256(KEY_SECRET, _redemptionDigest(it, address(module)));
        _refusesAuthorization(it, abi.encodePacked(uint24(0), ofTheNext), problem);
        it.nonce = 0;
        _redeems(it, good);
    }

    /// @dev The lanes' signatures are of different types: what the key signed for a bundler is worth nothing here.
    function test_otherLane() public {
        Redemption memory it = _redemption(_transfer(1));
        bytes memory signature = _signP256(KEY_SECRET, _digest(_draft(_transfer(1))));
        _refusesAuthorization(
            it,
            abi.encodePacked(uint24(0), signature),
            abi.encodeWithSelector(RedemptionSignatureInvalid.selector, p256, limits.epoch, limits.serial, 0)
        );
        Draft memory draft = _draft(_transfer(1));
        _fails(draft, _signP256(KEY_SECRET, _redemptionDigest(it, address(module))), "a redemption's");
        _fails(draft, _authorized(it, KEY_SECRET), "an authorization");
    }

    /// @dev An EOA's is of one length.
    function test_eoa() public {
        _signs(_eoa(KEY_SECRET));
        _grant();
        Redemption memory it = _redemption(_transfer(1));
        _refusesAuthorization(
            it, _authorized(it, KEY_SECRET), abi.encodeWithSelector(RedemptionMalformed.selector, 67)
        );
        _redeems(it, _authorization(it));
    }

    function _authorized(Redemption memory it, uint256 secret) private view returns (bytes memory) {
        return abi.encodePacked(uint24(it.nonce), _signP256(secret, _redemptionDigest(it, address(module))));
    }

    function _sentBy(Redemption memory it, address sender, address origin) private {
        bytes memory context = _context(it);
        address at = address(uint160(uint256(bytes32(abi.encodePacked(signer))) >> 88));
        vm.prank(sender, origin);
        vm.expectRevert(abi.encodeWithSelector(RedemptionUnauthorized.selector, at, sender, origin));
        module.redeem(it.account, it.mode, it.executions, context);
    }
}

interface ICalling {
    function relay(address target, bytes calldata data) external;
}
