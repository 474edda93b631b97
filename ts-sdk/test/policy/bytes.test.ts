import { type Hex, concat, keccak256, pad, toHex } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  type Header,
  MalformedBytesError,
  type Permission,
  decodeHeader,
  decodePermissions,
  decodePolicy,
  definePolicy,
  encodeHeader,
  encodePermissions,
  encodePolicy,
  encodePolicySettings,
  encodeSigner,
  equals,
  hashPermission,
  keyIdOf,
  meterIdOf,
  self,
} from '../../src/index.ts'
import { KEY, OTHER, ROUTER, USDC, input } from '../fixtures.ts'

const byte = (value: number) => toHex(value, { size: 1 })
const lower = (hex: Hex) => hex.toLowerCase() as Hex
const codeHash: Hex = `0x${'5c'.repeat(32)}`

const header: Header = {
  meters: [
    { token: USDC, tag: 0, period: 'day', cap: 100n },
    { token: USDC, tag: 7, period: 'operation', cap: 2n ** 128n - 1n },
  ],
  paymasters: [
    { address: ROUTER, prefix: '0xabcd', mode: 'sponsor' },
    { address: OTHER, prefix: '0x', mode: 'token', meterIndex: 1, rate: 3n },
  ],
  pinnedCode: codeHash,
}
/** Written out from docs/WIRE-FORMAT.md, field by field. */
const headerBytes = lower(
  concat([
    '0x020201',
    ...[USDC, byte(0), byte(4), toHex(100n, { size: 16 })],
    ...[USDC, byte(7), byte(1), `0x${'ff'.repeat(16)}` as const],
    ...[ROUTER, byte(1), byte(2), '0xabcd' as const],
    ...[OTHER, byte(2), byte(0), byte(1), toHex(3n, { size: 16 })],
    codeHash,
  ]),
)

const pinned: Permission = {
  kind: 'exact',
  mark: 'charged',
  target: USDC,
  selector: '0xa9059cbb',
  maxValue: 9n,
  conditions: [
    [{ path: [{ step: 'word', index: 0 }], operator: 'equal', value: pad(lower(ROUTER), { size: 32 }) }],
    [{ path: [{ step: 'word', index: 3 }], operator: 'equalSelf' }],
  ],
}
const bare: Permission = {
  kind: 'emptyCalldata',
  mark: 'movesNothing',
  target: ROUTER,
  selector: '0x00000000',
  maxValue: 0n,
  conditions: [],
}
const pinnedBody = concat([
  '0x03',
  toHex(9n, { size: 16 }),
  '0x02',
  '0x0101020100',
  pad(lower(ROUTER), { size: 32 }),
  '0x0102020103',
])
const permissionBytes = lower(
  concat([
    '0x0002',
    '0x01',
    ...(['0x0101', USDC, '0xa9059cbb', toHex((pinnedBody.length - 2) / 2, { size: 2 }), pinnedBody] as const),
    ...(['0x0403', ROUTER, '0x00000000', '0x0000'] as const),
  ]),
)

describe('header', () => {
  test('is the bytes of the format, and back', () => {
    expect(encodeHeader(header)).toBe(headerBytes)
    expect(decodeHeader(headerBytes)).toEqual(header)
  })

  test('without anything has three bytes', () => {
    const empty: Header = { meters: [], paymasters: [], pinnedCode: undefined }
    expect(encodeHeader(empty)).toBe('0x000000')
    expect(decodeHeader('0x000000')).toEqual(empty)
  })

  test.each<[string, Hex]>([
    ['nothing', '0x'],
    ['cut by a byte', headerBytes.slice(0, -2) as Hex],
    ['a byte too long', `${headerBytes}00`],
    ['an unknown section', '0x000002'],
    ['an unknown period', headerBytes.replace('00040000', '00090000') as Hex],
    ['an unknown paymaster mode', concat(['0x000100', ROUTER, '0x0300'])],
  ])('%s is refused', (_, bytes) => {
    expect(() => decodeHeader(bytes)).toThrow(MalformedBytesError)
  })
})

describe('permissions', () => {
  test('are the bytes of the format, and back', () => {
    expect(encodePermissions({ hotCount: 1, list: [pinned, bare] })).toBe(permissionBytes)
    expect(decodePermissions(permissionBytes)).toEqual({ hotCount: 1, list: [pinned, bare] })
  })

  test('a leaf is hashed with tag, kind, mark, target, selector and the hash of its body', () => {
    expect(hashPermission(pinned)).toBe(keccak256(concat(['0x000101', USDC, '0xa9059cbb', keccak256(pinnedBody)])))
    expect(hashPermission(bare)).toBe(keccak256(concat(['0x000403', ROUTER, '0x00000000', keccak256('0x')])))
  })

  const one = (kind: string, body: string) => `0x000100${kind}${ROUTER.slice(2)}12345678${body}` as Hex
  test.each<[string, Hex]>([
    ['cut by a byte', permissionBytes.slice(0, -2) as Hex],
    ['a byte too long', `${permissionBytes}00`],
    ['more hot ones than there are', permissionBytes.replace('0x000201', '0x000203') as Hex],
    ['kind 0', one('0003', '0000')],
    ['kind 5', one('0503', '0000')],
    ['mark 0', one('0100', '0000')],
    ['mark 4', one('0104', '0000')],
    ['a body of no sections', one('0103', '000100')],
    ['a body of an unknown section', one('0103', '000104')],
    ['a value limit of 0', one('0103', `001101${'00'.repeat(16)}`)],
    ['no clauses', one('0103', '00020200')],
    ['a clause of two comparisons', one('0103', '000702010202020100')],
    ['an unknown operator', one('0103', '000702010103020100')],
    ['an unknown path', one('0103', '000702010102020200')],
    ['a path of another length', one('0103', '000702010102030100')],
    ['a body that goes on', one('0103', '00080201010202010000')],
  ])('%s is refused', (_, bytes) => {
    expect(() => decodePermissions(bytes)).toThrow(MalformedBytesError)
  })
})

test('a whole policy comes back from what its grant publishes', () => {
  const policy = definePolicy({
    ...input,
    maxUses: 3,
    cooldown: 120_000 - (120_000 % 60),
    paymasters: [{ address: ROUTER, mode: 'token', token: USDC, rate: 5n }],
    accountCodeHash: codeHash,
    callPolicies: [
      ...input.callPolicies,
      { target: USDC, selector: '0x095ea7b3', args: { 0: equals(ROUTER) }, hot: true },
      { target: 'any', selector: '0x12345678', value: 7n, args: { 2: self() } },
    ],
  })
  const { header: encodedHeader, permissions } = encodePolicy(policy)
  const settings = encodePolicySettings(policy, 4n, 2n)
  expect(decodePolicy({ settings, header: encodedHeader, permissions })).toEqual(policy)
})

test('identities are hashes of their packed parts', () => {
  expect(encodeSigner(KEY)).toBe(concat(['0x01', lower(KEY)]))
  expect(keyIdOf(KEY)).toBe(keccak256(concat(['0x01', KEY])))
  const keyId = keyIdOf(KEY)
  expect(meterIdOf(keyId, 258n, USDC, 7)).toBe(keccak256(concat([keyId, '0x000102', USDC, '0x07'])))
})
