import { describe, expect, test } from 'vitest'
import {
  type KeySettings,
  PERIOD_CODES,
  decodeControl,
  decodeMeterWord,
  decodeSettings,
  decodeUsage,
  encodeControl,
  encodeMeterWord,
  encodeSettings,
  encodeUsage,
} from '../../src/index.ts'
import { ACCOUNT } from '../fixtures.ts'

const GWEI = 10n ** 9n
const ones = (offset: bigint, width: bigint): bigint => ((1n << width) - 1n) << offset

const emptySettings: KeySettings = {
  validAfter: 0n,
  validUntil: 0n,
  epoch: 0n,
  serial: 0n,
  nativeLimit: undefined,
  rateLimit: undefined,
  maxUses: 0n,
  cooldown: 0n,
  active: false,
  paused: false,
  directLane: false,
}
const emptyUsage = { lastUntil: 0n, nativeSpent: 0n, meterSpent: 0n, rateCount: 0n, uses: 0n, serial: 0n }
const emptyControl = {
  guardian: undefined,
  epoch: 0n,
  isValidator: false,
  isExecutor: false,
  paused: false,
  hasCeilings: false,
}

describe('the settings word: each field fills its bits of docs/WIRE-FORMAT.md and no others', () => {
  const fields: readonly [string, Partial<KeySettings>, bigint][] = [
    ['validAfter', { validAfter: 2n ** 36n - 1n }, ones(0n, 36n)],
    ['validUntil', { validUntil: 2n ** 36n - 1n }, ones(36n, 36n)],
    ['epoch', { epoch: 2n ** 32n - 1n }, ones(72n, 32n)],
    ['serial', { serial: 2n ** 24n - 1n }, ones(104n, 24n)],
    [
      'native limit',
      { nativeLimit: { amount: (2n ** 56n - 1n) * GWEI, period: 'lifetime' } },
      ones(128n, 56n) | (8n << 184n),
    ],
    ['rate limit', { rateLimit: { count: 2n ** 16n - 1n, period: 'minute' } }, ones(188n, 16n) | (2n << 204n)],
    ['maxUses', { maxUses: 2n ** 24n - 1n }, ones(208n, 24n)],
    ['cooldown in seconds', { cooldown: 65_535n }, ones(232n, 16n)],
    ['cooldown in minutes', { cooldown: 65_535n * 60n }, ones(232n, 16n) | (1n << 250n)],
    ['active', { active: true }, 1n << 248n],
    ['paused', { paused: true }, 1n << 249n],
    ['directLane', { directLane: true }, 1n << 252n],
  ]
  test.each(fields)('%s', (_, field, word) => {
    expect(encodeSettings({ ...emptySettings, ...field })).toBe(word)
    expect(decodeSettings(word)).toEqual({ ...emptySettings, ...field })
  })

  test('a value that does not fit never reaches a neighbour', () => {
    expect(() => encodeSettings({ ...emptySettings, validAfter: 2n ** 36n })).toThrow(RangeError)
    expect(() => encodeSettings({ ...emptySettings, serial: 2n ** 24n })).toThrow(RangeError)
    expect(() => encodeSettings({ ...emptySettings, serial: -1n })).toThrow(RangeError)
    expect(() => encodeSettings({ ...emptySettings, nativeLimit: { amount: 1n, period: 'day' } })).toThrow(RangeError)
    expect(() => encodeSettings({ ...emptySettings, cooldown: 65_536n })).toThrow(RangeError)
  })
})

test.each([
  ['lastUntil', { lastUntil: 2n ** 36n - 1n }, ones(0n, 36n)],
  ['nativeSpent', { nativeSpent: (2n ** 56n - 1n) * GWEI }, ones(36n, 56n)],
  ['meterSpent', { meterSpent: 2n ** 96n - 1n }, ones(92n, 96n)],
  ['rateCount', { rateCount: 2n ** 16n - 1n }, ones(188n, 16n)],
  ['uses', { uses: 2n ** 24n - 1n }, ones(204n, 24n)],
  ['serial', { serial: 2n ** 24n - 1n }, ones(228n, 24n)],
])('the usage word: %s', (_, field, word) => {
  expect(encodeUsage({ ...emptyUsage, ...field })).toBe(word)
  expect(decodeUsage(word)).toEqual({ ...emptyUsage, ...field })
})

test.each([
  ['guardian', { guardian: ACCOUNT }, BigInt(ACCOUNT)],
  ['epoch', { epoch: 2n ** 32n - 1n }, ones(160n, 32n)],
  ['validator', { isValidator: true }, 1n << 192n],
  ['executor', { isExecutor: true }, 1n << 193n],
  ['paused', { paused: true }, 1n << 194n],
  ['ceilings', { hasCeilings: true }, 1n << 195n],
])('the control word: %s', (_, field, word) => {
  expect(encodeControl({ ...emptyControl, ...field })).toBe(word)
  expect(decodeControl(word)).toEqual({ ...emptyControl, ...field })
})

test.each([
  ['spent', { spent: 2n ** 220n - 1n }, ones(0n, 220n)],
  ['windowIndex', { windowIndex: 2n ** 32n - 1n }, ones(220n, 32n)],
  ['period', { period: 'lifetime' as const }, BigInt(PERIOD_CODES.lifetime) << 252n],
])('a meter word: %s', (_, field, word) => {
  const empty = { spent: 0n, windowIndex: 0n, period: undefined }
  expect(encodeMeterWord({ ...empty, ...field })).toBe(word)
  expect(decodeMeterWord(word)).toEqual({ ...empty, ...field })
})
