// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    ANY_SELECTOR,
    ANY_TARGET,
    DAY,
    EMPTY_CALLDATA,
    EXACT,
    HOUR,
    MOVES_NOTHING,
    UNCAPPED
} from "../../../utils/Codes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";
import {TokenTable} from "../../../utils/TokenTable.sol";

// grant: the permissions
// ├── form
// │   ├── refuses no permission, and more hot leaves than permissions; allows all of them hot
// │   ├── refuses every cut, anything behind the end, one too many and one too few in the count
// │   └── the count's largest value is refused without costing its memory
// ├── kind and mark: refuse 0 and every unknown value; allow each known one
// ├── a target or selector that the kind does not have: refused
// ├── targets that no policy can allow: refused for each kind that names one
// └── wildcards
//     ├── ANY_TARGET refuses onInstall, onUninstall and every token function, uncapped even
//     ├── need a native cap
//     └── need a rate limit or a quota; either will do
contract GrantPermissionsTest is SessionKeyTest {
    using TokenTable for TokenTable.Entry;

    bytes private list;

    function setUp() public override {
        super.setUp();
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        _permit(EXACT, UNCAPPED, APP, TRANSFER, hex"0100000000000000000000000000000001");
    }

    function test_count() public {
        list = hex"000000";
        _refusesList(abi.encodeWithSelector(PermissionsMalformed.selector, 0));
        for (uint256 hot; hot < 256; ++hot) {
            hotCount = uint8(hot);
            if (hot <= 2) _grantsNext();
            else _refusesGrant(abi.encodeWithSelector(PermissionsMalformed.selector, 0));
        }
    }

    function test_cut() public {
        bytes memory whole = _permissions();
        for (uint256 length; length < whole.length; ++length) {
            list = _cut(whole, length);
            vm.prank(ACCOUNT);
            vm.expectPartialRevert(PermissionsMalformed.selector);
            module.grant(signer, _settings(), _header(), list);
        }
        list = abi.encodePacked(whole, uint8(0));
        _refusesList(abi.encodeWithSelector(PermissionsMalformed.selector, whole.length));
    }

    function test_wrongCount() public {
        list = _permissions();
        list[1] = 0x01;
        // The second permission starts at 3 + 28 and is behind the end.
        _refusesList(abi.encodeWithSelector(PermissionsMalformed.selector, 31));
        list[1] = 0x03;
        _refusesList(abi.encodeWithSelector(PermissionsMalformed.selector, 0));
        list[0] = 0xff;
        uint256 before = gasleft();
        _refusesList(abi.encodeWithSelector(PermissionsMalformed.selector, 0));
        assertTrue(before - gasleft() < 200_000, "65,000 leaves would cost more");
    }

    function test_kindAndMark() public {
        for (uint256 value; value < 256; ++value) {
            delete permissions;
            _permit(uint8(value), UNCAPPED, APP, PING);
            // Only EXACT has both a target and a selector.
            if (value == EXACT) _grantsNext();
            else _refusesGrant(abi.encodeWithSelector(PermissionInvalid.selector, 0));

            delete permissions;
            _permit(EXACT, MOVES_NOTHING, APP, PING);
            _permit(EXACT, uint8(value), APP, PING);
            if (value == UNCAPPED || value == MOVES_NOTHING) _grantsNext();
            else if (value != 1) _refusesGrant(abi.encodeWithSelector(PermissionInvalid.selector, 1));
        }
    }

    function test_whatTheKindDoesNotHave() public {
        _wildcardLimits();
        _only(ANY_TARGET, APP, PING, abi.encodeWithSelector(PermissionInvalid.selector, 0));
        _only(ANY_SELECTOR, APP, PING, abi.encodeWithSelector(PermissionInvalid.selector, 0));
        _only(EMPTY_CALLDATA, APP, PING, abi.encodeWithSelector(PermissionInvalid.selector, 0));
        _only(ANY_TARGET, address(0), PING, "");
        _only(ANY_SELECTOR, APP, 0, "");
        _only(EMPTY_CALLDATA, APP, 0, "");
    }

    function test_forbiddenTargets() public {
        _wildcardLimits();
        address[7] memory forbidden = [
            ACCOUNT,
            address(module),
            address(0),
            0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789,
            0x0000000071727De22E5E9d8BAf0edAc6f37da032,
            0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108,
            0x433709009B8330FDa32311DF1C2AFA402eD8D009
        ];
        for (uint256 i; i < 7; ++i) {
            bytes memory problem = abi.encodeWithSelector(PermissionTargetForbidden.selector, 0, forbidden[i]);
            _only(EXACT, forbidden[i], PING, problem);
            _only(ANY_SELECTOR, forbidden[i], 0, problem);
            _only(EMPTY_CALLDATA, forbidden[i], 0, problem);
        }
    }

    function test_wildcardSelectors() public {
        _wildcardLimits();
        _onlyForbidden(bytes4(keccak256("onInstall(bytes)")));
        _onlyForbidden(bytes4(keccak256("onUninstall(bytes)")));
        TokenTable.Entry[] memory entries = TokenTable.chargeable();
        for (uint256 i; i < entries.length; ++i) _onlyForbidden(entries[i].selector());
        entries = TokenTable.uncountable();
        for (uint256 i; i < entries.length; ++i) _onlyForbidden(entries[i].selector());
    }

    function test_accountFunctionsAtAnyTarget() public {
        _wildcardLimits();
        string[6] memory functions_ = [
            "execute(bytes32,bytes)",
            "executeFromExecutor(bytes32,bytes)",
            "installModule(uint256,address,bytes)",
            "uninstallModule(uint256,address,bytes)",
            "executeUserOp((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes),bytes32)",
            "transferOwnership(address)"
        ];
        for (uint256 i; i < functions_.length; ++i) {
            bytes4 selector = bytes4(keccak256(bytes(functions_[i])));
            _onlyForbidden(selector);
            // A target that is named is the owner's decision.
            _only(EXACT, APP, selector, "");
        }
    }

    function test_wildcardLimits() public {
        bytes memory problem = abi.encodeWithSelector(WildcardUnlimited.selector, 0);
        for (uint256 choice; choice < 8; ++choice) {
            (limits.nativeCap, limits.nativePeriod) = choice & 1 == 0 ? (0, 0) : (1, uint256(DAY));
            (limits.rateLimit, limits.ratePeriod) = choice & 2 == 0 ? (0, 0) : (1, uint256(HOUR));
            limits.maxUses = choice & 4 == 0 ? 0 : 1;
            bytes memory expected = choice & 1 != 0 && choice & 6 != 0 ? bytes("") : problem;
            _only(ANY_TARGET, address(0), PING, expected);
            _only(ANY_SELECTOR, APP, 0, expected);
            _only(EMPTY_CALLDATA, APP, 0, "");
        }
    }

    // ------------------------------------------------------------------ helpers

    function _wildcardLimits() private {
        (limits.nativeCap, limits.nativePeriod, limits.maxUses) = (1, DAY, 1);
    }

    /// @dev A policy of this permission alone is granted, or refused with `problem`.
    function _only(uint8 kind, address target, bytes4 selector, bytes memory problem) private {
        delete permissions;
        _permit(kind, UNCAPPED, target, selector);
        if (problem.length == 0) _grantsNext();
        else _refusesGrant(problem);
    }

    function _onlyForbidden(bytes4 selector) private {
        _only(
            ANY_TARGET,
            address(0),
            selector,
            abi.encodeWithSelector(PermissionSelectorForbidden.selector, 0, selector)
        );
    }

    function _refusesList(bytes memory problem) private {
        vm.prank(ACCOUNT);
        vm.expectRevert(problem);
        module.grant(signer, _settings(), _header(), list);
    }

    function _cut(bytes memory data, uint256 length) private pure returns (bytes memory out) {
        out = new bytes(length);
        for (uint256 i; i < length; ++i) out[i] = data[i];
    }
}
