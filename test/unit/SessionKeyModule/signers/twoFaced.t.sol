// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {VerifiedSignerTest} from "../../../utils/VerifiedSignerTest.sol";

// a key whose contract answers no first and yes when asked again, in one validation
// ├── above the threshold, without its co-signer: never passes
// ├── below it, beside a co-signature that nobody asked for: never passes
// └── above the threshold, by its co-signer too: fails as the key's first answer says
contract TwoFacedKeyTest is VerifiedSignerTest {
    function setUp() public override {
        super.setUp();
        address verifier = deploy("contracts/verifiers/ERC1271Verifier.sol:ERC1271Verifier");
        address wallet = deploy("contracts/mocks/signers/TwoFacedContract.sol:TwoFacedContract");
        _signs(_verifiers(verifier, abi.encodePacked(wallet)));
        _cosigns(_eoa(COSIGNER_SECRET));
        _grant();
    }

    function test_aboveTheThreshold() public {
        _fails(_draft(_transfer(THRESHOLD + 1)), _pair("", ""), "alone");
    }

    function test_belowTheThreshold() public {
        _fails(_draft(_transfer(THRESHOLD)), _pair("", "?"), "not needed");
    }

    function test_byBoth() public {
        Draft memory draft = _draft(_transfer(THRESHOLD + 1));
        bytes memory signatures = _pair("", _cosign(COSIGNER_SECRET, _cosignDigest(draft)));
        _fails(draft, signatures, "first answer");
        // From now on it says yes to this one.
        _passes(draft, signatures);
    }
}
