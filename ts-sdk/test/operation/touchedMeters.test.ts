import { expect, test } from 'vitest'
import { bindingPeriods, touchedMeters } from '../../src/operation/touchedMeters.ts'
import { type CallRequest, definePolicy, encodeExecutions, decodeExecutions, equals } from '../../src/index.ts'
import { ACCOUNT, OTHER, ROUTER, USDC, input } from '../fixtures.ts'

const policy = definePolicy({
  ...input,
  tokenLimits: [
    { token: USDC, amount: 5n, period: 'day' },
    { token: OTHER, amount: 5n, period: 'hour' },
    { token: USDC, amount: 9n, period: 'week' },
  ],
  paymasters: [{ address: ROUTER, mode: 'token', token: OTHER, rate: 1n }, { address: USDC }],
  callPolicies: [
    { target: USDC, selector: '0xa9059cbb', args: { 0: equals(ROUTER) } },
    { target: OTHER, selector: '0xdeadbeef', mark: 'uncapped' },
    { target: ROUTER, selector: '0x12345678' },
  ],
})
const source = { header: policy.header, list: policy.permissions.list }
const touched = (calls: CallRequest[], paymaster?: `0x${string}`) => [
  ...touchedMeters(source, ACCOUNT, decodeExecutions(encodeExecutions(calls)), paymaster),
]

test('a charged call touches every meter of its token', () => {
  expect(touched([{ to: USDC, data: '0xa9059cbb' }])).toEqual([0, 2])
})

test('an uncapped call and one that moves nothing touch none', () => {
  expect(
    touched([
      { to: OTHER, data: '0xdeadbeef' },
      { to: ROUTER, data: '0x12345678' },
    ]),
  ).toEqual([])
})

test('a paymaster that is paid in a token touches that token’s; a sponsor none', () => {
  const calls = [{ to: ROUTER, data: '0x12345678' as const }]
  expect(touched(calls, ROUTER)).toEqual([1])
  expect(touched(calls, USDC)).toEqual([])
})

test('the first meter’s period binds the window always, the others where they are touched', () => {
  expect(bindingPeriods(policy.header, new Set())).toEqual(['day'])
  expect(bindingPeriods(policy.header, new Set([1]))).toEqual(['day', 'hour'])
  expect(bindingPeriods(policy.header, new Set([0, 2]))).toEqual(['day', 'week'])
})
