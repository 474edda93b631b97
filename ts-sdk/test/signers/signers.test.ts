import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { type Hex, concat, hexToBytes, keccak256, size, slice, stringToHex, toHex } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { type WebAuthnAccount, toWebAuthnAccount } from 'viem/account-abstraction'
import { describe, expect, it } from 'vitest'
import { planContracts } from '../../../deploy/src/plan.ts'
import { VERIFIER_CONTRACTS } from '../../../deploy/contracts.ts'
import { ContractSignerInBundlerLaneError, HighSError, InvalidSignerError, PasskeyRefusedError } from '../../src/errors/index.ts'
import {
  VERIFIERS,
  encodeP256Signature,
  requireBundlerLane,
  toContractSigner,
  toEoaSigner,
  toMultisigSigner,
  toP256Signer,
  toWebAuthnSigner,
} from '../../src/signers/index.ts'
import { passkeyRecord, pointOf } from './passkeyRecord.ts'

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const HASH = keccak256(stringToHex('what is signed'))
const POINT: Hex = `0x${'11'.repeat(32)}${'22'.repeat(32)}`
const record = passkeyRecord()

const eoa = () => toEoaSigner(privateKeyToAccount(generatePrivateKey()))

/** viem's account, over what the browser recorded. */
function recordedAccount(): WebAuthnAccount {
  const bytes = (entry: Hex): ArrayBuffer => hexToBytes(entry).slice().buffer as ArrayBuffer
  const { authenticatorData, clientDataJSON, signature } = record.verified
  const response = {
    authenticatorData: bytes(authenticatorData),
    clientDataJSON: new TextEncoder().encode(clientDataJSON).buffer,
    signature: bytes(signature),
  }
  return toWebAuthnAccount({
    credential: { id: 'recorded', publicKey: pointOf(record.created) },
    getFn: (async () => ({ type: 'public-key', id: 'recorded', response })) as never,
    rpId: record.rpId,
  })
}

it('the verifiers stand where they are deployed to', async () => {
  const addresses = Object.fromEntries((await planContracts(VERIFIER_CONTRACTS)).map(({ name, address }) => [name, address]))
  expect(addresses).toEqual({
    P256PrecompileVerifier: VERIFIERS.p256.precompile,
    P256SolidityVerifier: VERIFIERS.p256.solidity,
    WebAuthnPrecompileVerifier: VERIFIERS.webAuthn.precompile,
    WebAuthnSolidityVerifier: VERIFIERS.webAuthn.solidity,
    MultisigVerifier: VERIFIERS.multisig,
    ERC1271Verifier: VERIFIERS.erc1271,
  })
})

describe('a P-256 signer', () => {
  it('is another one with the precompile than without', () => {
    const make = (p256: 'precompile' | 'solidity') => toP256Signer({ publicKey: POINT, sign: async () => POINT, p256 })
    expect(make('precompile').signer).toBe(concat([VERIFIERS.p256.precompile, POINT]))
    expect(make('solidity').signer).toBe(concat([VERIFIERS.p256.solidity, POINT]))
    expect([make('precompile').needsPrecompile, make('solidity').needsPrecompile]).toEqual([true, false])
  })

  it('turns s over where it lies in the upper half, up to the exact half', async () => {
    const signed = async (s: bigint) => {
      const signer = toP256Signer({ publicKey: concat(['0x04', POINT]), sign: async () => ({ r: 5n, s }), p256: 'solidity' })
      return BigInt(slice(await signer.sign({ hash: HASH }), 32, 64))
    }
    expect(await signed(ORDER / 2n)).toBe(ORDER / 2n)
    expect(await signed(ORDER / 2n + 1n)).toBe(ORDER / 2n)
    expect(await signed(ORDER - 1n)).toBe(1n)
  })

  it('takes what node:crypto signs, with and without the bytes behind r and s', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const raw = toHex(sign('sha256', hexToBytes(HASH), { key: privateKey, dsaEncoding: 'ieee-p1363' }))
    const signer = toP256Signer({ publicKey: POINT, sign: async () => concat([raw, '0x1b']), p256: 'solidity' })
    expect(size(await signer.sign({ hash: HASH }))).toBe(64)
  })

  it('refuses keys that are no points by their length, and encodes no high s', () => {
    expect(() => toP256Signer({ publicKey: '0x02', sign: async () => POINT, p256: 'solidity' })).toThrow(InvalidSignerError)
    expect(() => encodeP256Signature({ r: 1n, s: ORDER / 2n + 1n })).toThrow(HighSError)
  })
})

describe('a passkey', () => {
  const rules = { rpId: record.rpId, origin: record.origin, userVerification: 'required', p256: 'solidity' } as const

  it("signs by viem's account, and its key names relying party, rule and origin", async () => {
    const signer = toWebAuthnSigner({ account: recordedAccount(), ...rules })
    const rpIdHash = toHex(createHash('sha256').update(record.rpId).digest())
    expect(signer.signer).toBe(concat([VERIFIERS.webAuthn.solidity, pointOf(record.created), rpIdHash, '0x01', stringToHex(record.origin)]))
    const signature = await signer.sign({ hash: record.challenge })
    expect(size(signature)).toBeLessThanOrEqual(size(signer.stubSignature))
    await expect(signer.sign({ hash: keccak256('0x') })).rejects.toThrow(PasskeyRefusedError)
  })

  it.each([
    ['origin', 'https://example.com/', 'example.com'],
    ['origin', 'https://example.com"', 'example.com'],
    ['origin', 'example.com', 'example.com'],
    ['rpId', 'https://example.com', 'ample.com'],
    ['rpId', 'https://example.com', 'app.example.com'],
    ['rpId', 'https://example.com', ''],
  ])('refuses a wrong %s: %s for %s', (field, origin, rpId) => {
    expect(() => toWebAuthnSigner({ account: recordedAccount(), ...rules, origin, rpId })).toThrow(`\`${field}\``)
  })

  it('may be of a page below the relying party', () => {
    const signer = toWebAuthnSigner({ account: recordedAccount(), ...rules, origin: 'https://app.example.com', rpId: 'example.com' })
    expect(signer.type).toBe('webAuthn')
  })
})

describe('a multisig', () => {
  it('is the same key in whatever order its members are given, and whoever of them signs', () => {
    const [a, b, c] = [eoa(), eoa(), toP256Signer({ publicKey: POINT, sign: async () => POINT, p256: 'solidity' })]
    const one = toMultisigSigner({ members: [a, b, c], threshold: 2 })
    expect(toMultisigSigner({ members: [c, b.signer, a], threshold: 2 }).signer).toBe(one.signer)
    expect(toMultisigSigner({ members: [a, b, c], threshold: 1 }).signer).not.toBe(one.signer)
  })

  it('has its stub as long as its signature', async () => {
    const signer = toMultisigSigner({ members: [eoa(), eoa(), eoa()], threshold: 2 })
    expect(size(await signer.sign({ hash: HASH }))).toBe(size(signer.stubSignature))
  })

  it('needs what its members need', () => {
    const p256 = toP256Signer({ publicKey: POINT, sign: async () => POINT, p256: 'precompile' })
    const contract = toContractSigner({ address: `0x${'33'.repeat(20)}`, sign: async () => '0x' })
    const members = [eoa(), p256.signer, contract.signer]
    const signer = toMultisigSigner({ members, threshold: 1 })
    expect(signer.needsPrecompile).toBe(true)
    expect(signer.contracts.map((entry) => entry.toLowerCase())).toEqual([`0x${'33'.repeat(20)}`])
    expect(signer.verifiers.map((entry) => entry.toLowerCase()).sort()).toEqual(
      [VERIFIERS.multisig, VERIFIERS.p256.precompile, VERIFIERS.erc1271].map((entry) => entry.toLowerCase()).sort(),
    )
  })

  it('refuses members twice, thresholds out of range, and too few that sign', () => {
    const [a, b] = [eoa(), eoa()]
    expect(() => toMultisigSigner({ members: [a, a], threshold: 1 })).toThrow(InvalidSignerError)
    expect(() => toMultisigSigner({ members: [a, a.signer.toLowerCase() as Hex], threshold: 1 })).toThrow(InvalidSignerError)
    for (const threshold of [0, 3, 1.5]) expect(() => toMultisigSigner({ members: [a, b], threshold })).toThrow(InvalidSignerError)
    expect(() => toMultisigSigner({ members: [a, b.signer], threshold: 2 })).toThrow(InvalidSignerError)
    expect(() => toMultisigSigner({ members: [a, '0x1234'], threshold: 1 })).toThrow(InvalidSignerError)
  })
})

describe('a contract', () => {
  it('is named where bundlers validate, alone and as a member', () => {
    const address = `0x${'33'.repeat(20)}` as const
    const contract = toContractSigner({ address, sign: async () => '0x' })
    for (const signer of [contract, toMultisigSigner({ members: [eoa(), contract], threshold: 1 })]) {
      expect(() => requireBundlerLane(signer)).toThrow(ContractSignerInBundlerLaneError)
      expect(() => requireBundlerLane(signer)).toThrow(address)
    }
    expect(() => requireBundlerLane(eoa())).not.toThrow()
  })
})
