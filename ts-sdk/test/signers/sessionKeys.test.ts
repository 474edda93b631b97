import { type Hex, concat, getAddress, hashTypedData, keccak256, pad, size, toHex } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { describe, expect, test } from 'vitest'
import {
  InvalidSignerError,
  VERIFIERS,
  buildEvidence,
  definePolicy,
  encodePolicy,
  encodeRedemptionContext,
  encodeSigner,
  joinSignatures,
  keyIdOf,
  sessionRedemptionTypedData,
  toContractSigner,
  toP256Signer,
} from '../../src/index.ts'
import { decodeCoSigner, encodeCoSigner } from '../../src/policy/coSigner.ts'
import { isSameSigner } from '../../src/policy/signer.ts'
import { USDC, input } from '../fixtures.ts'
import { supportFor } from '../../src/signers/support.ts'
import { toSessionSigner } from '../../src/signers/sessionSigner.ts'

const EOA = getAddress(pad('0xa1', { size: 20 }))
const OTHER = getAddress(pad('0xa2', { size: 20 }))
const TOKEN = USDC
const signed: Hex[] = []
const p256 = toP256Signer({
  publicKey: `0x${'17'.repeat(64)}`,
  p256: 'precompile',
  sign: async ({ hash }) => {
    signed.push(hash)
    return { r: 1n, s: 2n }
  },
})
const P256 = concat([VERIFIERS.p256.precompile, `0x${'17'.repeat(64)}`]).toLowerCase() as Hex

describe('the bytes that name a signer', () => {
  test('an EOA is kind 1 and its address', () => {
    expect(encodeSigner(EOA)).toBe(concat(['0x01', EOA]).toLowerCase())
    expect(keyIdOf(EOA)).toBe(keccak256(encodeSigner(EOA)))
  })

  test('any other key is kind 2, its verifier and what the verifier knows it by', () => {
    expect(encodeSigner(p256)).toBe(concat(['0x02', P256]))
    expect(encodeSigner(p256.signer)).toBe(encodeSigner(p256))
    expect(keyIdOf(p256)).toBe(keyIdOf(P256))
  })

  test.each([
    [19, false],
    [20, true],
    [21, true],
    [254, true],
    [255, false],
  ])('%i bytes: %s', (length, right) => {
    const encode = () => encodeSigner(`0x${'ab'.repeat(length)}`)
    if (right) expect(size(encode())).toBe(1 + length)
    else expect(encode).toThrow(InvalidSignerError)
  })

  test('are one whatever the case of their letters', () => {
    expect(isSameSigner(EOA, EOA.toLowerCase() as Hex)).toBe(true)
    expect(isSameSigner(p256, P256)).toBe(true)
    expect(isSameSigner(p256, EOA)).toBe(false)
  })

  test('tell what the chain must have', () => {
    expect(supportFor(EOA)).toEqual({ verifiers: [], needsPrecompile: false, contracts: [] })
    expect(supportFor(P256)).toMatchObject({ needsPrecompile: true, contracts: [] })
    const contract = toContractSigner({ address: EOA, sign: async () => '0x' })
    expect(supportFor(contract.signer)).toEqual({ verifiers: contract.verifiers, needsPrecompile: false, contracts: [EOA] })
  })
})

const policyWith = (coSigner: Hex | typeof p256 | undefined) =>
  definePolicy({
    ...input,
    ...(coSigner && { coSigner: { signer: coSigner, thresholds: [{ token: TOKEN, above: 10n }] } }),
  })

const evidenceOf = (key: Hex | typeof p256, coSigner?: Hex | typeof p256): Hex => {
  const policy = policyWith(coSigner)
  const { header, proofs } = encodePolicy(policy)
  return buildEvidence({ key, header, list: policy.permissions.list, proofs }, OTHER, [])
}

describe('what stands behind the evidence', () => {
  const [first, second] = [`0x${'11'.repeat(65)}`, `0x${'22'.repeat(69)}`] as const

  test('is the signature alone without a co-signer, whatever the key', () => {
    for (const key of [EOA, p256]) expect(joinSignatures(evidenceOf(key), first)).toBe(first)
  })

  test('is one signature after the other where two EOAs sign', () => {
    expect(joinSignatures(evidenceOf(EOA, OTHER), first, second)).toBe(concat([first, second]))
    expect(joinSignatures(evidenceOf(EOA, OTHER), first)).toBe(first)
  })

  test.each([
    ['the key', p256, EOA],
    ['the co-signer', EOA, p256],
  ] as const)('says how long the first is where a verifier checks %s', (_, key, coSigner) => {
    const evidence = evidenceOf(key, coSigner)
    expect(joinSignatures(evidence, first, second)).toBe(concat([toHex(65, { size: 2 }), first, second]))
    expect(joinSignatures(evidence, first)).toBe(concat([toHex(65, { size: 2 }), first]))
    expect(joinSignatures(evidence, '0x', second)).toBe(concat(['0x0000', second]))
    expect(joinSignatures(evidence, '0x')).toBe('0x')
  })

  test('is framed in the direct lane with the nonce in front of the signature', () => {
    const evidence = evidenceOf(p256, EOA)
    const head = encodeRedemptionContext({ validAfter: 0n, validUntil: 1n, evidence })
    const context = encodeRedemptionContext({ validAfter: 0n, validUntil: 1n, evidence, authorization: { nonce: 7n, keySignature: first }, cosignature: second })
    expect(context).toBe(concat([head, toHex(68, { size: 2 }), toHex(7, { size: 3 }), first, second]))
  })
})

describe('a co-signer with a verifier', () => {
  test('is written into the header and read from it', () => {
    const { coSigner } = policyWith(p256).header
    expect(coSigner?.signer).toBe(P256)
    if (!coSigner) throw new Error('the policy has no co-signer')
    const bytes = encodeCoSigner(coSigner)
    expect(decodeCoSigner(bytes)).toEqual(coSigner)
    expect(() => decodeCoSigner(concat(['0x01', `0x${bytes.slice(4)}`]))).toThrow('neither an EOA nor')
    expect(() => decodeCoSigner(`${bytes.slice(0, -2)}02` as Hex)).toThrow('malformed')
  })

  test('is no co-signer at the zero address', () => {
    expect(() => policyWith(`0x${'00'.repeat(20)}01`)).toThrow('coSigner.signer')
  })
})

describe('who signs typed data', () => {
  const data = sessionRedemptionTypedData({
    chainId: 1,
    module: TOKEN,
    account: OTHER,
    epoch: 1n,
    serial: 1n,
    nonce: 0n,
    validAfter: 0n,
    validUntil: 1n,
    mode: `0x${'00'.repeat(32)}`,
    executionHash: `0x${'00'.repeat(32)}`,
    evidenceHash: `0x${'00'.repeat(32)}`,
  })

  test('a key with a verifier signs the hash', async () => {
    const signature = await toSessionSigner(p256).signTypedData(data)
    expect(signed.at(-1)).toBe(hashTypedData(data))
    expect(signature).toBe(concat([toHex(1, { size: 32 }), toHex(2, { size: 32 })]))
  })

  test('an account signs as it does anywhere', async () => {
    const account = privateKeyToAccount(generatePrivateKey())
    const { key, signTypedData } = toSessionSigner(account)
    expect([key, await signTypedData(data)]).toEqual([account.address, await account.signTypedData(data)])
  })
})
