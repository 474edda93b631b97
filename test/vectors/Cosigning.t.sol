// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7579ModuleConfig} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {KeySettings} from "../../contracts/policy/KeySettings.sol";
import {JsonVectorTest} from "../utils/JsonVectorTest.sol";

// `cosigning.json`: the module does what the vectors say
// ├── it grants their policy, under their root, with their co-signer's section in its place
// ├── its digests are theirs: of redemptions for the key and the co-signer, of operations for the key
// ├── it runs their redemptions one after the other, as sender and relayed, and none a second time
// └── it validates their operations
contract CosigningVectorsTest is JsonVectorTest {
    address private account;

    function setUp() public override {
        super.setUp();
        _read("test/vectors/cosigning.json");
        account = _address(".context.account");
        key = _address(".context.key");
        vm.warp(_uint(".context.time"));
        vm.deal(account, 1 ether);
        vm.etch(_address(".context.checker"), deploy("contracts/mocks/MockChecker.sol:MockChecker").code);
        bytes memory arguments = abi.encode(0x0000000071727De22E5E9d8BAf0edAc6f37da032, module);
        vm.etch(account, deploy("contracts/account/DelegatedAccount.sol:DelegatedAccount", arguments).code);
        for (uint256 kind = 1; kind < 3; ++kind) {
            vm.prank(account);
            IERC7579ModuleConfig(account).installModule(kind, address(module), abi.encodePacked(uint8(kind)));
        }
        bytes memory ownSigner = _bytes(".context.signer");
        KeySettings settings = KeySettings.wrap(_uint(".policy.settings"));
        bytes memory header = _bytes(".policy.header");
        bytes memory list = _bytes(".policy.permissions");
        vm.prank(account);
        module.grant(ownSigner, settings, header, list);
        keyId = keccak256(ownSigner);
    }

    function test_policy() public view {
        assertEq(_uses(), 0, "uses");
        assertEq(
            module.keyState(account, keyId, new uint256[](0)).policyRoot, _word(".policy.policyRoot"), "policyRoot"
        );
        // From docs/WIRE-FORMAT.md: signer · signerLength · thresholds · thresholdCount, and nothing but the checker behind.
        bytes memory section =
            abi.encodePacked(uint8(1), _address(".context.coSigner"), uint8(21));
        uint256 count = _count(".policy.thresholds");
        for (uint256 i; i < count; ++i) {
            section = abi.encodePacked(
                section,
                uint8(_uint(_at(".policy.thresholds", i, ".meterIndex"))),
                uint128(_uint(_at(".policy.thresholds", i, ".amount")))
            );
        }
        section = abi.encodePacked(section, uint8(count));
        assertEq(section, _bytes(".policy.section"), "section");
        bytes memory header = _bytes(".policy.header");
        bytes memory end = abi.encodePacked(section, _address(".context.checker"));
        for (uint256 i = 1; i <= end.length; ++i) {
            assertEq(bytes32(header[header.length - i]), bytes32(end[end.length - i]), "the header's end");
        }
    }

    function test_redemptionDigests() public view {
        uint256 count = _count(".redemptions");
        assertEq(count, 4, "count");
        for (uint256 i; i < count; ++i) {
            assertEq(_digest(false, i), _word(_at(".redemptions", i, ".digest")), "the key's");
            assertEq(_digest(true, i), _word(_at(".redemptions", i, ".cosignDigest")), "the co-signer's");
        }
    }

    function test_operationDigests() public view {
        uint256 count = _count(".operations");
        assertEq(count, 2, "count");
        for (uint256 i; i < count; ++i) {
            bytes32 digest = module.operationDigest(
                _word(_at(".operations", i, ".userOpHash")),
                _uint(_at(".operations", i, ".validAfter")),
                _uint(_at(".operations", i, ".validUntil")),
                _bytes(_at(".operations", i, ".evidence"))
            );
            assertEq(digest, _word(_at(".operations", i, ".digest")), "the key's");
        }
    }

    function test_redeems() public {
        for (uint256 i; i < 4; ++i) {
            assertEq(_uses(), _uint(_at(".redemptions", i, ".nonce")), "nonce");
            bytes memory call = abi.encodeCall(
                module.redeem,
                (
                    account,
                    _word(_at(".redemptions", i, ".mode")),
                    _bytes(_at(".redemptions", i, ".executionCalldata")),
                    _bytes(_at(".redemptions", i, ".context"))
                )
            );
            bool relayed = _bool(_at(".redemptions", i, ".relayed"));
            address sender = relayed ? STRANGER : key;
            vm.prank(sender, sender);
            (bool done,) = address(module).call(call);
            assertTrue(done, _text(_at(".redemptions", i, ".name")));
            bool bound = relayed || _bool(_at(".redemptions", i, ".cosigned"));
            if (!bound) continue;
            vm.prank(sender, sender);
            (done,) = address(module).call(call);
            assertFalse(done, "a second time");
        }
    }

    function test_validates() public {
        for (uint256 i; i < 2; ++i) {
            PackedUserOperation memory op;
            op.sender = account;
            op.callData = _bytes(_at(".operations", i, ".callData"));
            op.signature = _bytes(_at(".operations", i, ".signature"));
            bytes32 opHash = _word(_at(".operations", i, ".userOpHash"));
            vm.prank(account);
            uint256 data = module.validateUserOp(op, opHash);
            uint256 expected = (_uint(_at(".operations", i, ".validAfter")) << 208)
                | (_uint(_at(".operations", i, ".validUntil")) << 160);
            assertEq(data, expected, _text(_at(".operations", i, ".name")));
        }
    }

    function _uses() private view returns (uint256) {
        return module.keyState(account, keyId, new uint256[](0)).usage.uses();
    }

    function _digest(bool cosigned, uint256 i) private view returns (bytes32) {
        return module.redemptionDigest(
            cosigned,
            account,
            _uint(".context.epoch"),
            _uint(".context.serial"),
            _uint(_at(".redemptions", i, ".nonce")),
            _word(_at(".redemptions", i, ".mode")),
            _bytes(_at(".redemptions", i, ".executionCalldata")),
            _bytes(_at(".redemptions", i, ".context"))
        );
    }
}
