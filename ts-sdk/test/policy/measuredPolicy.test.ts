import { concat, keccak256, slice, toHex, zeroAddress } from 'viem'
import { describe, expect, test } from 'vitest'
import { decodePolicy, encodePolicy, encodePolicySettings } from '../../src/policy/encodePolicy.ts'
import { definePolicy } from '../../src/policy/definePolicy.ts'
import { encodeFrameRules } from '../../src/policy/frameRules.ts'
import type { MeasuredInput, MinReceived } from '../../src/policy/measuredPolicy.ts'
import { MODULE, OTHER, ROUTER, USDC, input, tokenAbi } from '../fixtures.ts'

const FEED = {
  token: OTHER,
  spent: USDC,
  spentDecimals: 6,
  decimals: 18,
  feed: MODULE,
  feedDecimals: 8,
  prices: 'received',
  maxAge: 3600,
  maxSlippage: 100,
} as const satisfies MinReceived

const define = (measured: MeasuredInput, callPolicies: Parameters<typeof definePolicy>[0]['callPolicies'] = input.callPolicies) =>
  definePolicy({ ...input, measured, callPolicies })

describe('a measured policy', () => {
  test('sets flag 251 and, without rules, no section', () => {
    const policy = define({})
    expect((encodePolicySettings(policy, 1n, 1n) >> 251n) & 1n).toBe(1n)
    expect(policy.header.frame).toBeUndefined()
  })

  test('is not measured unless it says so', () => {
    expect((encodePolicySettings(definePolicy(input), 1n, 1n) >> 251n) & 1n).toBe(0n)
  })

  test('survives encoding, rules and all', () => {
    const policy = define({ ephemeral: [USDC, OTHER], minReceived: [{ token: 'native', amount: 5n }, FEED] })
    const { header, permissions } = encodePolicy(policy)
    expect(Number(slice(header, 2, 3))).toBe(8)
    expect(decodePolicy({ settings: encodePolicySettings(policy, 1n, 1n), header, permissions })).toEqual(policy)
  })

  test('writes rules as the wire format says', () => {
    const { frame } = define({ ephemeral: [OTHER, USDC], minReceived: [{ token: 'native', amount: 5n }, FEED] }).header
    const feed = ['0x03', OTHER, '0x00', MODULE, '0x080612', toHex(3600, { size: 4 }), toHex(100, { size: 2 })] as const
    const expected = concat(['0x02', USDC, OTHER, '0x02', '0x01', zeroAddress, toHex(5n, { size: 16 }), ...feed])
    expect(frame && keccak256(encodeFrameRules(frame))).toBe(keccak256(expected))
  })
})

describe('ephemeral approvals', () => {
  const approve = [{ target: USDC, abi: tokenAbi, functionName: 'approve' }]

  test('need no pinned spender on a named token', () => {
    expect(define({ ephemeral: [USDC] }, approve).permissions.list).toHaveLength(1)
  })

  test('need one on any other', () => {
    expect(() => define({ ephemeral: [OTHER] }, approve)).toThrow(/spender/)
    expect(() => define({}, approve)).toThrow(/spender/)
  })

  test('name a token once', () => {
    expect(() => define({ ephemeral: [USDC, USDC] })).toThrow(/once/)
  })
})

describe('what can never hold is refused by field', () => {
  test.each([
    ['the received token is spent', { token: USDC }, 'spent'],
    ['no limit is of the spent token', { spent: ROUTER }, 'spent'],
    ['nothing need be left', { maxSlippage: 10_000 }, 'maxSlippage'],
    ['no answer is new enough', { maxAge: 0 }, 'maxAge'],
    ['too many decimals', { decimals: 37 }, 'decimals'],
    ['native has 18 decimals', { token: 'native', decimals: 6 }, 'decimals'],
    ['no feed', { feed: zeroAddress }, 'feed'],
  ] as const)('%s', (_, change, field) => {
    expect(() => define({ minReceived: [{ ...FEED, ...change }] })).toThrow(`measured.minReceived[0].${field}`)
  })

  test('the largest slippage and decimals pass', () => {
    const rule = { ...FEED, maxSlippage: 9_999, feedDecimals: 36, maxAge: 1 }
    expect(define({ minReceived: [rule] }).header.frame?.received).toHaveLength(1)
  })

  test('a fixed amount of nothing', () => {
    expect(() => define({ minReceived: [{ token: OTHER, amount: 0n }] })).toThrow('measured.minReceived[0].amount')
  })
})
