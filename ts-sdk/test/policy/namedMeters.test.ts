import { type Abi, concat, parseAbi } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  type ArgumentCondition,
  InvalidPolicyFieldError,
  type PolicyInput,
  atLeast,
  call,
  chargedAmount,
  decodeHeader,
  decodePermissions,
  definePolicy,
  encodeHeader,
  encodePermissions,
  element,
  equals,
  every,
  length,
  or,
  slice,
  some,
} from '../../src/index.ts'
import { ROUTER, input, routerAbi } from '../fixtures.ts'

const swap = { target: ROUTER, abi: routerAbi, functionName: 'exactInputSingle', value: 5n } as const
const number = (n: number) => `0x${n.toString(16).padStart(40, '0')}`

function refusalOf(changes: Record<string, unknown>): InvalidPolicyFieldError {
  try {
    definePolicy({ ...input, ...changes } as PolicyInput)
  } catch (error) {
    if (error instanceof InvalidPolicyFieldError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const policy = definePolicy({
  ...input,
  meters: {
    swapIn: [
      { amount: 50n, period: 'operation' },
      { amount: 500n, period: 'day' },
    ],
    swaps: { amount: 3n, period: 'day' },
  },
  rateLimits: [...input.rateLimits, { count: 100, period: 'day' }],
  callPolicies: [
    {
      ...swap,
      charges: [
        { meter: 'swapIn', by: { argument: 'params.amountIn' } },
        { meter: 'swaps', by: 'count' },
      ],
    },
    { target: ROUTER, selector: 'none', value: 9n, charges: [{ meter: 'swaps', by: 'value' }] },
  ],
})

describe('meters by name', () => {
  test('take numbers behind the token limits; several limits of one name differ in their tag', () => {
    expect(policy.header.meters.slice(1)).toEqual([
      { token: number(1), tag: 0, period: 'operation', cap: 50n },
      { token: number(1), tag: 1, period: 'day', cap: 500n },
      { token: number(2), tag: 0, period: 'day', cap: 3n },
      { token: number(3), tag: 255, period: 'day', cap: 100n },
    ])
  })

  test('are charged by permissions: every limit of the name, by count, value or argument', () => {
    const [first, second] = policy.permissions.list
    // The tuple's words are words of the head; amountIn is the fifth.
    expect(first?.charges).toEqual([
      { meterIndex: 1, source: 'amount', path: '0x0104' },
      { meterIndex: 2, source: 'amount', path: '0x0104' },
      { meterIndex: 3, source: 'count' },
    ])
    expect(second?.charges).toEqual([{ meterIndex: 3, source: 'value' }])
  })

  test('the first meter of a policy may be one, with 96 bits', () => {
    const meters = (amount: bigint) => ({ tokenLimits: [], meters: { swaps: { amount, period: 'day' } } })
    expect(definePolicy({ ...input, ...meters(2n ** 96n - 1n) } as PolicyInput).header.meters).toHaveLength(1)
    expect(refusalOf(meters(2n ** 96n))).toMatchObject({ code: 'OutOfRange', field: 'meters.swaps.amount' })
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['no limit', { meters: { swaps: [] } }, 'meters.swaps'],
    ['no amount', { meters: { swaps: { amount: 0n, period: 'day' } } }, 'meters.swaps.amount'],
    ['129 bits', { meters: { swaps: { amount: 2n ** 128n, period: 'day' } } }, 'meters.swaps.amount'],
    ['no period', { meters: { swaps: [{ amount: 1n }] } }, 'meters.swaps[0].period'],
    ['an unknown field', { meters: { swaps: { amount: 1n, period: 'day', cap: 1n } } }, 'meters.swaps.cap'],
    ['a list', { meters: [{ amount: 1n, period: 'day' }] }, 'meters'],
    ['an unknown name', { callPolicies: [{ ...swap, charges: [{ meter: 'x', by: 'count' }] }] }, 'callPolicies[0].charges[0].meter'],
  ])('%s is refused', (_, changes, field) => {
    expect(refusalOf(changes).field).toBe(field)
  })

  test.each(['amountIn', 'params.recipient', 'params.nothing', 4.5, -1, 300])('argument %s is no amount', (argument) => {
    const callPolicies = [{ ...swap, charges: [{ meter: 'swaps', by: { argument } }] }]
    expect(refusalOf({ meters: { swaps: { amount: 1n, period: 'day' } }, callPolicies })).toMatchObject({
      code: 'UnknownArgument',
      field: 'callPolicies[0].charges[0].by.argument',
    })
  })

  describe('of an amount that no name leads to', () => {
    const abi = parseAbi([
      'function pay(uint256[] amounts, bytes[] calls, bytes packed, (uint128 fee, int256 change, address to) rest)',
      'function transfer(address to, uint256 amount)',
    ])
    const transferTo = '0xa9059cbb'
    const chargesOf = (at: ArgumentCondition) =>
      definePolicy({
        ...input,
        meters: { paid: { amount: 1n, period: 'day' } },
        callPolicies: [{ target: ROUTER, abi: abi as Abi, functionName: 'pay', charges: [{ meter: 'paid', by: { at } }] }],
      }).permissions.list[0]?.charges

    test.each<[string, ArgumentCondition, string]>([
      ['an element', { amounts: element(2, chargedAmount()) }, concat(['0x03000600000003', '0x04000201', '0x0100'])],
      ['the length of an array', { amounts: length(chargedAmount()) }, concat(['0x03000600000003', '0x07'])],
      ['some bytes', { packed: slice(-4, 4, chargedAmount()) }, concat(['0x020206', '0x0b800404'])],
      ['an argument of a call in an element', { calls: element(0, call(abi, 'transfer', { amount: chargedAmount() })) }, concat(['0x03010600000001', '0x04000000', '0x09', transferTo, '0x0101'])],
      ['a member, of its type', { rest: { fee: chargedAmount() } }, '0x0c0310'],
      ['an argument by name, as conditions have it', { 'rest.fee': chargedAmount() }, '0x0c0310'],
    ])('%s is charged by the path that a condition would have', (_, at, path) => {
      expect(chargesOf(at)).toEqual([{ meterIndex: 1, source: 'amount', path }])
    })

    test.each<[string, ArgumentCondition]>([
      ['no mark', { rest: { fee: atLeast(1n) } }],
      ['nothing', {}],
      ['two marks', { amounts: element(0, chargedAmount()), rest: { fee: chargedAmount() } }],
      ['a condition beside it', { amounts: element(0, chargedAmount()), rest: { fee: equals(1n) } }],
      ['alternatives', { amounts: or(element(0, chargedAmount()), element(1, atLeast(2n))) }],
      ['every element', { amounts: every(chargedAmount()) }],
      ['some element', { amounts: some(chargedAmount()) }],
      ['a signed number', { rest: { change: chargedAmount() } }],
      ['an address', { rest: { to: chargedAmount() } }],
      ['a byte string', { packed: chargedAmount() }],
      ['an argument that is not there', { amount: chargedAmount() }],
    ])('%s is refused', (_, at) => {
      const problem = (() => {
        try {
          return chargesOf(at)
        } catch (error) {
          return error
        }
      })()
      expect(problem).toBeInstanceOf(InvalidPolicyFieldError)
      expect((problem as InvalidPolicyFieldError).field).toMatch(/^callPolicies\[0\]\.charges\[0\]\.by\.at/)
    })

    test('a mark is no condition, and needs the ABI', () => {
      const marked = { target: ROUTER, abi, functionName: 'pay' } as const
      expect(refusalOf({ callPolicies: [{ ...marked, args: { rest: { fee: chargedAmount() } } }] }).field).toBe('callPolicies[0].args.rest.fee')
      const charges = [{ meter: 'paid', by: { at: { 0: chargedAmount() } } }]
      const changes = { meters: { paid: { amount: 1n, period: 'day' } }, callPolicies: [{ target: ROUTER, selector: '0x12345678', charges }] }
      expect(refusalOf(changes).field).toBe('callPolicies[0].charges[0].by.at')
    })
  })

  test('without an ABI the index of a word says where', () => {
    const charges = [{ meter: 'swaps', by: { argument: 255 } }] as const
    const callPolicies = [{ target: ROUTER, selector: '0x12345678', charges }] as const
    const compiled = definePolicy({ ...input, meters: { swaps: { amount: 1n, period: 'day' } }, callPolicies })
    expect(compiled.permissions.list[0]?.charges).toEqual([{ meterIndex: 1, source: 'amount', path: '0x01ff' }])
  })
})

describe('bytes', () => {
  test('header and permissions come back', () => {
    const header = { ...policy.header, checker: ROUTER }
    expect(decodeHeader(encodeHeader(header))).toEqual(header)
    expect(decodePermissions(encodePermissions(policy.permissions))).toEqual(policy.permissions)
  })

  test('the bit for call meters says whether there is one', () => {
    const bytes = encodeHeader(policy.header)
    expect(bytes.slice(6, 8)).toBe('10')
    expect(() => decodeHeader(`0x${bytes.slice(2, 6)}00${bytes.slice(8)}`)).toThrow('call meters')
    expect(encodeHeader({ ...policy.header, checker: ROUTER, pinnedCode: `0x${'ab'.repeat(32)}` }).slice(6, 8)).toBe('15')
  })

  test('a checker stands before the pinned code', () => {
    const bytes = encodeHeader({ ...policy.header, checker: ROUTER, pinnedCode: `0x${'ab'.repeat(32)}` })
    expect(bytes.endsWith(`${ROUTER.slice(2).toLowerCase()}${'ab'.repeat(32)}`)).toBe(true)
  })
})

test('a checker is an address', () => {
  expect(definePolicy({ ...input, checker: ROUTER }).header.checker).toBe(ROUTER)
  expect(refusalOf({ checker: `0x${'00'.repeat(20)}` }).field).toBe('checker')
  expect(refusalOf({ checker: '0x12' }).field).toBe('checker')
})

test('a token limit names no number', () => {
  const tokenLimits = (token: string) => [{ token, amount: 1n, period: 'day' }]
  expect(refusalOf({ tokenLimits: tokenLimits(number(65_535)) }).field).toBe('tokenLimits[0].token')
  const callPolicies = [{ target: ROUTER, selector: '0x12345678' }]
  const allowed = { ...input, tokenLimits: tokenLimits(number(65_536)), callPolicies } as PolicyInput
  expect(definePolicy(allowed).header.meters).toHaveLength(1)
})
