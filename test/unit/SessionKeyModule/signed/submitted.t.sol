// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeySettings} from "../../../../contracts/policy/KeySettings.sol";
import {SignedGrantTest} from "../../../utils/SignedGrantTest.sol";

// grantSigned and revokeSigned: anyone relays what the owner signed
// ├── grant: stores; identical and alive it does nothing; the deadline is the block's last second; past keys are refused
// ├── revoke: the live grant, the next one before its use, with what lives until then; each once
// ├── revoke: refuses another epoch, an earlier serial, one after the next, a revoked one
// └── revoke: refuses another signer, chain, module, account and key
contract SubmittedGrantTest is SignedGrantTest {
    function test_grant() public {
        bytes memory signed = _signedGrant();
        _submit(signed);
        assertEq(KeySettings.unwrap(_state().settings), KeySettings.unwrap(_settings()), "settings");
        _accepts(_transfer(40));
        _submit(signed);
        assertEq(_state().usage.meterSpent(), 40, "counters stay");
        _accepts(_carrying(60, signed));
    }

    function test_deadline() public {
        bytes memory signed = _signedGrant();
        vm.warp(deadline + 1);
        bytes memory problem = abi.encodeWithSelector(SignedGrantExpired.selector, deadline, deadline + 1);
        vm.expectRevert(problem);
        module.grantSigned(ACCOUNT, signer, _header(), signed);
        vm.warp(deadline);
        _submit(signed);
    }

    function test_pastKey() public {
        limits.validAfter = 0;
        limits.validUntil = NOON;
        bytes memory signed = _signedGrant();
        vm.expectRevert(abi.encodeWithSelector(ExpiryInvalid.selector, 0, NOON, NOON));
        module.grantSigned(ACCOUNT, signer, _header(), signed);
        vm.warp(NOON - 1);
        _submit(signed);
    }

    function test_notInstalled() public {
        vm.prank(ACCOUNT);
        (bool done,) = address(module).call(abi.encodeWithSignature("onUninstall(bytes)", ""));
        assertTrue(done, "uninstalled");
        _refusesSigned(_signedGrant(), abi.encodeWithSelector(ModuleNotInstalled.selector, ACCOUNT, 1));
    }

    function test_revokeLive() public {
        _grant();
        _revoke(1, 1, _revocation(1, 1));
        _refuses(_transfer(1), abi.encodeWithSelector(KeyNotGranted.selector, keyId));
        _refusesRevoke(1, 1, _revocation(1, 1), abi.encodeWithSelector(RevocationOutdated.selector, 1, 1, 1, 2));
    }

    function test_revokeNext() public {
        _revoke(1, 1, _revocation(1, 1));
        _refusesSigned(_signedGrant(), abi.encodeWithSelector(GrantOutdated.selector, 1, 1, 1, 2));
    }

    function test_revokeNextAndLive() public {
        _grant();
        _revoke(1, 2, _revocation(1, 2));
        _refuses(_transfer(1), abi.encodeWithSelector(KeyNotGranted.selector, keyId));
        limits.serial = 2;
        _refusesSigned(_signedGrant(), abi.encodeWithSelector(GrantOutdated.selector, 1, 2, 1, 3));
    }

    function test_revokeOutdated() public {
        _grantsNext();
        _grant();
        _refusesRevoke(1, 1, _revocation(1, 1), abi.encodeWithSelector(RevocationOutdated.selector, 1, 1, 1, 2));
        _refusesRevoke(1, 4, _revocation(1, 4), abi.encodeWithSelector(RevocationOutdated.selector, 1, 4, 1, 2));
        _refusesRevoke(2, 2, _revocation(2, 2), abi.encodeWithSelector(RevocationOutdated.selector, 2, 2, 1, 2));
    }

    function test_revokeWhilePaused() public {
        _grant();
        vm.prank(ACCOUNT);
        module.pauseAccount(ACCOUNT);
        _revoke(1, 1, _revocation(1, 1));
        assertEq(_state().settings.isActive(), false, "revoked");
    }

    function test_revokeSignedByOthersOrForOthers() public {
        _grant();
        bytes32 digest = _revocationDigest(block.chainid, address(module), ACCOUNT, keyId, 1, 1);
        ownerSecret = KEY_SECRET;
        _refusesRevoke(1, 1, _revocation(1, 1), _invalid(digest));
        ownerSecret = OWNER_SECRET;
        uint256 chain = block.chainid;
        address here = address(module);
        _refusesRevoke(1, 1, _ownerSigns(_revocationDigest(chain + 1, here, ACCOUNT, keyId, 1, 1)), _invalid(digest));
        _refusesRevoke(1, 1, _ownerSigns(_revocationDigest(chain, KEY, ACCOUNT, keyId, 1, 1)), _invalid(digest));
        _refusesRevoke(1, 1, _ownerSigns(_revocationDigest(chain, here, STRANGER, keyId, 1, 1)), _invalid(digest));
        _refusesRevoke(1, 1, _ownerSigns(_revocationDigest(chain, here, ACCOUNT, digest, 1, 1)), _invalid(digest));
    }

    address private constant KEY = address(1);

    function _revocation(uint256 epoch, uint256 serial) private view returns (bytes memory) {
        return _ownerSigns(_revocationDigest(block.chainid, address(module), ACCOUNT, keyId, epoch, serial));
    }

    function _revoke(uint256 epoch, uint256 serial, bytes memory ownerSignature) private {
        vm.prank(STRANGER);
        module.revokeSigned(ACCOUNT, keyId, epoch, serial, ownerSignature);
    }

    function _refusesRevoke(uint256 epoch, uint256 serial, bytes memory ownerSignature, bytes memory problem) private {
        vm.expectRevert(problem);
        module.revokeSigned(ACCOUNT, keyId, epoch, serial, ownerSignature);
    }
}
