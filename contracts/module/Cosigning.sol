// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CalldataWord} from "../libraries/CalldataWord.sol";
import {CosignSection} from "../policy/CosignSection.sol";
import {Signer} from "../policy/Signer.sol";
import {Signers} from "../policy/Signers.sol";
import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {Operation} from "./Operation.sol";

/// @title Co-signing above a threshold
/// @notice Below every threshold the key acts alone. What an operation charges on one meter, over its whole batch and with
/// its gas, may pass that meter's threshold only if the co-signer has signed the same content, as a type of its own.
/// @dev `cosignature = digestHead (4) · signature`. The head is the first four bytes of the digest that was signed: a
/// signature over another content recovers to some address, and only the head tells that from another key's.
abstract contract Cosigning is ISessionKeyErrors {
    using CalldataWord for bytes;
    using CosignSection for bytes;

    uint256 private constant DIGEST_HEAD = 4;
    uint256 private constant LENGTH_HEAD = 2;
    /// @dev The key's signature, in front of the co-signer's, where both are EOAs'.
    uint256 internal constant KEY_SIGNATURE_LENGTH = 65;

    /// @dev Step 9: which threshold the charges pass, given that there is a co-signer.
    /// @return passed where in the header; 0 if the key may act alone.
    /// @return start of the thresholds.
    function _findPassed(Operation memory operation, bytes calldata header)
        internal
        pure
        returns (uint256 passed, uint256 start)
    {
        uint256 end;
        (start, end) = header.thresholds();
        // Unchecked: steps over at most 255 entries.
        unchecked {
            for (passed = start; passed < end; passed += CosignSection.THRESHOLD_LENGTH) {
                (uint256 meterIndex, uint256 amount) = header.threshold(passed);
                if (_total(operation, meterIndex) > amount) return (passed, start);
            }
        }
        return (0, start);
    }

    /// @dev The same of any policy.
    function _passedThreshold(Operation memory operation, bytes calldata header) internal pure returns (uint256 passed) {
        if (header.isPresent()) (passed,) = _findPassed(operation, header);
    }

    /// @dev What the operation charges on a meter, or on native in wei.
    function _total(Operation memory operation, uint256 meterIndex) private pure returns (uint256) {
        if (meterIndex == 0) return operation.firstMeter;
        return meterIndex == CosignSection.NATIVE ? operation.native : operation.meters[meterIndex];
    }

    /// @dev Whether `cosignature` is over `digest` by the co-signer, whose thresholds start at `start` of the header.
    function _isCosigned(bytes calldata header, uint256 start, bytes32 digest, bytes calldata cosignature)
        internal
        view
        returns (bool valid)
    {
        if ((cosignature.word(0) ^ uint256(digest)) >> 224 == 0) {
            valid = Signers.isValid(header.parsedCosigner(start), digest, _behind(cosignature, DIGEST_HEAD));
        }
    }

    /// @dev The same of a co-signer that is known to be an EOA.
    function _isCosignedByEoa(address cosigner, bytes32 digest, bytes calldata cosignature)
        internal
        view
        returns (bool valid)
    {
        if ((cosignature.word(0) ^ uint256(digest)) >> 224 == 0) {
            valid = Signers.isEoas(cosigner, digest, _behind(cosignature, DIGEST_HEAD));
        }
    }

    function _cosigner(bytes calldata header) private pure returns (Signer) {
        (uint256 start,) = header.thresholds();
        return header.parsedCosigner(start);
    }

    /// @dev Whether the first signature of two says how long it is: where a verifier checks either, nothing else tells.
    /// @param start of the thresholds.
    function _saysLength(Operation memory operation, bytes calldata header, uint256 start) internal pure returns (bool) {
        // At once, as a branch costs more than what it spares.
        return (Signer.unwrap(operation.signer) >> 160) | (header.cosignerLength(start) ^ Signers.EOA_LENGTH) != 0;
    }

    /// @dev `length (2) · first · second`; where `first` is cut off, there is no second.
    function _split(bytes calldata signatures) internal pure returns (bytes calldata first, bytes calldata second) {
        // Unchecked: a 16-bit length, and what is subtracted from was compared first.
        unchecked {
            uint256 length = signatures.word(0) >> 240;
            uint256 end = LENGTH_HEAD + length;
            if (end > signatures.length) return (signatures.slice(0, 0), signatures.slice(0, 0));
            return (signatures.slice(LENGTH_HEAD, length), signatures.slice(end, signatures.length - end));
        }
    }

    /// @dev Says what is wrong with a co-signature, given that something is.
    /// @param passed as {_passedThreshold} tells it.
    function _revertCosignature(
        Operation memory operation,
        bytes calldata header,
        uint256 passed,
        bytes32 digest,
        bytes calldata cosignature
    ) internal view {
        uint256 length = cosignature.length;
        if (passed == 0) revert CosignatureNotNeeded(length);
        if (length == 0) {
            (uint256 meterIndex, uint256 amount) = header.threshold(passed);
            revert CosignatureMissing(meterIndex, amount, _total(operation, meterIndex));
        }
        Signer cosigner = _cosigner(header);
        address recovered;
        if (cosigner.isEoa()) {
            recovered = Signers.recover(digest, _behind(cosignature, DIGEST_HEAD));
            if (recovered == address(0)) revert CosignatureMalformed(length);
        } else if (length <= DIGEST_HEAD) {
            revert CosignatureMalformed(length);
        }
        bytes4 head = bytes4(bytes32(cosignature.word(0)));
        if (head != bytes4(digest)) revert CosignatureOverOtherContent(bytes4(digest), head);
        revert CosignatureByAnotherKey(cosigner.addr(), recovered);
    }

    /// @dev What stands behind the first `length` bytes: of a length that no signature has where there are not as many.
    function _behind(bytes calldata data, uint256 length) internal pure returns (bytes calldata) {
        // Unchecked: wraps to a length near 2^256, which is refused before anything is read.
        unchecked {
            return data.slice(length, data.length - length);
        }
    }
}
