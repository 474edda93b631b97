import { type Hex, concat, sha256, stringToHex } from 'viem'
import type { WebAuthnAccount } from 'viem/account-abstraction'
import { InvalidSignerError } from '../errors/signers.ts'
import type { KeySigner } from './keySigner.ts'
import { encodeP256PublicKey, parseP256Signature } from './p256.ts'
import { type PasskeyRules, encodePasskeyAssertion, stubPasskeySignature } from './passkeyAssertion.ts'
import { type P256Support, VERIFIERS } from './verifiers.ts'

const RULE = { required: '0x01', preferred: '0x00' } as const

/**
 * A passkey, as viem's `toWebAuthnAccount` makes it. Relying party, origin and whether the user is verified are part of the
 * key, so that a page elsewhere that is let near the passkey cannot sign.
 *
 * @throws InvalidSignerError
 */
export function toWebAuthnSigner(
  parameters: PasskeyRules & {
    readonly account: Pick<WebAuthnAccount, 'publicKey' | 'sign'>
    readonly p256: P256Support
  },
): KeySigner {
  const { account, rpId, origin, userVerification, p256 } = parameters
  checkRules(parameters)
  const verifier = VERIFIERS.webAuthn[p256]
  const key: readonly Hex[] = [
    encodeP256PublicKey(account.publicKey),
    sha256(stringToHex(rpId)),
    RULE[userVerification],
    stringToHex(origin),
  ]
  return {
    type: 'webAuthn',
    signer: concat([verifier, ...key]),
    verifiers: [verifier],
    needsPrecompile: p256 === 'precompile',
    contracts: [],
    stubSignature: stubPasskeySignature(),
    async sign({ hash }) {
      const { signature, webauthn } = await account.sign({ hash })
      return encodePasskeyAssertion(hash, parameters, {
        authenticatorData: webauthn.authenticatorData,
        clientDataJSON: webauthn.clientDataJSON,
        signature: parseP256Signature(signature),
      })
    },
  }
}

function checkRules({ rpId, origin }: PasskeyRules): void {
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  // An origin has no path, and nothing in it that JSON would write otherwise.
  if (url?.origin !== origin || JSON.stringify(origin) !== `"${origin}"`) throw new InvalidSignerError('origin', origin, 'an origin, such as https://app.example.com')
  const isOf = url.hostname === rpId || url.hostname.endsWith(`.${rpId}`)
  if (rpId === '' || !isOf) throw new InvalidSignerError('rpId', rpId, `the domain of ${origin}, or one above it`)
}
