// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {VerifierTest} from "../../utils/VerifierTest.sol";

// WebAuthnPrecompileVerifier, WebAuthnSolidityVerifier: the same answers from both
// ├── accepts client data that end behind the origin, that say not cross-origin, and that go on behind it
// ├── refuses another type, challenge, origin or rpIdHash, each right in everything else
// ├── refuses cross-origin client data, and whatever else stands behind the origin
// ├── flags
// │   ├── refuses without user presence
// │   ├── asks for user verification exactly where the key does
// │   ├── refuses backed up without eligible, and attested credentials
// │   └── extension data stand there if and only if the flags say so
// ├── refuses s in the upper half
// └── refuses reserved rules, keys without an origin, cut signatures, and bytes moved between the parts
abstract contract WebAuthnVerifierTest is VerifierTest {
    bytes32 internal constant RP_ID_HASH = sha256("example.com");
    string internal constant ORIGIN = "https://example.com";
    string internal constant GET = "webauthn.get";
    string internal constant END = "}";
    string internal constant SAME_ORIGIN = ",\"crossOrigin\":false}";

    uint8 internal constant UP = 0x01;
    uint8 internal constant UV = 0x04;
    uint8 internal constant BE = 0x08;
    uint8 internal constant BS = 0x10;
    uint8 internal constant AT = 0x40;
    uint8 internal constant ED = 0x80;

    address internal verifier;

    /// @dev What an authenticator was shown and said; the signature carries tail and rest.
    struct Assertion {
        string kind;
        bytes32 challenge;
        string origin;
        bytes32 rpIdHash;
        bytes tail;
        string rest;
    }

    function test_accepts() public view {
        string[3] memory rests = [END, SAME_ORIGIN, ",\"crossOrigin\":false,\"other_keys_can_be_added_here\":\"x\"}"];
        for (uint256 i; i < 3; ++i) {
            Assertion memory it = _assertion();
            it.rest = rests[i];
            _accepts(verifier, _key(0), _sign(it), rests[i]);
        }
    }

    function test_anotherType() public view {
        Assertion memory it = _assertion();
        it.kind = "webauthn.create";
        _refuses(verifier, _key(0), _sign(it), "webauthn.create");
        it.kind = "payment.get";
        _refuses(verifier, _key(0), _sign(it), "payment.get");
    }

    function test_anotherChallenge() public view {
        Assertion memory it = _assertion();
        it.challenge = keccak256("other");
        _refuses(verifier, _key(0), _sign(it), "challenge");
    }

    function test_anotherOrigin() public view {
        string[4] memory origins =
            ["https://evil.example", "https://example.com.evil.example", "https://example.co", "http://example.com"];
        for (uint256 i; i < 4; ++i) {
            Assertion memory it = _assertion();
            it.origin = origins[i];
            _refuses(verifier, _key(0), _sign(it), origins[i]);
        }
    }

    /// @dev An origin that is continued by the rest is not taken for the key's.
    function test_originGoesOnInRest() public view {
        Assertion memory it = _assertion();
        it.origin = "https://example.com\",\"x\":\"";
        it.rest = "}";
        _refuses(verifier, _key(0), _sign(it), "continued origin");
    }

    function test_anotherRelyingParty() public view {
        Assertion memory it = _assertion();
        it.rpIdHash = sha256("evil.example");
        _refuses(verifier, _key(0), _sign(it), "rpIdHash");
    }

    function test_rest() public view {
        string[8] memory rests = [
            "",
            ",\"crossOrigin\":true}",
            ",\"crossOrigin\":false",
            ",\"crossOrigin\":falsey}",
            ",\"x\":1}",
            ",\"crossOrigin\":true,\"crossOrigin\":false}",
            "]",
            "}}"
        ];
        for (uint256 i; i < 8; ++i) {
            Assertion memory it = _assertion();
            it.rest = rests[i];
            _refuses(verifier, _key(0), _sign(it), rests[i]);
        }
    }

    function test_userPresence() public view {
        _refuses(verifier, _key(0), _signFlags(0), "nobody there");
        _refuses(verifier, _key(0), _signFlags(UV), "verified, but not there");
    }

    function test_userVerification() public view {
        _accepts(verifier, _key(0), _signFlags(UP), "not asked for");
        _refuses(verifier, _key(1), _signFlags(UP), "asked for, not done");
        _accepts(verifier, _key(1), _signFlags(UP | UV), "asked for, done");
    }

    function test_backup() public view {
        _accepts(verifier, _key(0), _signFlags(UP | BE), "eligible");
        _accepts(verifier, _key(0), _signFlags(UP | BE | BS), "backed up");
        _refuses(verifier, _key(0), _signFlags(UP | BS), "backed up, not eligible");
    }

    function test_attestedCredential() public view {
        _refuses(verifier, _key(0), _signFlags(UP | AT), "attested credential");
    }

    function test_extensions() public view {
        Assertion memory it = _assertion();
        it.tail = abi.encodePacked(uint8(UP | ED), uint32(1), hex"a0");
        _accepts(verifier, _key(0), _sign(it), "announced and there");
        it.tail = abi.encodePacked(UP, uint32(1), hex"a0");
        _refuses(verifier, _key(0), _sign(it), "not announced");
        it.tail = abi.encodePacked(uint8(UP | ED), uint32(1));
        _refuses(verifier, _key(0), _sign(it), "not there");
        it.tail = abi.encodePacked(UP, uint24(1));
        _refuses(verifier, _key(0), _sign(it), "cut off");
        it.tail = "";
        _refuses(verifier, _key(0), _sign(it), "empty");
    }

    function test_upperHalf() public view {
        Assertion memory it = _assertion();
        _refuses(verifier, _key(0), _pack(_inUpperHalf(_signatureOf(it)), it), "s in the upper half");
    }

    function test_key() public view {
        bytes memory signature = _sign(_assertion());
        for (uint256 bit = 1; bit < 8; ++bit) _refuses(verifier, _key(uint8(1 << bit)), signature, "reserved rule");
        bytes memory withoutOrigin = abi.encodePacked(_publicKey(P256_KEY), RP_ID_HASH, uint8(0));
        Assertion memory it = _assertion();
        it.origin = "";
        _refuses(verifier, withoutOrigin, _sign(it), "without an origin");
        _refuses(verifier, "", signature, "no key");
        bytes memory another = abi.encodePacked(_publicKey(P256_KEY + 1), RP_ID_HASH, uint8(0), ORIGIN);
        _refuses(verifier, another, signature, "another key");
    }

    function test_lengths() public view {
        bytes memory signature = _sign(_assertion());
        _refuses(verifier, _key(0), abi.encodePacked(signature, uint8(0)), "longer");
        _refuses(verifier, _key(0), abi.encodePacked(signature, "}"), "a second end");
        for (uint256 length; length < signature.length; ++length) {
            bytes memory cut = bytes.concat(signature);
            // Assembly: takes bytes from the end.
            assembly ("memory-safe") {
                mstore(cut, length)
            }
            _refuses(verifier, _key(0), cut, "cut");
        }
    }

    /// @dev A byte of the rest counted to the tail, or the other way about, is another message.
    function test_partsMoved() public view {
        bytes memory signature = _sign(_assertion());
        signature[65] = bytes1(uint8(6));
        _refuses(verifier, _key(0), signature, "tail longer");
        signature[65] = bytes1(uint8(4));
        _refuses(verifier, _key(0), signature, "tail shorter");
        signature[64] = 0xff;
        _refuses(verifier, _key(0), signature, "tail beyond the end");
    }

    function _assertion() internal pure returns (Assertion memory) {
        return Assertion(GET, HASH, ORIGIN, RP_ID_HASH, abi.encodePacked(UP, uint32(0)), SAME_ORIGIN);
    }

    function _key(uint8 rules) internal pure returns (bytes memory) {
        return abi.encodePacked(_publicKey(P256_KEY), RP_ID_HASH, rules, ORIGIN);
    }

    function _signFlags(uint256 flags) internal pure returns (bytes memory) {
        Assertion memory it = _assertion();
        it.tail = abi.encodePacked(uint8(flags), uint32(7));
        return _sign(it);
    }

    function _sign(Assertion memory it) internal pure returns (bytes memory) {
        return _pack(_signatureOf(it), it);
    }

    function _pack(bytes memory signature, Assertion memory it) internal pure returns (bytes memory) {
        return abi.encodePacked(signature, uint16(it.tail.length), it.tail, it.rest);
    }

    function _signatureOf(Assertion memory it) internal pure returns (bytes memory) {
        string memory challenge = vm.toBase64URL(abi.encode(it.challenge));
        // Whether or not the runner pads: 32 bytes are 43 characters.
        assembly ("memory-safe") {
            mstore(challenge, 43)
        }
        bytes memory clientData = abi.encodePacked(
            "{\"type\":\"", it.kind, "\",\"challenge\":\"", challenge, "\",\"origin\":\"", it.origin, "\"", it.rest
        );
        return _signP256(P256_KEY, sha256(abi.encodePacked(it.rpIdHash, it.tail, sha256(clientData))));
    }
}

contract WebAuthnPrecompileVerifierTest is WebAuthnVerifierTest {
    function setUp() public {
        verifier = deploy("contracts/verifiers/WebAuthnPrecompileVerifier.sol:WebAuthnPrecompileVerifier");
    }
}

contract WebAuthnSolidityVerifierTest is WebAuthnVerifierTest {
    function setUp() public {
        verifier = deploy("contracts/verifiers/WebAuthnSolidityVerifier.sol:WebAuthnSolidityVerifier");
    }
}
