import { type Hex, concat, isAddressEqual } from 'viem'
import { STUB_COSIGNATURE } from '../operation/cosignature.ts'
import { type KeySigner, verifierOf } from './keySigner.ts'
import { STUB_P256_SIGNATURE } from './p256.ts'
import { stubPasskeySignature } from './passkeyAssertion.ts'
import { VERIFIERS } from './verifiers.ts'

/** For signatures of which nothing is known, such as a multisig's: bytes that no verifier takes. */
const UNKNOWN: Hex = `0x${'ff'.repeat(512)}`
const NO_DIGEST: Hex = '0xffffffff'

/** As long as a signature of `signer` may be, as far as its verifier tells. */
function stubOf(signer: Hex): Hex {
  const verifier = verifierOf(signer)
  const isOneOf = (list: Record<string, Hex>): boolean => verifier !== undefined && Object.values(list).some((it) => isAddressEqual(it, verifier))
  if (isOneOf(VERIFIERS.p256)) return STUB_P256_SIGNATURE
  return isOneOf(VERIFIERS.webAuthn) ? stubPasskeySignature() : UNKNOWN
}

/**
 * Stands for a co-signature while gas is estimated.
 *
 * @param signer the policy's co-signer
 * @param known the same as a key that knows how long its signatures are
 */
export function stubCosignatureOf(signer: Hex, known?: Pick<KeySigner, 'stubSignature'>): Hex {
  if (!verifierOf(signer)) return STUB_COSIGNATURE
  return concat([NO_DIGEST, known?.stubSignature ?? stubOf(signer)])
}
