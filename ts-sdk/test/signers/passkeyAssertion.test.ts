import { createHash, createPublicKey, createVerify } from 'node:crypto'
import { type Hex, hexToBytes, slice, size } from 'viem'
import { describe, expect, it } from 'vitest'
import { type PasskeyAssertion, type PasskeyRules, encodePasskeyAssertion, toLowS } from '../../src/signers/index.ts'
import { PasskeyRefusedError, type PasskeyRule } from '../../src/errors/index.ts'
import { type Recorded, parseDer, passkeyRecord } from './passkeyRecord.ts'

const record = passkeyRecord()
const rules: PasskeyRules = { rpId: record.rpId, origin: record.origin, userVerification: 'required' }
const embedded: PasskeyRules = { rpId: 'inner.localhost', origin: 'http://inner.localhost:18931', userVerification: 'preferred' }

const assertionOf = ({ authenticatorData, clientDataJSON, signature }: Recorded): PasskeyAssertion => ({
  authenticatorData,
  clientDataJSON,
  signature: parseDer(signature),
})

function ruleBroken(by: PasskeyRules, assertion: PasskeyAssertion, challenge: Hex = record.challenge): PasskeyRule | undefined {
  try {
    encodePasskeyAssertion(challenge, by, assertion)
    return undefined
  } catch (error) {
    if (error instanceof PasskeyRefusedError) return error.rule
    throw error
  }
}

/** With other flags in the authenticator data, and other bytes behind them. */
const withFlags = (flags: number, more: Hex = '0x'): PasskeyAssertion => {
  const { authenticatorData, ...others } = assertionOf(record.verified)
  const head = slice(authenticatorData, 0, 32)
  return { ...others, authenticatorData: `${head}${flags.toString(16).padStart(2, '0')}00000007${more.slice(2)}` }
}

const withClientData = (change: (json: string) => string): PasskeyAssertion => {
  const assertion = assertionOf(record.verified)
  return { ...assertion, clientDataJSON: change(assertion.clientDataJSON) }
}

describe('what a browser recorded', () => {
  it('was signed as WebAuthn says, by the key of the record', () => {
    const key = createPublicKey({ key: Buffer.from(hexToBytes(record.created.publicKey)), format: 'der', type: 'spki' })
    for (const { authenticatorData, clientDataJSON, signature } of [record.verified, record.unverified]) {
      const clientDataHash = createHash('sha256').update(clientDataJSON).digest()
      const verify = createVerify('sha256').update(hexToBytes(authenticatorData)).update(clientDataHash)
      expect(verify.verify(key, hexToBytes(signature))).toBe(true)
    }
  })

  it('is taken by the rules it was recorded under', () => {
    const signature = encodePasskeyAssertion(record.challenge, rules, assertionOf(record.verified))
    // r, s, the tail's length, flags and counter, and what stands behind the origin.
    expect(size(signature)).toBe(64 + 2 + 5 + ',"crossOrigin":false}'.length)
    expect(ruleBroken({ ...rules, userVerification: 'preferred' }, assertionOf(record.unverified))).toBeUndefined()
  })

  it('is refused where the user had to be verified and was not', () => {
    expect(ruleBroken(rules, assertionOf(record.unverified))).toBe('userVerification')
  })

  it("is refused where the page stood in another origin's", () => {
    expect(ruleBroken(embedded, assertionOf(record.embedded))).toBe('crossOrigin')
  })

  it('is refused as an assertion where it is a creation', () => {
    expect(ruleBroken(rules, { ...assertionOf(record.verified), clientDataJSON: record.created.clientDataJSON })).toBe('type')
  })

  it('holds a signature with s in the upper half, which is turned over', () => {
    const { s } = parseDer(record.embedded.signature)
    const low = toLowS({ r: 1n, s }).s
    expect(low).toBeLessThan(s)
    expect(toLowS({ r: 1n, s: low }).s).toBe(low)
  })
})

describe('rules', () => {
  it.each<[string, PasskeyRule, PasskeyAssertion]>([
    ['nobody was there', 'userPresence', withFlags(0x04)],
    ['backed up without being eligible', 'backup', withFlags(0x15)],
    ['an attested credential', 'authenticatorData', withFlags(0x45)],
    ['extensions that are announced and not there', 'authenticatorData', withFlags(0x85)],
    ['extensions that are there and not announced', 'authenticatorData', withFlags(0x05, '0xa0')],
    ['no JSON', 'clientData', withClientData(() => 'x')],
    ['another order', 'clientData', withClientData((json) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(json) as object).reverse())))],
    ['white space', 'clientData', withClientData((json) => json.replace(':', ': '))],
    ['something else behind the origin', 'clientData', withClientData((json) => json.replace('"crossOrigin"', '"x"'))],
    ['an end that is cut off', 'clientData', withClientData((json) => json.slice(0, -1))],
    ['another origin', 'origin', withClientData((json) => json.replace('18931', '18932'))],
  ])('refuse %s', (_, rule, assertion) => {
    expect(ruleBroken(rules, assertion)).toBe(rule)
  })

  it('take extensions that are announced, and fields that browsers may add', () => {
    expect(ruleBroken(rules, withFlags(0x85, '0xa0'))).toBeUndefined()
    expect(ruleBroken(rules, withClientData((json) => json.replace('}', ',"other_keys_can_be_added_here":1}')))).toBeUndefined()
    expect(ruleBroken(rules, withClientData((json) => json.replace(',"crossOrigin":false', '')))).toBeUndefined()
  })

  it('refuse another challenge, relying party, and cut authenticator data', () => {
    const assertion = assertionOf(record.verified)
    expect(ruleBroken(rules, assertion, `0x${'11'.repeat(32)}`)).toBe('challenge')
    expect(ruleBroken({ ...rules, rpId: 'example.com' }, assertion)).toBe('rpId')
    expect(ruleBroken(rules, { ...assertion, authenticatorData: slice(assertion.authenticatorData, 0, 36) })).toBe('authenticatorData')
  })
})
