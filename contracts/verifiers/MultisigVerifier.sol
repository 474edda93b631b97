// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Signers} from "../policy/Signers.sol";
import {Verifier} from "./Verifier.sol";

/// @title Several keys, of which a number has to sign
/// @notice `key = keccak256(members)`; `members = threshold (1, not 0) · member*`; `member = length (2) · signer`.
/// A signer is an EOA's address (20), checked by ecrecover alone, or `verifier (20) · key`; members stand in strictly
/// ascending order of their keccak256, so that none is there twice.
/// `signature = membersLength (2) · members · part*`; `part = index (1) · length (2) · signature`: exactly `threshold`
/// parts, in strictly ascending order of the index.
/// @dev Keeps no storage. It is as clean under ERC-7562 as the verifiers of its members. At most 256 members can sign.
contract MultisigVerifier is Verifier {
    uint256 private constant KEY_LENGTH = 32;
    uint256 private constant EOA_LENGTH = 20;

    /// @inheritdoc Verifier
    function _isSigned(bytes calldata key, bytes32 hash, bytes calldata signature) internal view override returns (bool) {
        if (key.length != KEY_LENGTH || signature.length < 2) return false;
        uint256 partsOffset = 2 + uint16(bytes2(signature));
        if (signature.length < partsOffset) return false;
        bytes calldata members = signature[2:partsOffset];
        if (members.length == 0 || keccak256(members) != bytes32(key)) return false;
        return _haveSigned(uint8(members[0]), members[1:], hash, signature[partsOffset:]);
    }

    /// @dev Whether `parts` are the signatures of `missing` different members, and nothing else. Goes on after a signature
    /// that does not hold, so that a stub costs as much gas as what it stands for.
    function _haveSigned(uint256 missing, bytes calldata members, bytes32 hash, bytes calldata parts)
        private
        view
        returns (bool valid)
    {
        valid = missing != 0;
        bytes32 previous;
        for (uint256 index; members.length != 0; ++index) {
            bytes calldata signer;
            (signer, members) = _split(members);
            bytes32 id = keccak256(signer);
            // A list that is cut off ends in an empty signer.
            if (signer.length < EOA_LENGTH || id <= previous) return false;
            previous = id;
            if (missing != 0 && parts.length != 0 && uint8(parts[0]) == index) {
                bytes calldata part;
                (part, parts) = _split(parts[1:]);
                if (!_hasSigned(signer, hash, part)) valid = false;
                --missing;
            }
        }
        if (missing != 0 || parts.length != 0) valid = false;
    }

    /// @dev `length (2) · bytes`, and what stands behind. Of less than that nothing is left but one impossible byte list.
    function _split(bytes calldata data) private pure returns (bytes calldata first, bytes calldata rest) {
        uint256 end = data.length < 2 ? type(uint256).max : 2 + uint16(bytes2(data));
        if (end > data.length) return (data[:0], data[:0]);
        return (data[2:end], data[end:]);
    }

    function _hasSigned(bytes calldata signer, bytes32 hash, bytes calldata part) private view returns (bool) {
        if (signer.length != EOA_LENGTH) return SignatureChecker.isValidSignatureNow(signer, hash, part);
        address eoa = address(bytes20(signer));
        return eoa != address(0) && Signers.isEoas(eoa, hash, part);
    }
}
