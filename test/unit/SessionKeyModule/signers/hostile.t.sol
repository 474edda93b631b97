// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";
import {VerifiedSignerTest} from "../../../utils/VerifiedSignerTest.sol";

// what a verifier is asked, and which answers are a yes
// ├── asked as Solidity encodes it, for keys and signatures of any length
// ├── yes is the selector, followed by zeros up to a word; more behind that word does not matter
// └── no is anything else: nothing, less than a word, the selector right-aligned or with one bit more, true, a revert with
//     the right word, a stop, no code any more
contract HostileVerifierTest is VerifiedSignerTest {
    bytes4 private constant YES = IERC7913SignatureVerifier.verify.selector;

    function test_question() public {
        address verifier = deploy("contracts/mocks/signers/QuestionVerifier.sol:QuestionVerifier");
        uint256[6] memory keyLengths = [uint256(1), 31, 32, 33, 64, 234];
        for (uint256 i; i < keyLengths.length; ++i) {
            bytes memory key_ = new bytes(keyLengths[i]);
            for (uint256 j; j < key_.length; ++j) key_[j] = bytes1(uint8(j + 1));
            _signs(_verifiers(verifier, key_));
            _grant();
            for (uint256 more; more < 34; more += 11) {
                Draft memory draft = _draft(_transfer(1));
                bytes memory signature = abi.encodePacked(_digest(draft), keccak256(key_), new bytes(more));
                _passes(draft, signature);
                signature[0] ^= 0x01;
                _fails(draft, signature, "another hash");
            }
        }
    }

    function test_yes() public {
        _answers(abi.encodePacked(YES, bytes28(0)));
        _accepted();
        _answers(abi.encodePacked(YES, bytes28(0), new bytes(1000)));
        _accepted();
    }

    function test_no() public {
        _answers("");
        _refused("nothing");
        _answers(abi.encodePacked(YES));
        _refused("the selector alone");
        _answers(abi.encodePacked(YES, bytes27(0)));
        _refused("31 bytes");
        _answers(abi.encode(uint32(YES)));
        _refused("right-aligned");
        _answers(abi.encode(true));
        _refused("true");
        _answers(abi.encode(bytes4(0xffffffff)));
        _refused("no");
        _answers(abi.encode(bytes4(0x1626ba7e)));
        _refused("another interface's yes");
        _answers(abi.encode(type(uint256).max));
        _refused("ones");
        for (uint256 bit; bit < 256; bit += 15) {
            _answers(abi.encode(uint256(bytes32(YES)) ^ (1 << bit)));
            _refused("one bit off");
        }
    }

    function test_reverts() public {
        _asks(deploy("contracts/mocks/signers/RevertingVerifier.sol:RevertingVerifier"));
        _refused("a revert with the right word");
    }

    /// @dev What a verifier was before it was destroyed, or an EOA that took its delegation back (EIP-7702).
    function test_codeGone() public {
        _answers(abi.encodePacked(YES, bytes28(0)));
        address verifier = address(bytes20(_cutFrom(signer, 1)));
        vm.etch(verifier, "");
        _refused("no code");
        // The EIP-7702 designation of the identity precompile runs as no code.
        vm.etch(verifier, abi.encodePacked(hex"ef0100", address(4)));
        _refused("delegated to a precompile");
    }

    function _answers(bytes memory answer) private {
        _asks(deploy("contracts/mocks/signers/AnsweringVerifier.sol:AnsweringVerifier", abi.encode(answer)));
    }

    function _asks(address verifier) private {
        _signs(_verifiers(verifier, hex"01"));
        _grant();
    }

    function _accepted() private {
        _passes(_draft(_transfer(1)), "");
        _redeems(_redemption(_transfer(1)), abi.encodePacked(uint24(1), uint8(0)));
    }

    function _refused(string memory what) private {
        _fails(_draft(_transfer(1)), "any", what);
        _fails(_draft(_transfer(1)), "", what);
        address verifier = address(bytes20(_cutFrom(signer, 1)));
        _refusesAuthorization(
            _redemption(_transfer(1)),
            abi.encodePacked(uint24(0), uint8(0)),
            abi.encodeWithSelector(RedemptionSignatureInvalid.selector, verifier, limits.epoch, limits.serial, 0)
        );
    }

    function _cutFrom(bytes memory data, uint256 offset) private pure returns (bytes memory out) {
        out = new bytes(data.length - offset);
        for (uint256 i; i < out.length; ++i) out[i] = data[offset + i];
    }
}
