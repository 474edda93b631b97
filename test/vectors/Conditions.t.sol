// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DAY, EXACT, UNCAPPED} from "../utils/Codes.sol";
import {Call} from "../utils/OperationBytes.sol";
import {VectorTest} from "../utils/VectorTest.sol";

// `conditions.json`: the module holds real call data of protocols as the vectors say
// ├── it grants the body of each case
// ├── it takes the calls that hold, with their set proofs
// └── it refuses the others by the error that the vectors name
contract ConditionVectorsTest is VectorTest {
    address private constant TARGET = address(uint160(uint256(keccak256("target"))));

    function setUp() public override {
        super.setUp();
        json = vm.readFile("test/vectors/conditions.json");
        assertEq(_address(".account"), ACCOUNT, "account");
        (limits.nativeCap, limits.nativePeriod) = (1e9, DAY);
    }

    function test_cases() public {
        uint256 count = _count(".cases");
        assertEq(count, 10, "count");
        uint256 held;
        for (uint256 i; i < count; ++i) {
            _clearPolicy();
            bytes4 selector = bytes4(_bytes(_at(".cases", i, ".selector")));
            _permit(EXACT, UNCAPPED, TARGET, selector, _bytes(_at(".cases", i, ".body")));
            _grantsNext();
            string memory calls = _at(".cases", i, ".calls");
            uint256 callCount = _count(calls);
            for (uint256 j; j < callCount; ++j) held += _hold(_at(calls, j, "")) ? 1 : 0;
        }
        assertEq(held, 17, "held");
    }

    /// @return holds whether the vector says so, which the module has been held to.
    function _hold(string memory place) private returns (bool holds) {
        setProofs = _setProofs(string.concat(place, ".setProofs"));
        uint256 value = _uint(string.concat(place, ".value"));
        Draft memory draft = _draft(Call(TARGET, value, _bytes(string.concat(place, ".data")), 0));
        string memory expected = _text(string.concat(place, ".expected"));
        holds = keccak256(bytes(expected)) == keccak256("holds");
        if (holds) {
            _accepts(draft);
        } else {
            bytes memory asked = abi.encodeCall(module.preview, (_signed(draft)));
            (bool done, bytes memory problem) = address(module).call(asked);
            assertFalse(done, "accepted");
            assertEq(bytes32(bytes4(problem)), bytes32(_selectorOf(expected)), expected);
        }
    }

    function _setProofs(string memory place) private view returns (bytes memory out) {
        uint256 count = _count(place);
        out = abi.encodePacked(uint8(count));
        for (uint256 i; i < count; ++i) {
            bytes32[] memory proof = vm.parseJsonBytes32Array(json, _at(place, i, ""));
            out = abi.encodePacked(out, uint8(proof.length), proof);
        }
    }

    function _selectorOf(string memory name) private pure returns (bytes4) {
        string[8] memory names = [
            "ConditionFailed",
            "PinnedWordMismatch",
            "PathOutOfData",
            "OffsetNotCanonical",
            "NestedCallMismatch",
            "WordNotClean",
            "ArgumentMissing",
            "ElementMissing"
        ];
        bytes4[8] memory selectors = [
            ConditionFailed.selector,
            PinnedWordMismatch.selector,
            PathOutOfData.selector,
            OffsetNotCanonical.selector,
            NestedCallMismatch.selector,
            WordNotClean.selector,
            ArgumentMissing.selector,
            ElementMissing.selector
        ];
        for (uint256 i; i < 8; ++i) if (keccak256(bytes(names[i])) == keccak256(bytes(name))) return selectors[i];
        return 0;
    }
}
