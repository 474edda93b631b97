import { type Hex, bytesToHex, concat, hexToBytes, sha256, size, slice, stringToHex, toHex } from 'viem'
import { type PasskeyRule, PasskeyRefusedError } from '../errors/signers.ts'
import { type P256Signature, STUB_P256_SIGNATURE, encodeP256Signature, toLowS } from './p256.ts'

const FLAGS = { userPresent: 0x01, userVerified: 0x04, backupEligible: 0x08, backedUp: 0x10, attested: 0x40, extensions: 0x80 } as const
/** rpIdHash 32 · flags 1 · signCount 4. */
const PLAIN_LENGTH = 37
const SAME_ORIGIN = ',"crossOrigin":false'
const TYPE = 'webauthn.get'

/** Where a passkey may sign, and what it has to do for it. */
export type PasskeyRules = {
  /** Relying party: the domain that the passkey was made for, such as `example.com`. */
  readonly rpId: string
  /** Of the page that asks the passkey, such as `https://app.example.com`. */
  readonly origin: string
  /** `required`: by PIN or biometrics, each time. `preferred`: presence is enough. */
  readonly userVerification: 'required' | 'preferred'
}

/** What a browser answers to `navigator.credentials.get`. */
export type PasskeyAssertion = {
  readonly authenticatorData: Hex
  readonly clientDataJSON: string
  readonly signature: P256Signature
}

/** Client data up to the end of the origin, as browsers write it (WebAuthn, 5.8.1.1). */
function clientDataHead(challenge: Hex, origin: string): string {
  return `{"type":"${TYPE}","challenge":"${base64Url(challenge)}","origin":"${origin}"`
}

/**
 * The signature that the verifiers of passkeys take: `r · s · tailLength (2) · tail · rest`, docs/SIGNERS.md.
 *
 * @throws PasskeyRefusedError with the first rule that is broken
 */
export function encodePasskeyAssertion(challenge: Hex, rules: PasskeyRules, assertion: PasskeyAssertion): Hex {
  const tail = checkAuthenticatorData(assertion.authenticatorData, rules)
  const rest = checkClientData(assertion.clientDataJSON, challenge, rules.origin)
  return concat([encodeP256Signature(toLowS(assertion.signature)), toHex(size(tail), { size: 2 }), tail, stringToHex(rest)])
}

function checkAuthenticatorData(data: Hex, { rpId, userVerification }: PasskeyRules): Hex {
  if (size(data) < PLAIN_LENGTH) refuse('authenticatorData', `${size(data)} bytes`, `at least ${PLAIN_LENGTH}`)
  const rpIdHash = slice(data, 0, 32)
  const expected = sha256(stringToHex(rpId))
  if (rpIdHash !== expected) refuse('rpId', rpIdHash, `${expected} of "${rpId}"`)
  const flags = Number(slice(data, 32, 33))
  const has = (flag: keyof typeof FLAGS): boolean => (flags & FLAGS[flag]) !== 0
  if (!has('userPresent')) refuse('userPresence', 'nobody', 'a person who was there')
  if (userVerification === 'required' && !has('userVerified')) refuse('userVerification', 'a person who was there', 'one who was verified')
  if (has('backedUp') && !has('backupEligible')) refuse('backup', 'a key that is backed up', 'one that may be')
  if (has('attested') || size(data) > PLAIN_LENGTH !== has('extensions')) {
    refuse('authenticatorData', `flags 0x${flags.toString(16)} with ${size(data)} bytes`, 'what its flags announce')
  }
  return slice(data, 32)
}

function checkClientData(json: string, challenge: Hex, origin: string): string {
  const head = clientDataHead(challenge, origin)
  if (!json.startsWith(head)) explainClientData(json, challenge, origin)
  const rest = json.slice(head.length)
  if (rest === '}' || rest === `${SAME_ORIGIN}}`) return rest
  if (rest.startsWith(`${SAME_ORIGIN},`) && rest.endsWith('}')) return rest
  return refuse(rest.startsWith(',"crossOrigin":true') ? 'crossOrigin' : 'clientData', rest, SAME_ORIGIN)
}

/** Says which of the fields in front is another one. */
function explainClientData(json: string, challenge: Hex, origin: string): never {
  let fields: { readonly type?: unknown; readonly challenge?: unknown; readonly origin?: unknown }
  try {
    fields = JSON.parse(json) as typeof fields
  } catch {
    return refuse('clientData', json, 'JSON')
  }
  if (fields.type !== TYPE) refuse('type', String(fields.type), TYPE)
  if (fields.challenge !== base64Url(challenge)) refuse('challenge', String(fields.challenge), base64Url(challenge))
  if (fields.origin !== origin) refuse('origin', String(fields.origin), origin)
  return refuse('clientData', json, 'type, challenge and origin first, in this order')
}

function refuse(rule: PasskeyRule, actual: string, expected: string): never {
  throw new PasskeyRefusedError(rule, actual, expected)
}

function base64Url(bytes: Hex): string {
  return btoa(String.fromCharCode(...hexToBytes(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** As long as most answers are, right in form, and that of nobody. */
export function stubPasskeySignature(): Hex {
  const rest = `${SAME_ORIGIN},"other_keys_can_be_added_here":"do not compare clientDataJSON against a template. See https://goo.gl/yabPex"}`
  const tail = bytesToHex(new Uint8Array([FLAGS.userPresent | FLAGS.userVerified, 0, 0, 0, 0]))
  return concat([STUB_P256_SIGNATURE, toHex(size(tail), { size: 2 }), tail, stringToHex(rest)])
}
