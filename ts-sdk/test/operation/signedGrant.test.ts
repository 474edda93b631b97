import { type Address, type Hex, hashTypedData, size, slice, zeroAddress } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { describe, expect, test } from 'vitest'
import {
  InvalidSignedGrantError,
  SignatureBoundToChainError,
  carryGrant,
  definePolicy,
  encodePolicy,
  encodeSignedGrant,
  grantTypedData,
  isCarriable,
  signGrant,
  splitCarried,
  toEoaGrantSigner,
} from '../../src/index.ts'

const TOKEN: Address = '0x00000000000000000000000000000000aaaaaaaa'
const owner = privateKeyToAccount(generatePrivateKey())
const NOW = BigInt(Math.floor(Date.now() / 1000))
const abi = [
  {
    type: 'function',
    name: 'transfer',
    stateMutability: 'nonpayable',
    inputs: [
      { name: 'to', type: 'address' },
      { name: 'amount', type: 'uint256' },
    ],
    outputs: [],
  },
] as const
const policy = definePolicy({
  validUntil: NOW + 86_400n,
  tokenLimits: [{ token: TOKEN, amount: 100n, period: 'day' }],
  callPolicies: [{ target: TOKEN, abi, functionName: 'transfer' }],
})
const entry = {
  chainId: 1,
  module: '0x00000000000000000000000000000000000000bb',
  account: '0x00000000000000000000000000000000000000cc',
  key: '0x00000000000000000000000000000000000000dd',
  policy,
  epoch: 1n,
  serial: 1n,
} as const
const deadline = NOW + 600n

describe('a grant that the owner signs', () => {
  test('is laid out as the wire format says', () => {
    const { permissions } = encodePolicy(policy)
    const grant = encodeSignedGrant({ entries: [entry], index: 0, deadline, ownerSignature: '0x1234' })
    expect(BigInt(slice(grant, 0, 5))).toBe(deadline)
    expect(slice(grant, 5, 7)).toBe('0x0100')
    expect(BigInt(slice(grant, 39, 41))).toBe(BigInt(size(permissions)))
    expect(slice(grant, 41, 41 + size(permissions))).toBe(permissions)
    expect(slice(grant, 41 + size(permissions))).toBe('0x1234')
  })

  test('names chain, account and key inside, under a domain without either', () => {
    const digest = (changes: Partial<typeof entry> | { chainId: number } | { account: Address }) =>
      hashTypedData(grantTypedData({ entries: [{ ...entry, ...changes }], deadline }))
    const digests = [{}, { chainId: 2 }, { account: zeroAddress }].map(digest)
    expect(new Set(digests).size).toBe(3)
  })

  test('carries one signature for all, each grant with the hashes of the others', async () => {
    const entries = [entry, { ...entry, chainId: 2 }, { ...entry, chainId: 3 }]
    const signed = await signGrant({ owner: toEoaGrantSigner(owner), entries, deadline, now: NOW })
    const signatures = signed.map(({ grant }) => slice(grant, -65))
    expect(new Set(signatures).size).toBe(1)
    expect(slice((signed[0] as { grant: Hex }).grant, 7, 71)).not.toBe(slice((signed[2] as { grant: Hex }).grant, 7, 71))
    expect(slice((signed[0] as { grant: Hex }).grant, 39, 71)).toBe(slice((signed[1] as { grant: Hex }).grant, 39, 71))
  })

  test('comes out of evidence as it went in', () => {
    const grant = encodeSignedGrant({ entries: [entry], index: 0, deadline, ownerSignature: '0x1234' })
    expect(splitCarried(carryGrant({ ...entry, deadline, grant }, '0x1501'))).toEqual({ grant, evidence: '0x1501' })
    expect(splitCarried('0x1501')).toEqual({ grant: undefined, evidence: '0x1501' })
    expect(() => splitCarried('0x00ffff15')).toThrow(InvalidSignedGrantError)
  })

  test('fits an operation up to 6,144 bytes', () => {
    const grant = (bytes: number) => ({ ...entry, deadline, grant: `0x${'00'.repeat(bytes)}` as Hex })
    expect(isCarriable(grant(6_144))).toBe(true)
    expect(isCarriable(grant(6_145))).toBe(false)
  })

  test('is refused without entries, without a deadline, and for several by an owner whose account binds to its chain', async () => {
    expect(() => grantTypedData({ entries: [], deadline })).toThrow(InvalidSignedGrantError)
    expect(() => grantTypedData({ entries: [entry], deadline: 0n })).toThrow(InvalidSignedGrantError)
    const bound = { ...toEoaGrantSigner(owner), bindsToChain: true }
    const entries = [entry, { ...entry, chainId: 2 }]
    await expect(signGrant({ owner: bound, entries, deadline, now: NOW })).rejects.toThrow(SignatureBoundToChainError)
    await expect(signGrant({ owner: bound, entries: [entry], deadline, now: NOW })).resolves.toHaveLength(1)
  })
})
