// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    DAY,
    EXACT,
    LIFETIME,
    OPERATION,
    SPONSOR,
    TOKEN_PAYMASTER,
    UNCAPPED
} from "../../../utils/Codes.sol";
import {Meter, Paymaster} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// grant: the header
// ├── form
// │   ├── allows the empty header (three zeros) and one with everything in it
// │   ├── refuses every cut of it, and anything behind it
// │   └── refuses unknown sections
// ├── meters
// │   ├── refuse no token, no cap, period 0 and past LIFETIME; allow OPERATION … LIFETIME
// │   ├── first: allows a cap of 96 bits, refuses one more; later: allows 128 bits
// │   └── refuse the same token and tag twice, naming both; allow another tag or token
// └── paymasters
//     ├── refuse no address, mode 0 and past TOKEN
//     └── TOKEN: refuses a meter that is not there, and no rate; allows the last meter and rate 1
contract GrantHeaderTest is SessionKeyTest {
    bytes private header;

    function setUp() public override {
        super.setUp();
        _permit(EXACT, UNCAPPED, APP, PING);
    }

    function test_form() public {
        header = hex"000000";
        _grantsHeader();
        _everything();
        bytes memory whole = _header();
        header = whole;
        _grantsHeader();
        for (uint256 length; length < whole.length; ++length) {
            header = _cut(whole, length);
            vm.expectPartialRevert(HeaderMalformed.selector);
            _grantHeader();
        }
        header = abi.encodePacked(whole, uint8(0));
        _refusesHeader(abi.encodeWithSelector(HeaderMalformed.selector, whole.length));
    }

    function test_cutIsTold() public {
        for (uint256 length; length < 3; ++length) {
            header = new bytes(length);
            _refusesHeader(abi.encodeWithSelector(HeaderMalformed.selector, length));
        }
        header = hex"010000";
        _refusesHeader(abi.encodeWithSelector(HeaderMalformed.selector, 3));
        header = hex"000100";
        _refusesHeader(abi.encodeWithSelector(HeaderMalformed.selector, 3));
        header = hex"000001";
        _refusesHeader(abi.encodeWithSelector(HeaderMalformed.selector, 35));
    }

    function test_sections() public {
        // No meter counts calls here, so bit 4 is refused too; those below 6 are known, and have tests of their own.
        for (uint256 sections = 16; sections < 256; ++sections) {
            if (sections & 0xd0 == 0) continue;
            header = abi.encodePacked(uint16(0), uint8(sections), new bytes(32));
            _refusesHeader(abi.encodeWithSelector(HeaderMalformed.selector, 2));
        }
    }

    function test_meter() public {
        _refusesMeter(Meter(address(0), 0, DAY, 1));
        _refusesMeter(Meter(TOKEN, 0, DAY, 0));
        for (uint256 period; period < 256; ++period) {
            Meter memory it = Meter(TOKEN, 0, uint8(period), 1);
            if (period < OPERATION || period > LIFETIME) {
                _refusesMeter(it);
                continue;
            }
            delete meters;
            meters.push(it);
            _grantsNext();
        }
    }

    function test_meterCaps() public {
        _refusesMeter(Meter(TOKEN, 0, DAY, 2 ** 96));
        delete meters;
        _meter(TOKEN, DAY, 2 ** 96 - 1);
        _meter(APP, DAY, type(uint128).max);
        _grantsNext();
        _meter(STRANGER, DAY, 0);
        _refusesGrant(abi.encodeWithSelector(MeterInvalid.selector, 2, STRANGER, DAY, 0));
    }

    function test_duplicates() public {
        _meter(TOKEN, DAY, 1);
        meters.push(Meter(TOKEN, 1, DAY, 1));
        _meter(APP, DAY, 1);
        _grantsNext();
        meters.push(Meter(TOKEN, 1, LIFETIME, 2));
        _refusesGrant(abi.encodeWithSelector(MeterDuplicate.selector, 1, 3));
        meters[3].tag = 0;
        _refusesGrant(abi.encodeWithSelector(MeterDuplicate.selector, 0, 3));
        meters[3].tag = 2;
        _grantsNext();
    }

    function test_paymaster() public {
        _meter(TOKEN, DAY, 1);
        paymasters.push(Paymaster(STRANGER, SPONSOR, "", 0, 0));
        _grantsNext();
        paymasters.push(Paymaster(address(0), SPONSOR, hex"1234", 0, 0));
        _refusesGrant(abi.encodeWithSelector(PaymasterInvalid.selector, 1));
        paymasters[1].paymaster = APP;
        _grantsNext();
        for (uint256 mode; mode < 256; ++mode) {
            if (mode == SPONSOR || mode == TOKEN_PAYMASTER) continue;
            paymasters[0].mode = uint8(mode);
            _refusesGrant(abi.encodeWithSelector(PaymasterInvalid.selector, 0));
        }
    }

    function test_tokenPaymaster() public {
        _meter(TOKEN, DAY, 1);
        _meter(APP, DAY, 1);
        paymasters.push(Paymaster(STRANGER, TOKEN_PAYMASTER, hex"ff", 2, 1));
        _refusesGrant(abi.encodeWithSelector(PaymasterInvalid.selector, 0));
        paymasters[0].meterIndex = 1;
        _grantsNext();
        paymasters[0].rate = 0;
        _refusesGrant(abi.encodeWithSelector(PaymasterInvalid.selector, 0));
        paymasters[0].rate = type(uint128).max;
        _grantsNext();
    }

    // ------------------------------------------------------------------ helpers

    function _everything() private {
        _meter(TOKEN, DAY, 1);
        _meter(STRANGER, LIFETIME, 2);
        paymasters.push(Paymaster(STRANGER, SPONSOR, hex"0102", 0, 0));
        paymasters.push(Paymaster(STRANGER, TOKEN_PAYMASTER, hex"03", 1, 7));
        pinnedCode = keccak256("code");
    }

    function _refusesMeter(Meter memory it) private {
        delete meters;
        meters.push(it);
        _refusesGrant(abi.encodeWithSelector(MeterInvalid.selector, 0, it.token, it.period, it.cap));
    }

    function _grantHeader() private {
        vm.prank(ACCOUNT);
        module.grant(signer, _settings(), header, _permissions());
    }

    function _grantsHeader() private {
        _grantHeader();
        ++limits.serial;
    }

    function _refusesHeader(bytes memory problem) private {
        vm.prank(ACCOUNT);
        vm.expectRevert(problem);
        module.grant(signer, _settings(), header, _permissions());
    }

    function _cut(bytes memory data, uint256 length) private pure returns (bytes memory out) {
        out = new bytes(length);
        for (uint256 i; i < length; ++i) out[i] = data[i];
    }
}
