// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeySettings} from "../../../../contracts/policy/KeySettings.sol";
import {MockOwner} from "../../../utils/MockOwner.sol";
import {SignedGrantTest} from "../../../utils/SignedGrantTest.sol";

// the owner's signature
// ├── refused: another signer, an empty signature, another chain, module, account, key, epoch, serial, settings, header,
// │   permissions or deadline than what was signed
// ├── several under one signature: each at its own place, refused at another's, refused with another entry changed
// ├── route: the account's stored one and no other; none stored refuses; the empty one takes no validator's signature
// ├── an account that wraps signatures takes one grant a signature; several are refused by name
// └── an account without code, or whose answer is no word, is a no
contract OwnerSignatureTest is SignedGrantTest {
    address private constant VALIDATOR = address(uint160(uint256(keccak256("validator"))));

    function test_others() public {
        bytes32 digest = _digestOf(_entry());
        ownerSecret = KEY_SECRET;
        _refusesSigned(_signedGrant(), _invalid(digest));
        _refusesSigned(_grantBytes(""), _invalid(digest));
    }

    function test_everyFieldIsSigned() public {
        for (uint256 field; field < 9; ++field) {
            Entry memory entry = _entry();
            if (field == 0) ++entry.chainId;
            if (field == 1) entry.module = STRANGER;
            if (field == 2) entry.account = STRANGER;
            if (field == 3) ++entry.epoch;
            if (field == 4) ++entry.serial;
            if (field == 5) entry.signer = abi.encodePacked(uint8(1), STRANGER);
            if (field == 6) entry.settings = _otherSettings();
            if (field == 7) entry.header = hex"00";
            if (field == 8) entry.permissions = hex"00";
            _refusesSigned(_signedGrant(entry), _invalid(_digestOf(_entry())));
        }
        _accepts(_carrying(1));
    }

    function test_deadlineIsSigned() public {
        bytes memory ownerSignature = _ownerSigns(_digestOf(_entry()));
        ++deadline;
        _refusesSigned(_grantBytes(ownerSignature), _invalid(_digestOf(_entry())));
    }

    function test_several() public {
        Entry memory elsewhere = _entry();
        ++elsewhere.chainId;
        others.push(_entryHash(elsewhere));
        elsewhere.account = STRANGER;
        others.push(_entryHash(elsewhere));
        for (position = 0; position < 3; ++position) {
            _accepts(_carrying(1));
            ++limits.serial;
        }
    }

    function test_severalWrongPlace() public {
        Entry memory elsewhere = _entry();
        ++elsewhere.chainId;
        others.push(_entryHash(elsewhere));
        bytes memory ownerSignature = _ownerSigns(_digestOf(_entry()));
        position = 1;
        _refusesSigned(_grantBytes(ownerSignature), _invalid(_digestOf(_entry())));
        position = 0;
        others[0] ^= bytes32(uint256(1));
        _refusesSigned(_grantBytes(ownerSignature), _invalid(_digestOf(_entry())));
    }

    function test_sameSignatureForAnotherAccount() public {
        _install(STRANGER, "");
        _becomeOwned(STRANGER);
        bytes memory signed = _signedGrant();
        Entry memory entry = _entry();
        entry.account = STRANGER;
        bytes32 digest = _digestOf(entry);
        vm.expectRevert(abi.encodeWithSelector(OwnerSignatureInvalid.selector, STRANGER, digest));
        module.grantSigned(STRANGER, signer, _header(), signed);
    }

    function test_onAnotherChain() public {
        bytes memory signed = _signedGrant();
        vm.chainId(block.chainid + 1);
        _refusesSigned(signed, _invalid(_digestOf(_entry())));
    }

    function test_noRoute() public {
        _install(ACCOUNT, "");
        limits.epoch = 2;
        _refusesSigned(_signedGrant(), abi.encodeWithSelector(OwnerRouteNotSet.selector, ACCOUNT));
    }

    function test_route() public {
        bytes memory route = abi.encodePacked(VALIDATOR, hex"0102");
        MockOwner(ACCOUNT).setPrefix(route);
        _refusesSigned(_signedGrant(), _invalid(_digestOf(_entry())));
        vm.prank(ACCOUNT);
        module.setOwnerRoute(route);
        _accepts(_carrying(1));
    }

    function test_emptyRouteTakesNoValidators() public {
        MockOwner(ACCOUNT).setValidator(VALIDATOR);
        bytes memory ownerSignature = _ownerSigns(_digestOf(_entry()));
        _refusesSigned(
            _grantBytes(abi.encodePacked(VALIDATOR, ownerSignature)),
            abi.encodeWithSelector(OwnerSignatureRouted.selector, ACCOUNT, VALIDATOR)
        );
        _accepts(_carrying(1));
    }

    function test_wrapping() public {
        MockOwner(ACCOUNT).setWraps(true);
        bytes32 wrapped = keccak256(abi.encode(_digestOf(_entry()), block.chainid, ACCOUNT));
        _accepts(_carrying(1, _grantBytes(_ownerSigns(wrapped))));
        ++limits.serial;
        _refusesSigned(_signedGrant(), _invalid(_digestOf(_entry())));
        others.push(bytes32(uint256(1)));
        _refusesSigned(_signedGrant(), abi.encodeWithSelector(OwnerSignatureBoundToChain.selector, ACCOUNT, 2));
    }

    function test_noAnswer() public {
        bytes memory signed = _signedGrant();
        address posing = address(bytes20(_ownerSigns(_digestOf(_entry()))));
        bytes memory routed = abi.encodeWithSelector(OwnerSignatureRouted.selector, ACCOUNT, posing);
        vm.etch(ACCOUNT, "");
        _refusesSigned(signed, routed);
        vm.prank(ACCOUNT);
        module.setOwnerRoute(hex"01");
        _refusesSigned(signed, _invalid(_digestOf(_entry())));
    }

    function _otherSettings() private returns (KeySettings settings) {
        ++limits.maxUses;
        settings = _settings();
        --limits.maxUses;
    }
}
