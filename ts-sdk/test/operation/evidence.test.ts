import { type Hex, concat, encodeFunctionData, keccak256, slice, toHex } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  type Call,
  type EvidenceLeaf,
  MalformedBytesError,
  buildEvidence,
  climb,
  coveringPermission,
  decodeEvidence,
  decodeSessionSignature,
  definePolicy,
  encodeBody,
  encodeEvidence,
  encodePolicy,
  encodeSessionSignature,
  encodeSigner,
  equals,
  hashPermission,
  self,
} from '../../src/index.ts'
import { ACCOUNT, KEY, OTHER, ROUTER, USDC, input, tokenAbi } from '../fixtures.ts'

const transfer = { target: USDC, abi: tokenAbi, functionName: 'transfer' } as const
const policy = definePolicy({
  ...input,
  callPolicies: [
    { ...transfer, args: { to: equals(ROUTER) } },
    { ...transfer, args: { to: self() } },
    { target: ROUTER, selector: 'none', value: 10n },
    { target: 'any', selector: '0x12345678' },
    { target: OTHER, selector: 'any' },
  ],
})
const { list } = policy.permissions
const encoded = encodePolicy(policy)
const source = { key: KEY, header: encoded.header, list, proofs: encoded.proofs }

const call = (to: Hex, data: Hex, value = 0n): Call => ({ to, value, data })
const pay = (to: Hex) => call(USDC, encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [to, 1n] }))

describe('the permission of a call', () => {
  test.each<[string, Call, number]>([
    ['with the pinned recipient', pay(ROUTER), 0],
    ['with the account as recipient', pay(ACCOUNT), 1],
    ['with another recipient: the nearest', pay(OTHER), 0],
    ['of value alone', call(ROUTER, '0x', 10n), 2],
    ['of too much value: the nearest', call(ROUTER, '0x', 11n), 2],
    ['of a function of any target', call(USDC, '0x12345678'), 3],
    ['of any function of a target', call(OTHER, '0xdeadbeef'), 4],
    ['that nothing is about: the first', call(USDC, '0xdeadbeef'), 0],
    ['with less than a selector: the first', call(USDC, '0xdead'), 0],
  ])('%s', (_, it, index) => {
    expect(coveringPermission(list, it, ACCOUNT)).toBe(index)
  })
})

describe('evidence', () => {
  test('shows signer, header and a leaf for each call, whose proofs lead to the root', () => {
    const { signer, header, leaves } = decodeEvidence(
      buildEvidence(source, ACCOUNT, [pay(ACCOUNT), call(ROUTER, '0x', 1n)]),
    )
    expect(signer).toBe(encodeSigner(KEY))
    expect(header).toBe(encoded.header)
    expect(leaves).toHaveLength(2)
    for (const [index, leaf] of leaves.entries()) {
      const permission = list[index + 1] as (typeof list)[number]
      expect(leaf).toMatchObject({ body: encodeBody(permission) })
      expect(climb(hashPermission(permission), (leaf as { proof: readonly Hex[] }).proof)).toBe(encoded.permissionsRoot)
    }
  })

  const kinds = (...calls: Call[]) =>
    decodeEvidence(buildEvidence(source, ACCOUNT, calls)).leaves.map((leaf) => leaf === 'repeat')
  test('repeats a permission in one byte, and only where target and function are those of the leaf', () => {
    expect(kinds(pay(ROUTER), pay(ROUTER), pay(ACCOUNT), pay(ACCOUNT))).toEqual([false, true, false, true])
    expect(kinds(call(USDC, '0x12345678'), call(ROUTER, '0x12345678'))).toEqual([false, true])
    expect(kinds(call(OTHER, '0xdeadbeef'), call(OTHER, '0xdeadbee0'))).toEqual([false, true])
    // Nothing covers these: each claims the first permission, for a target and a function of its own.
    expect(kinds(call(USDC, '0xdeadbeef'), call(ROUTER, '0xdeadbeef'))).toEqual([false, false])
  })

  test('is the bytes of the format, and back', () => {
    const proof = [keccak256('0x01'), keccak256('0x02')] as const
    const leaves: EvidenceLeaf[] = [{ kind: 1, mark: 3, body: '0x01cd', proof }, 'repeat']
    const bytes = concat(['0x02', '0xaabb', '0x0001', '0xcc', '0x0103', '0x0002', '0x01cd', '0x02', ...proof, '0x00'])
    expect(encodeEvidence({ signer: '0xaabb', header: '0xcc', leaves })).toBe(bytes)
    expect(decodeEvidence(bytes)).toEqual({ signer: '0xaabb', header: '0xcc', leaves })
    for (const end of [1, 3, 5, 7, 40]) expect(() => decodeEvidence(slice(bytes, 0, end))).toThrow(MalformedBytesError)
  })
})

test('the signature frames window, evidence and key signature', () => {
  const signature = {
    validAfter: 2n ** 36n - 1n,
    validUntil: 5n,
    evidence: '0xaabbcc',
    keySignature: `0x${'11'.repeat(65)}`,
  } as const
  const bytes = concat([
    toHex(2n ** 36n - 1n, { size: 5 }),
    '0x0000000005',
    '0x0003',
    '0xaabbcc',
    signature.keySignature,
  ])
  expect(encodeSessionSignature(signature)).toBe(bytes)
  expect(decodeSessionSignature(bytes)).toEqual(signature)
  expect(() => decodeSessionSignature(slice(bytes, 0, 13))).toThrow(MalformedBytesError)
})
