import { type Hex, concat, size, slice, toHex } from 'viem'
import { decodeHeader } from '../policy/header.ts'
import { isEoa } from '../policy/signer.ts'
import { decodeEvidence } from './evidence.ts'
import { splitCarried } from './signedGrant.ts'

const LENGTH_BYTES = 2
/** kind 1 · address 20. */
const EOA_LENGTH = 21

/**
 * Whether the first of two signatures says how long it is: under a policy with a co-signer where a verifier checks either.
 *
 * @throws MalformedBytesError
 */
export function saysLength(evidence: Hex): boolean {
  const { signer, header } = decodeEvidence(splitCarried(evidence).evidence)
  const { coSigner } = decodeHeader(header)
  return coSigner !== undefined && (size(signer) !== EOA_LENGTH || !isEoa(coSigner.signer))
}

/**
 * What stands behind the evidence: `first · cosignature`, with the length of `first` before it where {@link saysLength}.
 *
 * @param first the key's signature; in the direct lane the authorization, which may be empty
 * @throws MalformedBytesError
 */
export function joinSignatures(evidence: Hex, first: Hex, cosignature: Hex = '0x'): Hex {
  const parts = [first, cosignature]
  if (parts.every((it) => size(it) === 0)) return '0x'
  return saysLength(evidence) ? concat([toHex(size(first), { size: LENGTH_BYTES }), ...parts]) : concat(parts)
}

/** The co-signature within what {@link joinSignatures} made with a length; empty where there is none. */
export function cosignatureWithin(signatures: Hex): Hex {
  if (size(signatures) < LENGTH_BYTES) return '0x'
  const end = LENGTH_BYTES + Number(slice(signatures, 0, LENGTH_BYTES))
  return end < size(signatures) ? slice(signatures, end) : '0x'
}
