import { type Address, pad, toHex } from 'viem'
import { describe, expect, test } from 'vitest'
import { type KeyState, type Meter, describeKeyState, periodEnd, periodIndex } from '../../src/index.ts'
import { USDC } from '../fixtures.ts'

const NOW = 1_900_000_000n
const meters: readonly Meter[] = [
  { token: USDC, tag: 0, period: 'day', cap: 100n },
  { token: USDC, tag: 1, period: 'week', cap: 500n },
  { token: USDC, tag: 2, period: 'operation', cap: 50n },
]
const number = (n: number): Address => pad(toHex(n), { size: 20 })

type Changes = {
  settings?: Partial<KeyState['settings']>
  control?: Partial<KeyState['control']>
  usage?: Partial<KeyState['usage']>
  meters?: KeyState['meters']
}

function describeKey({ settings, control, usage, meters: words }: Changes = {}, of = meters) {
  const zero = { spent: 0n, windowIndex: 0n, period: undefined }
  return describeKeyState(
    {
      keyId: '0x',
      control: {
        guardian: undefined,
        epoch: 2n,
        isValidator: true,
        isExecutor: false,
        paused: false,
        hasCeilings: false,
        ...control,
      },
      settings: {
        validAfter: NOW - 100n,
        validUntil: NOW + 100n,
        epoch: 2n,
        serial: 1n,
        nativeLimit: { amount: 1_000n, period: 'day' },
        rateLimit: { count: 10n, period: 'hour' },
        maxUses: 20n,
        cooldown: 0n,
        active: true,
        paused: false,
        directLane: false,
        ...settings,
      },
      policyRoot: '0x',
      usage: { lastUntil: NOW, nativeSpent: 300n, meterSpent: 40n, rateCount: 4n, uses: 12n, serial: 1n, ...usage },
      meters: words ?? [{ spent: 70n, windowIndex: periodIndex('week', NOW), period: 'week' }, zero],
      blockTime: NOW,
    },
    of,
  )
}

test('every limit: cap, used, left, and when it is whole again', () => {
  expect(describeKey().limits).toEqual([
    { kind: 'native', period: 'day', cap: 1_000n, used: 300n, left: 700n, resetsAt: periodEnd('day', NOW) },
    {
      kind: 'token',
      token: USDC,
      tag: 0,
      period: 'day',
      cap: 100n,
      used: 40n,
      left: 60n,
      resetsAt: periodEnd('day', NOW),
    },
    {
      kind: 'token',
      token: USDC,
      tag: 1,
      period: 'week',
      cap: 500n,
      used: 70n,
      left: 430n,
      resetsAt: periodEnd('week', NOW),
    },
    { kind: 'token', token: USDC, tag: 2, period: 'operation', cap: 50n, used: 0n, left: 50n, resetsAt: null },
    { kind: 'rate', period: 'hour', cap: 10n, used: 4n, left: 6n, resetsAt: periodEnd('hour', NOW) },
    { kind: 'uses', period: 'lifetime', cap: 20n, used: 12n, left: 8n, resetsAt: null },
  ])
})

test('what an ended period counted is whole again; what a life counts is not', () => {
  const used = describeKey({ usage: { lastUntil: NOW - 86_400n } }).limits.map((limit) => limit.used)
  expect(used).toEqual([0n, 0n, 70n, 0n, 0n, 12n])
})

test('a meter’s own window decides for it, unless it counted by another period', () => {
  const of = (word: KeyState['meters'][number]) => describeKey({ meters: [word] }).limits[2]?.used
  const thisWeek = periodIndex('week', NOW)
  expect(of({ spent: 70n, windowIndex: thisWeek - 1n, period: 'week' })).toBe(0n)
  expect(of({ spent: 70n, windowIndex: 1n, period: 'year' })).toBe(70n)
})

test('nothing is left, rather than less, where a cap was lowered below what was spent', () => {
  expect(describeKey({ usage: { meterSpent: 150n } }).limits[1]).toMatchObject({ used: 150n, left: 0n })
})

test('numbered meters tell their number, and those that count calls are rates', () => {
  const numbered: readonly Meter[] = [
    { token: number(1), tag: 3, period: 'day', cap: 100n },
    { token: number(2), tag: 255, period: 'week', cap: 500n },
  ]
  expect(describeKey({}, numbered).limits.slice(1, 3)).toEqual([
    { kind: 'meter', number: 1, tag: 3, period: 'day', cap: 100n, used: 40n, left: 60n, resetsAt: periodEnd('day', NOW) },
    { kind: 'rate', period: 'week', cap: 500n, used: 70n, left: 430n, resetsAt: periodEnd('week', NOW) },
  ])
})

test('whether the account caps all keys', () => {
  expect(describeKey().hasCeilings).toBe(false)
  expect(describeKey({ control: { hasCeilings: true } }).hasCeilings).toBe(true)
})

describe('standing', () => {
  test.each<[string, Changes]>([
    ['alive', {}],
    ['moduleNotInstalled', { control: { isValidator: false } }],
    ['notGranted', { settings: { active: false } }],
    ['epochOutdated', { control: { epoch: 3n } }],
    ['accountPaused', { control: { paused: true } }],
    ['keyPaused', { settings: { paused: true } }],
    ['notYetValid', { settings: { validAfter: NOW + 1n } }],
    ['expired', { settings: { validUntil: NOW - 1n } }],
  ])('%s', (standing, changes) => {
    const status = describeKey(changes)
    expect([status.standing, status.alive]).toEqual([standing, standing === 'alive'])
  })

  test('a key in its last second lives', () => {
    expect(describeKey({ settings: { validUntil: NOW } }).standing).toBe('alive')
    expect(describeKey({ settings: { validAfter: NOW } }).standing).toBe('alive')
  })
})

test('a cooldown says when the next operation may be', () => {
  expect(describeKey({ settings: { cooldown: 60n } }).availableAt).toBe(NOW + 60n)
  expect(describeKey({ settings: { cooldown: 60n }, usage: { lastUntil: 0n } }).availableAt).toBeUndefined()
  expect(describeKey().availableAt).toBeUndefined()
})
