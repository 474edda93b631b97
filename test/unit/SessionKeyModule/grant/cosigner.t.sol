// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DAY, EXACT, LIFETIME, UNCAPPED} from "../../../utils/Codes.sol";
import {CosignTest} from "../../../utils/CosignTest.sol";

// grant: the co-signer and its thresholds
// ├── form
// │   ├── allows the section alone, with pinned code and a checker behind it, with meters and paymasters before it
// │   ├── refuses every cut of the header, bytes between and behind, and a section without thresholds
// │   └── refuses 255 thresholds that are not there
// ├── co-signer
// │   └── refuses an unknown kind, another length, zero, the account, the module and the key
// ├── thresholds
// │   ├── refuse 0 and more than the cap; allow 1 and the cap
// │   ├── refuse a meter that is not there; allow the last one
// │   ├── native: refuse without a native cap; to the wei at most the cap
// │   └── refuse two on the same meter, naming both
// └── an update is held to the same
contract GrantCosignerTest is CosignTest {
    function setUp() public override {
        super.setUp();
        _permit(EXACT, UNCAPPED, APP, PING);
        _meter(TOKEN, DAY, 100);
        _meter(STRANGER, LIFETIME, 2 ** 127);
        (limits.nativeCap, limits.nativePeriod) = (5, DAY);
        _threshold(0, 50);
    }

    function test_form() public {
        _grantsNext();
        pinnedCode = keccak256("code");
        _grantsNext();
        checker = deploy("contracts/mocks/MockChecker.sol:MockChecker");
        _grantsNext();
        // No meter index that stands where a cut header has its count says how many thresholds are left.
        _threshold(NATIVE, 1);
        _threshold(1, 1);
        _grantsNext();
        for (uint256 i; i < 2; ++i) {
            bytes memory whole = _header();
            for (uint256 length; length < whole.length; ++length) _malformed(_cut(whole, length));
            _malformed(abi.encodePacked(whole, uint8(0)));
            // A byte more in front of the section, behind two meters.
            _malformed(abi.encodePacked(_cut(whole, 79), uint8(0), _from(whole, 79)));
            (pinnedCode, checker) = (0, address(0));
        }
    }

    function test_noThresholds() public {
        delete thresholds;
        // The count is the header's last byte.
        _refusesGrant(abi.encodeWithSelector(HeaderMalformed.selector, _header().length - 1));
    }

    function test_thresholdsThatAreNotThere() public {
        bytes memory header = _header();
        header[header.length - 1] = 0xff;
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(HeaderMalformed.selector, header.length - 1));
        module.grant(signer, _settings(), header, _permissions());
    }

    function test_cosigner() public {
        address it = vm.addr(COSIGNER_SECRET);
        _refusesCosigner(abi.encodePacked(uint8(0), it));
        _refusesCosigner(abi.encodePacked(uint8(2), it));
        _refusesCosigner(abi.encodePacked(uint8(1), it, uint8(0)));
        _refusesCosigner(abi.encodePacked(uint8(1), uint152(uint160(it))));
        _refusesCosigner(abi.encodePacked(uint8(1)));
        _refusesCosigner(abi.encodePacked(uint8(1), address(0)));
        _refusesCosigner(abi.encodePacked(uint8(1), ACCOUNT));
        _refusesCosigner(abi.encodePacked(uint8(1), address(module)));
        _refusesCosigner(signer);
        cosigner = abi.encodePacked(uint8(1), it);
        _grant();
    }

    function test_amounts() public {
        _refusesThreshold(0, 0, 100);
        _refusesThreshold(0, 101, 100);
        _refusesThreshold(0, type(uint128).max, 100);
        _allowsThreshold(0, 1);
        _allowsThreshold(0, 100);
        _refusesThreshold(1, 2 ** 127 + 1, 2 ** 127);
        _allowsThreshold(1, 2 ** 127);
    }

    function test_meterThatIsNotThere() public {
        for (uint256 i = 2; i < 255; i += 11) _refusesThreshold(uint8(i), 1, 0);
        _refusesThreshold(254, 1, 0);
    }

    function test_native() public {
        _allowsThreshold(NATIVE, 1);
        _allowsThreshold(NATIVE, 5e9);
        _refusesThreshold(NATIVE, 5e9 + 1, 5e9);
        (limits.nativeCap, limits.nativePeriod) = (0, 0);
        _refusesThreshold(NATIVE, 1, 0);
    }

    function test_duplicates() public {
        _threshold(1, 1);
        _threshold(NATIVE, 1);
        _grantsNext();
        _threshold(NATIVE, 2);
        _refusesGrant(abi.encodeWithSelector(ThresholdDuplicate.selector, 2, 3));
        thresholds[3] = Threshold(0, 1);
        _refusesGrant(abi.encodeWithSelector(ThresholdDuplicate.selector, 0, 3));
    }

    function test_update() public {
        _grant();
        bytes memory header = _header();
        thresholds[0].amount = 101;
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(ThresholdInvalid.selector, 0, 0, 101, 100));
        module.update(signer, _settings(), _header(), _permissions(), header, _permissionsRoot());
        thresholds[0].amount = 100;
        vm.prank(ACCOUNT);
        module.update(signer, _settings(), _header(), _permissions(), header, _permissionsRoot());
        assertEq(_state().policyRoot, _policyRoot(), "updated");
    }

    // ------------------------------------------------------------------ helpers

    function _refusesCosigner(bytes memory other) private {
        cosigner = other;
        _refusesGrant(abi.encodeWithSelector(CosignerInvalid.selector, other));
    }

    function _refusesThreshold(uint8 meterIndex, uint128 amount, uint256 cap) private {
        thresholds[0] = Threshold(meterIndex, amount);
        _refusesGrant(abi.encodeWithSelector(ThresholdInvalid.selector, 0, meterIndex, amount, cap));
    }

    function _allowsThreshold(uint8 meterIndex, uint128 amount) private {
        thresholds[0] = Threshold(meterIndex, amount);
        _grantsNext();
    }

    function _malformed(bytes memory header) private {
        vm.prank(ACCOUNT);
        vm.expectPartialRevert(HeaderMalformed.selector);
        module.grant(signer, _settings(), header, _permissions());
    }

    function _cut(bytes memory data, uint256 length) private pure returns (bytes memory out) {
        out = new bytes(length);
        for (uint256 i; i < length; ++i) out[i] = data[i];
    }

    function _from(bytes memory data, uint256 offset) private pure returns (bytes memory out) {
        out = new bytes(data.length - offset);
        for (uint256 i; i < out.length; ++i) out[i] = data[offset + i];
    }
}
