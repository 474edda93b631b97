// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {VerifiedSignerTest} from "../../../utils/VerifiedSignerTest.sol";

// grant: keys and co-signers that a verifier checks
// ├── forms
// │   ├── allow a verifier's key of 1 byte and of as many as 255 bytes of signer leave
// │   └── refuse every other kind, a verifier without a key, an EOA with a byte more or less, 256 bytes, and none
// ├── who
// │   ├── refuses zero, the account, the module, an address without code and precompiles, as key and as co-signer
// │   └── what a carried grant and an update bring is held to the same
// └── a key cannot be its own co-signer; another key under its verifier can
contract GrantVerifiersTest is VerifiedSignerTest {
    function test_forms() public {
        _signs(_verifiers(p256, hex"01"));
        _grant();
        _signs(_verifiers(p256, new bytes(234)));
        assertEq(signer.length, 255, "the longest");
        _grantsNext();
        _cosigns(_verifiers(p256, new bytes(1)));
        _grantsNext();
        cosigner = _verifiers(p256, abi.encodePacked(new bytes(233), uint8(1)));
        _grant();
    }

    function test_malformed() public {
        _malformed("");
        _malformed(hex"02");
        _malformed(abi.encodePacked(uint8(2), p256));
        _malformed(_verifiers(p256, new bytes(235)));
        _malformed(_verifiers(p256, new bytes(256)));
        _malformed(_verifiers(p256, new bytes(65_536)));
        _malformed(abi.encodePacked(uint8(2), uint152(uint160(p256))));
        _malformed(abi.encodePacked(uint8(1), key, uint8(0)));
        _malformed(abi.encodePacked(uint8(1), uint152(uint160(key))));
        for (uint256 kind; kind < 256; ++kind) {
            if (kind != 1) _malformed(abi.encodePacked(uint8(kind), key));
            if (kind != 2) _malformed(abi.encodePacked(uint8(kind), p256, uint8(1)));
        }
    }

    function test_malformedCosigner() public {
        _cosigns("");
        _refusesCosigner(abi.encodePacked(uint8(2), p256));
        _refusesCosigner(abi.encodePacked(uint8(0), p256, uint8(1)));
        _refusesCosigner(abi.encodePacked(uint8(1), p256, uint8(1)));
        _refusesCosigner(abi.encodePacked(uint8(3), p256, uint8(1)));
    }

    function test_who() public {
        bytes memory good = signer;
        address[7] memory nobody =
            [address(0), ACCOUNT, address(module), STRANGER, address(4), address(0x100), vm.addr(1)];
        for (uint256 i; i < nobody.length; ++i) {
            _signs(_verifiers(nobody[i], hex"01"));
            _refusesGrant(abi.encodeWithSelector(SignerForbidden.selector, nobody[i]));
        }
        _signs(good);
        _cosigns("");
        for (uint256 i; i < nobody.length; ++i) _refusesCosigner(_verifiers(nobody[i], hex"01"));
    }

    function test_update() public {
        _signs(_p256(KEY_SECRET));
        _grant();
        (bytes memory oldHeader, bytes32 oldRoot) = (_header(), _permissionsRoot());
        _cosigns(_verifiers(address(4), hex"01"));
        bytes memory problem = abi.encodeWithSelector(CosignerInvalid.selector, cosigner);
        vm.prank(ACCOUNT);
        vm.expectRevert(problem);
        module.update(signer, _settings(), _header(), _permissions(), oldHeader, oldRoot);
        cosigner = _verifiers(p256, hex"01");
        vm.prank(ACCOUNT);
        module.update(signer, _settings(), _header(), _permissions(), oldHeader, oldRoot);
    }

    function test_itself() public {
        _signs(_p256(KEY_SECRET));
        _cosigns("");
        _refusesCosigner(signer);
        cosigner = _p256(COSIGNER_SECRET);
        _grant();
    }

    function _malformed(bytes memory signer_) private {
        _signs(signer_);
        _refusesGrant(abi.encodeWithSelector(SignerMalformed.selector, signer_));
    }

    function _refusesCosigner(bytes memory cosigner_) private {
        cosigner = cosigner_;
        _refusesGrant(abi.encodeWithSelector(CosignerInvalid.selector, cosigner_));
    }
}
