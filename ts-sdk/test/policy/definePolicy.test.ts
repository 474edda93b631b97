import { parseEther, parseGwei } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  InvalidPolicyFieldError,
  MillisecondsError,
  type PolicyInput,
  UnsafePolicyError,
  definePolicy,
} from '../../src/index.ts'
import { OTHER, ROUTER, USDC, input } from '../fixtures.ts'

/** What a bad input is refused with. Inputs are as a program without types could write them. */
function refusalOf(changes: Record<string, unknown>): InvalidPolicyFieldError {
  try {
    definePolicy({ ...input, ...changes } as PolicyInput)
  } catch (error) {
    if (error instanceof InvalidPolicyFieldError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

test('a whole policy is compiled under the same names and units', () => {
  const policy = definePolicy({ ...input, maxUses: 5, cooldown: 60 })
  expect(policy).toMatchObject({
    validAfter: 1_900_000_000n,
    validUntil: 1_900_086_400n,
    nativeLimit: { amount: parseEther('0.05'), period: 'day' },
    rateLimit: { count: 10n, period: 'hour' },
    maxUses: 5n,
    cooldown: 60n,
    header: {
      meters: [{ token: USDC, tag: 0, period: 'day', cap: 100_000_000n }],
      paymasters: [],
      pinnedCode: undefined,
    },
  })
})

describe('times', () => {
  test('validAfter may be left out: valid at once', () => {
    const { validAfter, ...rest } = input
    expect(validAfter).toBeDefined()
    expect(definePolicy(rest).validAfter).toBe(0n)
  })

  test.each([
    ['validUntil', { validUntil: 1_900_086_400_000 }],
    ['validUntil', { validUntil: BigInt(Date.UTC(2030, 0)) }],
    ['validAfter', { validAfter: 1_900_000_000_000n }],
  ])('%s in milliseconds is refused and the seconds are named', (field, changes) => {
    const error = refusalOf(changes)
    expect(error).toBeInstanceOf(MillisecondsError)
    expect(error).toMatchObject({ code: 'MillisecondsForSeconds', field })
    expect(error.message).toContain(`${BigInt(Object.values(changes)[0] as bigint) / 1000n}`)
  })

  test('36 bits are the last that fit', () => {
    expect(definePolicy({ ...input, validUntil: 2n ** 36n - 1n }).validUntil).toBe(2n ** 36n - 1n)
    expect(refusalOf({ validUntil: 2n ** 36n })).toMatchObject({ code: 'OutOfRange', field: 'validUntil' })
  })

  test.each([undefined, 0, -1, 1.5, Number.NaN, '1900086400', null])('validUntil %s is no time', (validUntil) => {
    expect(refusalOf({ validUntil }).field).toBe('validUntil')
  })

  test('validUntil lies after validAfter, by a second at least', () => {
    expect(definePolicy({ ...input, validUntil: input.validAfter + 1 }).validUntil).toBe(1_900_000_001n)
    expect(refusalOf({ validUntil: input.validAfter })).toMatchObject({ code: 'ExpiryInvalid', field: 'validUntil' })
  })
})

describe('native limit', () => {
  test('whole gwei up to 56 bits of them', () => {
    const amount = (2n ** 56n - 1n) * parseGwei('1')
    expect(definePolicy({ ...input, nativeLimit: { amount, period: 'month' } }).nativeLimit?.amount).toBe(amount)
    expect(refusalOf({ nativeLimit: { amount: amount + parseGwei('1'), period: 'month' } })).toMatchObject({
      code: 'OutOfRange',
      field: 'nativeLimit.amount',
      accepted: expect.stringContaining(`${amount}`),
    })
  })

  test('an amount that is no whole number of gwei is refused, not rounded', () => {
    const error = refusalOf({ nativeLimit: { amount: parseGwei('3') + 1n, period: 'day' } })
    expect(error).toMatchObject({ code: 'NotWholeGwei', field: 'nativeLimit.amount', value: 3_000_000_001n })
    expect(error.message).toContain('3000000000')
  })

  test.each([0n, -1n, 5, '5', undefined])('amount %s', (amount) => {
    expect(refusalOf({ nativeLimit: { amount, period: 'day' } }).field).toBe('nativeLimit.amount')
  })

  test.each(['days', '', 0, 4, undefined, 'toString'])('unknown period %s', (period) => {
    expect(refusalOf({ nativeLimit: { amount: parseGwei('1'), period } })).toMatchObject({
      code: 'UnknownPeriod',
      field: 'nativeLimit.period',
    })
  })
})

describe('token limits', () => {
  test('the first fits 96 bits, the others 128', () => {
    const limits = (first: bigint, second: bigint) => [
      { token: USDC, amount: first, period: 'day' },
      { token: ROUTER, amount: second, period: 'week' },
    ]
    const changes = {
      tokenLimits: limits(2n ** 96n - 1n, 2n ** 128n - 1n),
      callPolicies: [{ target: OTHER, selector: '0x12345678' }],
    }
    expect(definePolicy({ ...input, ...changes } as PolicyInput).header.meters).toHaveLength(2)
    expect(refusalOf({ ...changes, tokenLimits: limits(2n ** 96n, 1n) })).toMatchObject({
      code: 'OutOfRange',
      field: 'tokenLimits[0].amount',
    })
    expect(refusalOf({ ...changes, tokenLimits: limits(1n, 2n ** 128n) })).toMatchObject({
      code: 'OutOfRange',
      field: 'tokenLimits[1].amount',
    })
    expect(refusalOf({ ...changes, tokenLimits: limits(0n, 1n) })).toMatchObject({
      code: 'OutOfRange',
      field: 'tokenLimits[0].amount',
    })
  })

  test('several limits of one token get tags of their own; the same tag twice is refused', () => {
    const limit = { token: USDC, amount: 1n, period: 'day' } as const
    expect(definePolicy({ ...input, tokenLimits: [limit, limit] }).header.meters.map((meter) => meter.tag)).toEqual([
      0, 1,
    ])
    const twins = [
      { ...limit, tag: 7 },
      { ...limit, tag: 7 },
    ]
    expect(refusalOf({ tokenLimits: twins })).toMatchObject({ code: 'MeterDuplicate', field: 'tokenLimits[1].tag' })
    expect(refusalOf({ tokenLimits: [{ ...limit, tag: 256 }] })).toMatchObject({
      code: 'OutOfRange',
      field: 'tokenLimits[0].tag',
    })
  })

  test('the tag of another token may be the same', () => {
    const tokenLimits = [USDC, OTHER].map((token) => ({ token, amount: 1n, period: 'day' as const, tag: 3 }))
    expect(definePolicy({ ...input, tokenLimits }).header.meters.map((meter) => meter.tag)).toEqual([3, 3])
  })

  test('address zero is no token', () => {
    const token = `0x${'00'.repeat(20)}`
    expect(refusalOf({ tokenLimits: [{ token, amount: 1n, period: 'day' }] }).field).toBe('tokenLimits[0].token')
  })

  test('a wrong checksum is told apart from a wrong address', () => {
    const right = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
    const limit = (token: string) => ({ tokenLimits: [{ token, amount: 1n, period: 'day' }] })
    expect(definePolicy({ ...input, ...limit(right) } as PolicyInput).header.meters[0]?.token).toBe(right)
    expect(definePolicy({ ...input, ...limit(right.toLowerCase()) } as PolicyInput).header.meters[0]?.token).toBe(right)
    expect(refusalOf(limit(right.replace('dA6', 'da6')))).toMatchObject({
      code: 'WrongChecksum',
      field: 'tokenLimits[0].token',
    })
    expect(refusalOf(limit(right.slice(0, -1)))).toMatchObject({
      code: 'InvalidPolicyField',
      field: 'tokenLimits[0].token',
    })
  })

  test('255 limits fit, 256 do not', () => {
    const limits = (count: number) =>
      Array.from({ length: count }, (_, tag) => ({ token: USDC, amount: 1n, period: 'day' as const, tag }))
    expect(definePolicy({ ...input, tokenLimits: limits(255) }).header.meters).toHaveLength(255)
    expect(refusalOf({ tokenLimits: limits(256) })).toMatchObject({
      code: 'OutOfRange',
      field: 'tokenLimits',
      value: 256,
    })
  })
})

describe('calls', () => {
  test('the first rate limit is the settings word\'s, the others are meters that count every call', () => {
    const rateLimits = [...input.rateLimits, { count: 100, period: 'day' }, { count: 300, period: 'week' }] as const
    const { rateLimit, header } = definePolicy({ ...input, rateLimits })
    expect(rateLimit).toEqual({ count: 10n, period: 'hour' })
    expect(header.meters.slice(1)).toEqual([
      { token: `0x${'01'.padStart(40, '0')}`, tag: 255, period: 'day', cap: 100n },
      { token: `0x${'02'.padStart(40, '0')}`, tag: 255, period: 'week', cap: 300n },
    ])
    expect(refusalOf({ rateLimits: [...rateLimits, { count: 0, period: 'day' }] }).field).toBe('rateLimits[3].count')
    expect(refusalOf({ rateLimits: [...rateLimits, { count: 65_536, period: 'day' }] }).field).toBe('rateLimits[3].count')
    expect(refusalOf({ rateLimits: [...rateLimits, { count: 1, period: 'operation' }] }).field).toBe(
      'rateLimits[3].period',
    )
  })

  test.each([0, 65_536, -1, 1.5])('a rate of %s calls', (count) => {
    expect(refusalOf({ rateLimits: [{ count, period: 'hour' }] }).field).toBe('rateLimits[0].count')
  })

  test('a rate needs a period that lasts', () => {
    expect(definePolicy({ ...input, rateLimits: [{ count: 65_535, period: 'minute' }] }).rateLimit?.count).toBe(65_535n)
    expect(refusalOf({ rateLimits: [{ count: 1, period: 'operation' }] })).toMatchObject({
      code: 'UnknownPeriod',
      field: 'rateLimits[0].period',
    })
  })

  test('a quota fits 24 bits', () => {
    expect(definePolicy({ ...input, maxUses: 16_777_215 }).maxUses).toBe(16_777_215n)
    expect(refusalOf({ maxUses: 16_777_216 })).toMatchObject({ code: 'OutOfRange', field: 'maxUses' })
    expect(refusalOf({ maxUses: 0 }).field).toBe('maxUses')
  })

  test('a cooldown is exact: seconds up to 65,535, whole minutes above', () => {
    expect(definePolicy({ ...input, cooldown: 65_535 }).cooldown).toBe(65_535n)
    expect(definePolicy({ ...input, cooldown: 65_580 }).cooldown).toBe(65_580n)
    expect(definePolicy({ ...input, cooldown: 65_535 * 60 }).cooldown).toBe(3_932_100n)
    expect(refusalOf({ cooldown: 65_536 })).toMatchObject({ code: 'OutOfRange', field: 'cooldown' })
    expect(refusalOf({ cooldown: 65_536 * 60 })).toMatchObject({ code: 'OutOfRange', field: 'cooldown' })
  })

  test('a policy permits something', () => {
    expect(refusalOf({ callPolicies: [] })).toMatchObject({ code: 'OutOfRange', field: 'callPolicies' })
    expect(refusalOf({ callPolicies: undefined }).field).toBe('callPolicies')
  })
})

describe('paymasters', () => {
  const token = { address: ROUTER, mode: 'token', token: USDC, rate: 3_000_000_000n } as const

  test('sponsor and token', () => {
    const { paymasters } = definePolicy({ ...input, paymasters: [{ address: ROUTER, prefix: '0xABcd' }, token] }).header
    expect(paymasters).toEqual([
      { address: ROUTER, prefix: '0xabcd', mode: 'sponsor' },
      { address: ROUTER, prefix: '0x', mode: 'token', meterIndex: 0, rate: 3_000_000_000n },
    ])
  })

  test.each([
    ['a token without a limit', { ...token, token: ROUTER }, 'paymasters[0].token'],
    ['no rate', { ...token, rate: 0n }, 'paymasters[0].rate'],
    ['an unknown mode', { ...token, mode: 'gift' }, 'paymasters[0].mode'],
    ['address zero', { address: `0x${'00'.repeat(20)}` }, 'paymasters[0].address'],
    ['a prefix of 256 bytes', { address: ROUTER, prefix: `0x${'ab'.repeat(256)}` }, 'paymasters[0].prefix'],
    ['half a byte', { address: ROUTER, prefix: '0xabc' }, 'paymasters[0].prefix'],
  ])('%s is refused', (_, paymaster, field) => {
    expect(refusalOf({ paymasters: [paymaster] }).field).toBe(field)
  })
})

test('a code hash has 32 bytes', () => {
  const hash = `0x${'5c'.repeat(32)}` as const
  expect(definePolicy({ ...input, accountCodeHash: hash }).header.pinnedCode).toBe(hash)
  expect(refusalOf({ accountCodeHash: '0x5c' }).field).toBe('accountCodeHash')
})

test('errors say field, value and what is accepted, in one line', () => {
  const error = refusalOf({ maxUses: -3 })
  expect(error.shortMessage).toBe('`maxUses` is -3. Accepted: a whole number of calls from 1 to 16777215.')
  expect(error).not.toBeInstanceOf(UnsafePolicyError)
})

describe('a field that nobody knows is refused: a limit under another name would be no limit', () => {
  test.each([
    [{ tokenLimit: input.tokenLimits }, 'tokenLimit'],
    [{ expiry: 5 }, 'expiry'],
    [{ nativeLimit: { ...input.nativeLimit, perCall: 1n } }, 'nativeLimit.perCall'],
    [{ rateLimits: [{ ...input.rateLimits[0], burst: 2 }] }, 'rateLimits[0].burst'],
    [{ tokenLimits: [{ ...input.tokenLimits[0], cap: 1n }] }, 'tokenLimits[0].cap'],
    [{ callPolicies: [{ ...input.callPolicies[0], maxValue: 1n }] }, 'callPolicies[0].maxValue'],
    [{ paymasters: [{ address: ROUTER, token: USDC }] }, 'paymasters[0].token'],
  ])('%#: %o', (changes, field) => {
    expect(refusalOf(changes)).toMatchObject({ code: 'UnknownField', field })
  })

  test.each([
    [{ nativeLimit: 5n }, 'nativeLimit'],
    [{ tokenLimits: [null] }, 'tokenLimits[0]'],
    [{ rateLimits: [10] }, 'rateLimits[0]'],
    [{ callPolicies: ['any'] }, 'callPolicies[0]'],
    [{ paymasters: [ROUTER] }, 'paymasters[0]'],
  ])('and so is what is no object', (changes, field) => {
    expect(refusalOf(changes).field).toBe(field)
  })
})
