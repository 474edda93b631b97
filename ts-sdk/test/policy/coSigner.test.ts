import { type Hex, keccak256, size, slice } from 'viem'
import { describe, expect, test } from 'vitest'
import { type CoSignerPolicy, type PolicyInput, checkGrant, decodeHeader, definePolicy, encodeHeader } from '../../src/index.ts'
import { decodeCoSigner } from '../../src/policy/coSigner.ts'
import { ACCOUNT, KEY, MODULE, OTHER, USDC, input } from '../fixtures.ts'

const CAP = input.tokenLimits[0].amount
const NATIVE = input.nativeLimit.amount
const withCoSigner = (coSigner: CoSignerPolicy, changes: Partial<PolicyInput> = {}) =>
  definePolicy({ ...input, ...changes, coSigner })
const above = (amount: bigint): CoSignerPolicy => ({ signer: OTHER, thresholds: [{ token: USDC, above: amount }] })

function codeOf(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return (error as { code?: string }).code
  }
  return undefined
}

describe('a threshold', () => {
  test('is from 1 to the cap', () => {
    expect(withCoSigner(above(1n)).header.coSigner?.thresholds).toEqual([{ meter: 0, above: 1n }])
    expect(withCoSigner(above(CAP)).header.coSigner?.thresholds).toEqual([{ meter: 0, above: CAP }])
    expect(codeOf(() => withCoSigner(above(CAP + 1n)))).toBe('ThresholdInvalid')
    expect(codeOf(() => withCoSigner(above(0n)))).toBe('OutOfRange')
  })

  test('on native is to the wei, and needs a native limit', () => {
    const native = (amount: bigint): CoSignerPolicy => ({ signer: OTHER, thresholds: [{ token: 'native', above: amount }] })
    expect(withCoSigner(native(NATIVE)).header.coSigner?.thresholds).toEqual([{ meter: 'native', above: NATIVE }])
    expect(codeOf(() => withCoSigner(native(NATIVE + 1n)))).toBe('ThresholdInvalid')
    expect(codeOf(() => withCoSigner(native(1n), { nativeLimit: undefined } as never))).toBe('ThresholdInvalid')
  })

  test('is on a limit that is there, once, told apart by tag', () => {
    expect(codeOf(() => withCoSigner({ signer: OTHER, thresholds: [{ token: OTHER, above: 1n }] }))).toBe('ThresholdInvalid')
    expect(codeOf(() => withCoSigner({ signer: OTHER, thresholds: [{ token: USDC, tag: 1, above: 1n }] }))).toBe('ThresholdInvalid')
    const one = { token: USDC, above: 1n } as const
    expect(codeOf(() => withCoSigner({ signer: OTHER, thresholds: [one, { ...one, tag: 0 }] }))).toBe('ThresholdDuplicate')
    const tokenLimits = [...input.tokenLimits, { token: USDC, amount: 5n, period: 'month' }] as const
    const two = withCoSigner({ signer: OTHER, thresholds: [one, { ...one, tag: 1 }] }, { tokenLimits })
    expect(two.header.coSigner?.thresholds).toEqual([{ meter: 0, above: 1n }, { meter: 1, above: 1n }])
    expect(codeOf(() => withCoSigner({ signer: OTHER, thresholds: [] }))).toBe('OutOfRange')
  })
})

describe('a threshold on a named meter', () => {
  const meters = {
    swapIn: [
      { amount: 50n, period: 'operation' },
      { amount: 500n, period: 'day' },
    ],
  } as const
  const on = (threshold: CoSignerPolicy['thresholds'][number]) =>
    withCoSigner({ signer: OTHER, thresholds: [threshold] }, { meters })

  test('is on its first limit, or on the one of the tag, up to its amount', () => {
    expect(on({ meter: 'swapIn', above: 50n }).header.coSigner?.thresholds).toEqual([{ meter: 1, above: 50n }])
    expect(on({ meter: 'swapIn', tag: 1, above: 500n }).header.coSigner?.thresholds).toEqual([{ meter: 2, above: 500n }])
    expect(codeOf(() => on({ meter: 'swapIn', above: 51n }))).toBe('ThresholdInvalid')
    expect(codeOf(() => on({ meter: 'swapIn', tag: 1, above: 501n }))).toBe('ThresholdInvalid')
  })

  test('is on a name and a tag that are there, and names no token beside', () => {
    expect(codeOf(() => on({ meter: 'swapOut', above: 1n }))).toBe('ThresholdInvalid')
    expect(codeOf(() => on({ meter: 'swapIn', tag: 2, above: 1n }))).toBe('ThresholdInvalid')
    expect(codeOf(() => on({ meter: 'swapIn', token: USDC, above: 1n } as never))).toBe('UnknownField')
  })
})

test('the co-signer is nobody else: not zero, and for a grant not the account, the module or the key', () => {
  const zero = '0x0000000000000000000000000000000000000000'
  expect(codeOf(() => withCoSigner({ ...above(1n), signer: zero }))).toBe('CosignerInvalid')
  const context = { account: ACCOUNT, module: MODULE, key: KEY, now: 1_900_000_000n }
  for (const signer of [ACCOUNT, MODULE, KEY]) {
    expect(codeOf(() => checkGrant(withCoSigner({ ...above(1n), signer }), context))).toBe('CosignerInvalid')
  }
  expect(codeOf(() => checkGrant(withCoSigner(above(1n)), context))).toBeUndefined()
})

describe('the section', () => {
  const thresholds = [
    { token: USDC, above: 7n },
    { token: 'native', above: NATIVE },
  ] as const

  test('survives its encoding, with pinned code behind it and without', () => {
    for (const accountCodeHash of [undefined, keccak256('0x01')]) {
      const changes = accountCodeHash ? { accountCodeHash } : {}
      const { header } = withCoSigner({ signer: OTHER, thresholds }, changes)
      expect(decodeHeader(encodeHeader(header))).toEqual(header)
    }
  })

  test('is refused in every cut, and with a byte more', () => {
    const bytes = encodeHeader(withCoSigner({ signer: OTHER, thresholds }).header)
    for (let length = 3; length < size(bytes); length++) expect(() => decodeHeader(slice(bytes, 0, length))).toThrow()
    expect(() => decodeHeader(`${bytes}00`)).toThrow()
    expect(() => decodeCoSigner('0x00')).toThrow('no thresholds')
    const other = bytes.slice(2 + 2 * 41)
    expect(() => decodeCoSigner(`0x02${other.slice(2)}` as Hex)).toThrow('neither an EOA nor')
  })
})
