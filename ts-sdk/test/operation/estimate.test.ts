import { expect, test } from 'vitest'
import { definePolicy, missingVerificationGas } from '../../src/index.ts'
import { USDC, input } from '../fixtures.ts'

const periods = ['day', 'hour', 'operation', 'lifetime'] as const
const { header } = definePolicy({
  ...input,
  tokenLimits: periods.map((period) => ({ token: USDC, amount: 1n, period })),
})
const unused = { lastUntil: 0n, nativeSpent: 0n, meterSpent: 0n, rateCount: 0n, uses: 0n, serial: 0n }
const used = { ...unused, serial: 1n }
const zero = { spent: 0n, windowIndex: 0n, period: undefined }
const counted = { spent: 1n, windowIndex: 9n, period: 'hour' as const }
const all = new Set([0, 1, 2, 3])

test('a fresh usage word costs 22,100, a used one 5,000', () => {
  const meters = [zero, zero, zero]
  expect(missingVerificationGas({ usage: unused, meters }, header, new Set())).toBe(22_100n)
  expect(missingVerificationGas({ usage: used, meters }, header, new Set())).toBe(5_000n)
})

test('so does each further meter that is charged; the first has no word of its own, and one per operation none at all', () => {
  expect(missingVerificationGas({ usage: unused, meters: [zero, zero, zero] }, header, all)).toBe(3n * 22_100n)
  expect(missingVerificationGas({ usage: used, meters: [counted, zero, counted] }, header, all)).toBe(3n * 5_000n)
  expect(missingVerificationGas({ usage: used, meters: [counted, zero, zero] }, header, all)).toBe(
    2n * 5_000n + 22_100n,
  )
  expect(missingVerificationGas({ usage: used, meters: [counted, zero, zero] }, header, new Set([0]))).toBe(5_000n)
})
