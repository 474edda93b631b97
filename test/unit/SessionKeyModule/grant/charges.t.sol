// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, DAY, EXACT, MOVES_NOTHING, TOKEN_PAYMASTER} from "../../../utils/Codes.sol";
import {Meter, Paymaster, PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// grant: numbered meters, charges and checker
// ├── numbers 1 to 65,535 are subjects; 0 is none
// ├── the header's bit for call meters says exactly whether there is one
// ├── a charge names a numbered meter that is there and does not count calls
// ├── the form of charges: every cut, count 0, sources 0 and past AMOUNT, other paths, anything behind
// ├── a token at a number's address can not be charged by the table; a paymaster's meter is a token's
// └── a checker has code
contract GrantChargesTest is SessionKeyTest {
    function test_subjects() public {
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        meters.push(Meter(address(1), 0, DAY, 1));
        meters.push(Meter(address(65_535), 255, DAY, 1));
        _grantsNext();
        meters[0].token = address(0);
        _refusesGrant(abi.encodeWithSelector(MeterInvalid.selector, 0, address(0), DAY, 1));
    }

    function test_bitOfCallMeters() public {
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        meters.push(Meter(address(1), 255, DAY, 1));
        bytes memory header = _header();
        assertEq(uint8(header[2]), 16, "bit 4");
        header[2] = 0;
        _refusesHeader(header);
        meters[0].tag = 254;
        header = _header();
        header[2] = bytes1(uint8(16));
        _refusesHeader(header);
        // A token's tag 255 is a tag like any other.
        meters[0] = Meter(TOKEN, 255, DAY, 1);
        _grantsNext();
    }

    function test_meterOfACharge() public {
        meters.push(Meter(address(1), 0, DAY, 1));
        meters.push(Meter(TOKEN, 0, DAY, 1));
        meters.push(Meter(address(2), 255, DAY, 1));
        _grantsBody(PolicyBytes.chargesBody(PolicyBytes.countCharge(0)));
        for (uint8 index = 1; index < 4; ++index) {
            bytes[] memory charges = new bytes[](2);
            (charges[0], charges[1]) = (PolicyBytes.amountCharge(0, 3), PolicyBytes.countCharge(index));
            _setBody(PolicyBytes.chargesBody(0, charges));
            _refusesGrant(abi.encodeWithSelector(ChargeInvalid.selector, 0, 1, index));
        }
    }

    function test_form() public {
        meters.push(Meter(address(1), 0, DAY, 1));
        bytes[] memory charges = new bytes[](3);
        charges[0] = PolicyBytes.amountCharge(0, 200);
        charges[1] = PolicyBytes.valueCharge(0);
        charges[2] = PolicyBytes.countCharge(0);
        bytes memory whole = PolicyBytes.chargesBody(1, charges);
        _grantsBody(whole);
        for (uint256 length = 1; length < whole.length; ++length) {
            bytes memory cut = new bytes(length);
            for (uint256 i; i < length; ++i) cut[i] = whole[i];
            _setBody(cut);
            vm.expectPartialRevert(PermissionBodyMalformed.selector);
            _grantAgain();
        }
        _setBody(abi.encodePacked(whole, uint8(0)));
        _refusesGrant(abi.encodeWithSelector(PermissionBodyMalformed.selector, 0, whole.length));
        _refusesBody(hex"0400", 1);
        _refusesBody(hex"04010000", 3);
        _refusesBody(hex"04010004", 3);
        _refusesBody(hex"040100030107", 5);
        _refusesBody(hex"04010003020200", 5);
        _refusesBody(hex"0401000300", 5);
    }

    function test_tokenAtANumber() public {
        meters.push(Meter(address(65_535), 0, DAY, 1));
        _permit(EXACT, CHARGED, address(65_535), TRANSFER);
        _refusesGrant(
            abi.encodeWithSelector(PermissionNotChargeable.selector, 0, address(65_535), TRANSFER)
        );
        meters[0].token = permissions[0].target = address(65_536);
        _grantsNext();
    }

    function test_paymastersMeter() public {
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        meters.push(Meter(address(1), 0, DAY, 1));
        meters.push(Meter(TOKEN, 0, DAY, 1));
        paymasters.push(Paymaster(STRANGER, TOKEN_PAYMASTER, "", 0, 1));
        _refusesGrant(abi.encodeWithSelector(PaymasterInvalid.selector, 0));
        paymasters[0].meterIndex = 1;
        _grantsNext();
    }

    function test_checkerHasCode() public {
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        checker = STRANGER;
        _refusesGrant(abi.encodeWithSelector(CheckerInvalid.selector, STRANGER));
        checker = address(this);
        _grantsNext();
        pinnedCode = keccak256("code");
        _grantsNext();
    }

    function _refusesHeader(bytes memory header) private {
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(HeaderMalformed.selector, 2));
        module.grant(signer, _settings(), header, _permissions());
    }

    function _setBody(bytes memory body) private {
        delete permissions;
        _permit(EXACT, MOVES_NOTHING, APP, PING, body);
    }

    function _grantsBody(bytes memory body) private {
        _setBody(body);
        _grantsNext();
    }

    function _grantAgain() private {
        vm.prank(ACCOUNT);
        module.grant(signer, _settings(), _header(), _permissions());
    }

    function _refusesBody(bytes memory body, uint256 offset) private {
        _setBody(body);
        _refusesGrant(abi.encodeWithSelector(PermissionBodyMalformed.selector, 0, offset));
    }
}
