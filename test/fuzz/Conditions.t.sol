// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ConditionCall, IConditionEngine} from "../../contracts/interfaces/IConditionEngine.sol";
import {
    ADDRESS,
    AT_LEAST,
    AT_MOST,
    EQUAL,
    EQUAL_SELF,
    NOT_EQUAL,
    UINT8,
    ConditionBytes as C
} from "../utils/ConditionBytes.sol";
import {ConditionTest} from "../utils/ConditionTest.sol";
import {Call} from "../utils/OperationBytes.sol";
import {PolicyBytes} from "../utils/PolicyBytes.sol";

interface IHasEngine {
    function conditionEngine() external view returns (IConditionEngine);
}

// Conditions over call data that mean harm:
// ├── what the module decides by its short walk is what the engine, with its full one, decides
// ├── no data make either panic, and none cost more than an operation has
// └── the most elements that an operation holds, every one held
contract ConditionsFuzzTest is ConditionTest {
    /// @dev Panic(uint256).
    bytes4 private constant PANIC = 0x4e487b71;
    uint256 private constant MOST_GAS = 500_000;

    IConditionEngine private engine;

    function setUp() public override {
        super.setUp();
        engine = IHasEngine(address(module)).conditionEngine();
    }

    function testFuzz_moduleAndEngineAgree(uint256 seed) public {
        uint8 operator = _operator(seed);
        bytes memory path = _path(seed >> 8);
        // No account is as short as the typed words and slices of the other paths.
        uint256 kind = (seed >> 8) % 10;
        bool isShort = kind == 1 || kind == 4 || kind == 7 || kind == 9;
        if (operator == EQUAL_SELF && isShort) path = C.typed(uint8(seed >> 16) % 8, ADDRESS);
        bytes memory comparison =
            operator == EQUAL_SELF ? C.compare(operator, path) : C.compare(operator, path, _bound(seed >> 16));
        bytes memory clause = seed & 1 == 0
            ? C.clause(comparison)
            : C.either(C.compare(EQUAL, C.word(uint8(seed >> 24) % 4), 64), comparison);
        bytes memory body = PolicyBytes.body(0, _one(clause));
        _rules(body);
        for (uint256 i; i < 8; ++i) {
            bytes memory data = _data(uint256(keccak256(abi.encode(seed, i))));
            bool accepted = _isAccepted(data);
            uint256 before = gasleft();
            (bool held, bytes memory answer) = address(engine).call(
                abi.encodeCall(IConditionEngine.enforce, (body, data, "", ConditionCall(0, 0, ACCOUNT, 2, 0, 1, 0)))
            );
            assertTrue(before - gasleft() < MOST_GAS, "bounded gas");
            assertEq(accepted, held, "module and engine");
            // A single comparison is held as the same in the long form is.
            (bool heldLong,) = address(engine).call(
                abi.encodeCall(
                    IConditionEngine.enforce,
                    (PolicyBytes.longBody(0, _one(clause)), data, "", ConditionCall(0, 0, ACCOUNT, 2, 0, 1, 0))
                )
            );
            assertEq(heldLong, held, "both forms");
            assertTrue(held || (answer.length >= 4 && bytes4(answer) != PANIC), "a typed error");
        }
    }

    function test_longestArray() public view {
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.every(0), C.slice(0, 1));
        bytes memory body = PolicyBytes.body(0, _one(C.clause(C.compare(EQUAL, path, 1))));
        // 80 offsets to byte strings of a byte each: 7,748 of the 8,192 bytes that an operation may have.
        uint256 count = 80;
        bytes memory data = abi.encodePacked(PING, uint256(32), count);
        for (uint256 i; i < count; ++i) data = abi.encodePacked(data, 32 * count + 64 * i);
        for (uint256 i; i < count; ++i) data = abi.encodePacked(data, uint256(1), uint256(1) << 248);
        bytes memory question =
            abi.encodeCall(IConditionEngine.enforce, (body, data, "", ConditionCall(0, 0, ACCOUNT, 2, 0, 1, 0)));
        uint256 before = gasleft();
        (bool held,) = address(engine).staticcall(question);
        uint256 spent = before - gasleft();
        assertTrue(held, "every element is held");
        assertTrue(spent < MOST_GAS, "bounded gas");
    }

    function _isAccepted(bytes memory data) private view returns (bool accepted) {
        Draft memory draft = _draft(Call(APP, 0, data, 0));
        try module.preview(_signed(draft)) {
            accepted = true;
        } catch {}
    }

    function _operator(uint256 seed) private pure returns (uint8) {
        uint8[5] memory operators = [EQUAL, NOT_EQUAL, AT_MOST, AT_LEAST, EQUAL_SELF];
        return operators[(seed >> 1) % 5];
    }

    function _bound(uint256 seed) private pure returns (uint256) {
        return 32 * (seed & 3);
    }

    function _path(uint256 seed) private pure returns (bytes memory) {
        uint256 kind = seed % 10;
        bytes memory follow = C.follow(uint8(seed >> 8) % 2, 2);
        uint16 index = uint16(seed >> 16) % 3;
        if (kind == 0) return C.word(uint8(seed >> 8) % 8);
        if (kind == 1) return C.typed(uint8(seed >> 8) % 8, UINT8);
        if (kind == 2) return abi.encodePacked(follow, C.word(uint8(index)));
        if (kind == 3) return abi.encodePacked(follow, C.element(index, 1), C.word(0));
        if (kind == 4) return abi.encodePacked(follow, C.element(index, 2), C.typed(1, UINT8));
        if (kind == 5) return abi.encodePacked(follow, C.follow(0, 1), C.element(index, 1), C.word(0));
        if (kind == 6) return abi.encodePacked(follow, C.every(1), C.word(0));
        if (kind == 7) return abi.encodePacked(follow, C.element(index, 0), C.slice(index, 2));
        bytes memory before = C.followBefore(0, 3, uint32(seed >> 24) % 3 + 1);
        if (kind == 8) return abi.encodePacked(before, C.word(uint8(index)));
        return abi.encodePacked(before, C.every(0), C.slice(index, 2));
    }

    /// @dev Words such as offsets, lengths and small values are, some that are neither, and an end anywhere.
    function _data(uint256 seed) private pure returns (bytes memory data) {
        data = abi.encodePacked(PING);
        for (uint256 words = seed % 12; words != 0; --words) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 kind = seed & 15;
            uint256 word = kind < 8 ? 32 * ((seed >> 8) % 8) : kind < 12 ? (seed >> 8) % 4 : seed;
            if (kind > 12) word = kind == 13 ? uint160(ACCOUNT) : kind == 14 ? type(uint256).max : ~uint256(31);
            data = abi.encodePacked(data, word);
        }
        for (uint256 rest = (seed >> 32) % 64; rest > 32; --rest) data = abi.encodePacked(data, uint8(0));
    }
}
