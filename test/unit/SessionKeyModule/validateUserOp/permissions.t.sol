// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ANY_SELECTOR, ANY_TARGET, DAY, EMPTY_CALLDATA, EXACT, MOVES_NOTHING} from "../../../utils/Codes.sol";
import {Call, REPEATED} from "../../../utils/OperationBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: which calls a permission covers
// ├── EXACT: allows its selector at its target, refuses another selector, another target, empty call data
// ├── ANY_TARGET: allows its selector anywhere, refuses another selector
// ├── ANY_SELECTOR
// │   ├── allows any selector at its target, refuses another target and empty call data
// │   └── refuses onInstall and onUninstall (token functions: see tokenSelectors.t.sol)
// ├── EMPTY_CALLDATA: allows empty call data to its target, refuses another target, and any data
// ├── 1 to 3 bytes of data are nothing that a permission covers
// ├── kind 0 or past the last: refused as malformed evidence
// └── batch
//     ├── each call needs its own permission, the first uncovered one is named
//     ├── "same as before" covers the same target and selector again, or any target under ANY_TARGET
//     ├── "same as before" covers no other target, selector or emptiness
//     └── "same as before" cannot come first
contract ValidatePermissionsTest is SessionKeyTest {
    address private constant OTHER = address(uint160(uint256(keccak256("other app"))));
    bytes4 private constant PONG = bytes4(keccak256("pong()"));

    uint256 private constant EXACT_PING = 0;
    uint256 private constant PONG_ANYWHERE = 1;
    uint256 private constant ANYTHING_AT_OTHER = 2;
    uint256 private constant FUND_APP = 3;

    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod, limits.maxUses) = (1e9, DAY, 1e6);
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        _permit(ANY_TARGET, MOVES_NOTHING, address(0), PONG);
        _permit(ANY_SELECTOR, MOVES_NOTHING, OTHER, 0);
        _permit(EMPTY_CALLDATA, MOVES_NOTHING, APP, 0);
        _grant();
    }

    function test_exact() public {
        _accepts(_call(APP, PING, EXACT_PING));
        _refuses(_call(APP, PONG, EXACT_PING), _notPermitted(0, APP, PONG));
        _refuses(_call(OTHER, PING, EXACT_PING), _notPermitted(0, OTHER, PING));
        _refuses(Call(APP, 0, "", EXACT_PING), _notPermitted(0, APP, 0));
    }

    function test_anyTarget() public {
        _accepts(_call(APP, PONG, PONG_ANYWHERE));
        _accepts(_call(STRANGER, PONG, PONG_ANYWHERE));
        _refuses(_call(STRANGER, PING, PONG_ANYWHERE), _notPermitted(0, STRANGER, PING));
    }

    function test_anySelector() public {
        _accepts(_call(OTHER, PING, ANYTHING_AT_OTHER));
        _accepts(_call(OTHER, 0, ANYTHING_AT_OTHER));
        _refuses(_call(APP, PONG, ANYTHING_AT_OTHER), _notPermitted(0, APP, PONG));
        _refuses(Call(OTHER, 0, "", ANYTHING_AT_OTHER), _notPermitted(0, OTHER, 0));
        bytes4[2] memory hooks = [bytes4(keccak256("onInstall(bytes)")), bytes4(keccak256("onUninstall(bytes)"))];
        for (uint256 i; i < 2; ++i) {
            _refuses(
                _call(OTHER, hooks[i], ANYTHING_AT_OTHER),
                abi.encodeWithSelector(SelectorForbiddenByWildcard.selector, 0, hooks[i])
            );
        }
    }

    function test_emptyCalldata() public {
        _accepts(Call(APP, 0, "", FUND_APP));
        _refuses(Call(OTHER, 0, "", FUND_APP), _notPermitted(0, OTHER, 0));
        _refuses(_call(APP, PING, FUND_APP), _notPermitted(0, APP, PING));
        _refuses(_call(APP, 0, FUND_APP), _notPermitted(0, APP, 0));
    }

    function test_incompleteSelector() public {
        for (uint256 permission; permission < 4; ++permission) {
            for (uint256 length = 1; length < 4; ++length) {
                _refuses(
                    Call(permission == ANYTHING_AT_OTHER ? OTHER : APP, 0, new bytes(length), permission),
                    abi.encodeWithSelector(SelectorIncomplete.selector, 0, length)
                );
            }
        }
    }

    function test_unknownKind() public {
        uint8[4] memory kinds = [0, 5, 128, 255];
        for (uint256 i; i < 4; ++i) {
            Draft memory draft = _draft(_ping());
            uint256 leafOffset = 1 + signer.length + 2 + _header().length;
            draft.evidence[leafOffset] = bytes1(kinds[i]);
            _refuses(draft, abi.encodeWithSelector(EvidenceMalformed.selector, 12 + leafOffset));
        }
    }

    /// @dev A leaf is hashed with its kind: what is granted for one target cannot be shown as for all.
    function test_claimedWider() public {
        for (uint8 kind = EXACT + 1; kind < EMPTY_CALLDATA; ++kind) {
            Draft memory draft = _draft(_ping());
            draft.evidence[1 + signer.length + 2 + _header().length] = bytes1(kind);
            _refuses(draft, _notPermitted(0, APP, PING));
        }
    }

    function test_batch() public {
        _accepts(_draft(_two(_call(APP, PING, EXACT_PING), _call(OTHER, PING, ANYTHING_AT_OTHER))));
        _refuses(
            _draft(_two(_call(APP, PING, EXACT_PING), _call(STRANGER, PING, ANYTHING_AT_OTHER))),
            _notPermitted(1, STRANGER, PING)
        );
        _refuses(
            _draft(_two(_call(STRANGER, PING, EXACT_PING), _call(APP, PING, EXACT_PING))),
            _notPermitted(0, STRANGER, PING)
        );
    }

    function test_sameAsBefore() public {
        _accepts(_draft(_two(_call(APP, PING, EXACT_PING), _call(APP, PING, REPEATED))));
        _accepts(_draft(_two(_call(APP, PONG, PONG_ANYWHERE), _call(STRANGER, PONG, REPEATED))));
        _accepts(_draft(_two(_call(OTHER, PING, ANYTHING_AT_OTHER), _call(OTHER, PONG, REPEATED))));
        _accepts(_draft(_two(Call(APP, 0, "", FUND_APP), Call(APP, 0, "", REPEATED))));
    }

    function test_sameAsBeforeIsNothingElse() public {
        Call memory first = _call(APP, PING, EXACT_PING);
        _refuses(_draft(_two(first, _call(APP, PONG, REPEATED))), _notPermitted(1, APP, PONG));
        _refuses(_draft(_two(first, _call(OTHER, PING, REPEATED))), _notPermitted(1, OTHER, PING));
        _refuses(_draft(_two(first, Call(APP, 0, "", REPEATED))), _notPermitted(1, APP, 0));
        first = _call(APP, PONG, PONG_ANYWHERE);
        _refuses(_draft(_two(first, _call(APP, PING, REPEATED))), _notPermitted(1, APP, PING));
        first = _call(OTHER, PING, ANYTHING_AT_OTHER);
        _refuses(_draft(_two(first, _call(APP, PING, REPEATED))), _notPermitted(1, APP, PING));
        first = Call(APP, 0, "", FUND_APP);
        _refuses(_draft(_two(first, _call(APP, PING, REPEATED))), _notPermitted(1, APP, PING));
    }

    function test_sameAsBeforeCannotComeFirst() public {
        uint256 leafOffset = 12 + 1 + signer.length + 2 + _header().length;
        _refuses(_call(APP, PING, REPEATED), abi.encodeWithSelector(EvidenceMalformed.selector, leafOffset));
    }

    function _call(address target, bytes4 selector, uint256 permission) private pure returns (Call memory) {
        return Call(target, 0, abi.encodeWithSelector(selector, 1), permission);
    }

    function _two(Call memory first, Call memory second) private pure returns (Call[] memory calls) {
        calls = new Call[](2);
        (calls[0], calls[1]) = (first, second);
    }

    function _notPermitted(uint256 callIndex, address target, bytes4 selector) private view returns (bytes memory) {
        return abi.encodeWithSelector(CallNotPermitted.selector, callIndex, target, selector, _policyRoot());
    }
}
