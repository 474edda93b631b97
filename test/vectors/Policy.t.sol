// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeySettings} from "../../contracts/policy/KeySettings.sol";
import {MeterWord} from "../../contracts/policy/MeterWord.sol";
import {Periods} from "../../contracts/policy/Periods.sol";
import {OperationBytes} from "../utils/OperationBytes.sol";
import {VectorTest} from "../utils/VectorTest.sol";

// `policy.json`: the contracts do what the vectors say
// ├── window indices and ends of every period
// ├── the module grants each policy, at the epoch and serial of its settings, under its root
// ├── meter words are found where the vectors' meter ids say
// └── digests of operations, whose signatures are theirs in the wire format
contract PolicyVectorsTest is VectorTest {
    address private account;

    function setUp() public override {
        super.setUp();
        _read("test/vectors/policy.json");
        account = _address(".context.account");
        signer = _bytes(".context.signer");
        keyId = _word(".context.keyId");
        _install(account, "");
    }

    function test_periods() public view {
        uint256 count = _count(".periods");
        assertEq(count, 48, "count");
        for (uint256 i; i < count; ++i) {
            uint256 period = _uint(_at(".periods", i, ".period"));
            uint256 time = _uint(_at(".periods", i, ".time"));
            if (period != 1) assertEq(Periods.index(period, time), _uint(_at(".periods", i, ".index")), "index");
            assertEq(Periods.end(period, time), _uint(_at(".periods", i, ".end")), "end");
        }
    }

    function test_policies() public {
        assertEq(keyId, keccak256(signer), "keyId");
        uint256 count = _count(".policies");
        assertEq(count, 3, "count");
        for (uint256 i; i < count; ++i) {
            KeySettings settings = KeySettings.wrap(_uint(_at(".policies", i, ".settings")));
            _setEpoch(account, settings.epoch());
            // As if the key had been granted so often.
            vm.store(address(module), _settingsSlot(), bytes32((settings.serial() - 1) << 104));
            bytes memory header = _bytes(_at(".policies", i, ".header"));
            bytes memory list = _bytes(_at(".policies", i, ".permissions"));
            vm.prank(account);
            module.grant(signer, settings, header, list);
            assertEq(
                module.keyState(account, keyId, new uint256[](0)).policyRoot,
                _word(_at(".policies", i, ".policyRoot")),
                _text(_at(".policies", i, ".name"))
            );
        }
    }

    function test_meterIds() public {
        uint256 count = _count(".meterIds");
        assertEq(count, 2, "count");
        for (uint256 i; i < count; ++i) {
            uint256 serial = _uint(_at(".meterIds", i, ".serial"));
            // Active, of that serial.
            vm.store(address(module), _settingsSlot(), bytes32((uint256(1) << 248) | (serial << 104)));
            // `_meters` is the second mapping.
            bytes32 outer = keccak256(abi.encode(_word(_at(".meterIds", i, ".meterId")), uint256(1)));
            vm.store(address(module), keccak256(abi.encode(account, outer)), bytes32(uint256(77 + i)));
            uint256[] memory identities = new uint256[](1);
            identities[0] = _uint(_at(".meterIds", i, ".identity"));
            MeterWord word = module.keyState(account, keyId, identities).meters[0];
            assertEq(MeterWord.unwrap(word), 77 + i, "meter word");
        }
    }

    function test_operations() public view {
        uint256 count = _count(".operations");
        assertEq(count, 3, "count");
        for (uint256 i; i < count; ++i) {
            bytes memory evidence = _bytes(_at(".operations", i, ".evidence"));
            uint256 validAfter = _uint(_at(".operations", i, ".validAfter"));
            uint256 validUntil = _uint(_at(".operations", i, ".validUntil"));
            bytes32 opHash = _word(_at(".operations", i, ".userOpHash"));
            bytes32 digest = module.operationDigest(opHash, validAfter, validUntil, evidence);
            assertEq(digest, _word(_at(".operations", i, ".digest")), "digest");
            bytes memory keySignature = _bytes(_at(".operations", i, ".keySignature"));
            assertEq(
                _bytes(_at(".operations", i, ".signature")),
                OperationBytes.signature(validAfter, validUntil, evidence, keySignature),
                "signature"
            );
        }
    }

    /// @dev The first word of the key's struct, `_keys` being the first mapping.
    function _settingsSlot() private view returns (bytes32) {
        return keccak256(abi.encode(account, keccak256(abi.encode(keyId, uint256(0)))));
    }
}
