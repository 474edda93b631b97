import { type Abi, parseAbi, toFunctionSelector, toHex } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  type CallPolicy,
  InvalidPolicyFieldError,
  and,
  argument,
  atLeast,
  atMost,
  call,
  createAddressSet,
  createSet,
  definePolicy,
  element,
  equals,
  every,
  hashIs,
  inSet,
  length,
  masked,
  notEquals,
  oneOf,
  or,
  self,
  slice,
  some,
  startsWith,
  value,
} from '../../src/index.ts'
import { OTHER, ROUTER, USDC, input } from '../fixtures.ts'

/** What is refused when a policy is built, each with a code and the field. The compiler's own refusals are cast away. */

const abi: Abi = parseAbi([
  'struct Inner { uint8 small; int16 signed; }',
  'function f(address who, uint256 amount, int8 tick, bool flag, bytes4 tag, bytes data, string text, uint256[] list, address[2] pair, Inner[] inners, uint256[][] deep, bytes[] calls)',
])

function conditionsOf(args: unknown, value_ = 0n) {
  const policy = { target: ROUTER, abi, functionName: 'f', args, value: value_ } as CallPolicy
  return definePolicy({ ...input, callPolicies: [policy] }).permissions.list[0]?.conditions
}

function codeOf(args: unknown, value_ = 0n): string {
  try {
    conditionsOf(args, value_)
  } catch (error) {
    if (error instanceof InvalidPolicyFieldError) return error.code
    throw error
  }
  return 'nothing was refused'
}

describe('operators that do not fit the type', () => {
  test.each<[string, unknown]>([
    ['order of addresses', { who: atMost(1n) }],
    ['order of fixed bytes', { tag: atLeast(1n) }],
    ['order of booleans', { flag: atMost(1) }],
    ['the account as a number', { amount: self() }],
    ['a mask on a signed number', { tick: masked(1, 1) }],
    ['a prefix of a number', { amount: startsWith('0x12') }],
    ['order of a byte string', { data: atMost(1n) }],
    ['a list of byte strings', { data: oneOf(['0x12']) }],
    ['a comparison of an array', { list: equals(1n) }],
    ['the length of a number', { amount: length(equals(1n)) }],
    ['every of a byte string', { data: every(equals(1n)) }],
    ['a set of another type', { amount: inSet(createAddressSet([USDC])) }],
    ['relation to an address', { amount: equals(argument('who')) }],
    ['order against a signed number', { amount: atMost(argument('tick')) }],
    ['not another argument', { amount: notEquals(argument('amount') as never) }],
    ['a comparison of a tuple', { inners: element(0, equals(1n)) }],
  ])('%s', (_, args) => {
    expect(codeOf(args)).toBe('ConditionTypeMismatch')
  })
})

describe('operands out of range or of another type', () => {
  test.each<[string, unknown]>([
    ['a number too large', { inners: element(0, { small: atMost(256) }) }],
    ['a negative one', { amount: atLeast(-1n) }],
    ['a signed one too small', { tick: equals(-129) }],
    ['a number for an address', { who: equals(1n) }],
    ['a fraction', { amount: equals(0.5) }],
    ['three bytes for four', { tag: equals('0x123456') }],
    ['a number for a boolean', { flag: equals(1) }],
    ['half a byte', { data: startsWith('0x1') }],
    ['no prefix', { data: startsWith('0x') }],
    ['a prefix of 256 bytes', { data: startsWith(`0x${'00'.repeat(256)}`) }],
    ['a short hash', { data: hashIs('0x1234') }],
    ['an empty list', { amount: oneOf([]) }],
    ['256 values', { amount: oneOf(Array.from({ length: 256 }, (_, index) => index)) }],
    ['a value twice', { amount: oneOf([1, 2, 1n]) }],
    ['an empty mask', { amount: masked(0, 0) }],
    ['a slice of 33 bytes', { data: slice(0, 33, equals(1n)) }],
    ['a slice past the end', { data: slice(-4, 5, equals(1n)) }],
    ['too many bytes for a slice', { data: slice(0, 2, equals('0x123456')) }],
    ['element 65,536', { list: element(65_536, equals(1n)) }],
    ['element 2 of 2', { pair: element(2, equals(USDC)) }],
    ['no alternatives', { amount: or() }],
    ['no condition', { amount: 5n }],
    ['an unknown argument', { amuont: equals(1n) }],
    ['an unknown reference', { amount: atMost(argument('limit')) }],
    ['an unknown nested function', { data: call(abi, 'g') }],
    ['an unknown nested argument', { data: call(abi, 'f', { gone: equals(1n) }) }],
  ])('%s', (_, args) => {
    expect(codeOf(args)).toMatch(/^(InvalidPolicyField|OutOfRange|UnknownArgument|UnknownFunction)$/)
  })

  test('boundaries are allowed', () => {
    expect(
      conditionsOf({
        tick: oneOf([-128, 127]),
        amount: or(equals(0n), equals(2n ** 256n - 1n)),
        data: startsWith(`0x${'00'.repeat(255)}`),
        list: element(65_535, equals(1n)),
        pair: element(1, equals(USDC)),
      }),
    ).toHaveLength(5)
    expect(conditionsOf({ amount: oneOf(Array.from({ length: 255 }, (_, index) => index)) })).toHaveLength(1)
  })
})

describe('what can never hold', () => {
  test.each<[string, unknown, bigint?]>([
    ['bounds that cross', { amount: and(atLeast(6n), atMost(5n)) }],
    ['signed bounds that cross', { tick: and(atLeast(1), atMost(-1)) }],
    ['two values', { amount: and(equals(1n), equals(2n)) }],
    ['a value that is excluded', { amount: and(equals(1n), notEquals(1n)) }],
    ['a list without the rest', { amount: and(oneOf([1n, 2n]), atLeast(3n)) }],
    ['bounds of which all is excluded', { amount: and(atMost(1n), notEquals(0n), notEquals(1n)) }],
    ['masks that disagree', { amount: and(masked(3, 1), masked(1, 0)) }],
    ['bits outside of the mask', { amount: masked(1, 2) }],
    ['two prefixes', { data: and(startsWith('0x12'), startsWith('0x34')) }],
    ['two hashes', { text: and(equals('a'), equals('b')) }],
    ['two calls', { data: and(call(abi, 'f', { amount: atMost(1n) }), call(otherAbi(), 'g', { a: atMost(1n) })) }],
    ['alternatives of which none is left', { amount: and(atMost(5n), or(equals(6n), atLeast(7n))) }],
    ['more value than the policy has', value(atLeast(6n)), 5n],
    ['any value where there is none', value(equals(1n))],
  ])('%s', (_, args, value_) => {
    expect(codeOf(args, value_)).toBe('ConditionNeverHolds')
  })

  test.each<[string, unknown, bigint?]>([
    ['bounds that meet', { amount: and(atLeast(5n), atMost(5n)) }],
    ['a signed range around zero', { tick: and(atLeast(-1), atMost(1)) }],
    ['one value that is not excluded', { amount: and(atMost(2n), notEquals(0n), notEquals(1n)) }],
    ['one alternative that is left', { amount: and(atMost(5n), or(equals(6n), equals(5n))) }],
    ['a prefix of a prefix', { data: and(startsWith('0x12'), startsWith('0x1234')) }],
    ['the most value', value(atLeast(5n)), 5n],
    ['different elements', { list: and(some(equals(1n)), some(equals(2n))) }],
  ])('but %s may', (_, args, value_) => {
    expect(codeOf(args, value_)).toBe('nothing was refused')
  })
})

describe('what the format cannot say', () => {
  test.each<[string, unknown]>([
    ['alternatives for every element', { list: every(or(atMost(1n), atLeast(5n))) }],
    ['two conditions that one element meets', { inners: some({ small: equals(1), signed: equals(2) }) }],
    ['every in every', { deep: every(every(equals(1n))) }],
    ['some in every', { deep: every(some(equals(1n))) }],
  ])('%s', (_, args) => {
    expect(codeOf(args)).toBe('ConditionNotExpressible')
  })

  test('but every element of a list of values, by one or by alternatives, it can', () => {
    const listed = conditionsOf({ list: every(oneOf([1n, 2n, 5n])) })
    expect(conditionsOf({ list: every(or(equals(1n), or(equals(5n), equals(2n)))) })).toEqual(listed)
    expect(conditionsOf({ inners: every({ small: equals(1), signed: atMost(2) }) })).toHaveLength(2)
    expect(conditionsOf({ pair: every(or(equals(USDC), self())) })).toHaveLength(2)
    expect(conditionsOf({ pair: some(or(equals(USDC), self())) })?.[0]).toHaveLength(4)
  })

  const bounds = (count: number) =>
    or(...Array.from({ length: count }, (_, index) => ({ amount: atLeast(BigInt(index)), tick: atMost(index) })))

  test('a formula that grows past 255 clauses', () => {
    expect(codeOf(bounds(8))).toBe('ConditionTooLarge')
    expect(codeOf(or(...Array.from({ length: 60 }, (_, index) => ({ amount: masked(255, index), who: self() }))))).toBe(
      'ConditionTooLarge',
    )
  })

  test('conditions that no operation has room for', () => {
    const lists = and(
      ...Array.from({ length: 2 }, (_, at) => ({
        list: element(at, oneOf(Array.from({ length: 128 }, (_it, index) => index))),
      })),
    )
    expect(codeOf(lists)).toBe('ConditionTooLarge')
  })
})

describe('paths', () => {
  const pathsOf = (args: unknown) => conditionsOf(args)?.map((clause) => clause.map(({ path }) => path))

  test('hold narrow types to their width where a wider word could pass', () => {
    expect(pathsOf({ who: notEquals(USDC), amount: atLeast(1n), tick: atMost(1), tag: notEquals('0x12345678') })).toEqual([
      [[{ step: 'typedWord', index: 0, type: 20 }]],
      [[{ step: 'word', index: 1 }]],
      [[{ step: 'typedWord', index: 2, type: 0x81 }]],
      [[{ step: 'typedWord', index: 4, type: 0x44 }]],
    ])
  })

  test('lead through offsets with the length of the head they stand in, and the offsets behind them', () => {
    const head = 13
    expect(pathsOf({ list: element(3, equals(1n)) })).toEqual([
      [
        [
          { step: 'follow', index: 7, head, before: [10, 11, 12] },
          { step: 'element', index: 3, size: 1 },
          { step: 'word', index: 0 },
        ],
      ],
    ])
    expect(pathsOf({ inners: every({ signed: equals(-1) }) })).toEqual([
      [
        [
          { step: 'follow', index: 10, head, before: [11, 12] },
          { step: 'every', size: 2 },
          { step: 'word', index: 1 },
        ],
      ],
    ])
    expect(pathsOf({ deep: element(1, element(2, equals(1n))) })).toEqual([
      [
        [
          { step: 'follow', index: 11, head, before: [12] },
          { step: 'element', index: 1, size: 0 },
          { step: 'element', index: 2, size: 1 },
          { step: 'word', index: 0 },
        ],
      ],
    ])
    expect(pathsOf({ pair: { 1: equals(OTHER) } })).toEqual([[[{ step: 'word', index: 9 }]]])
  })

  test('a call without conditions is one of that function', () => {
    expect(conditionsOf({ calls: every(call(otherAbi(), 'g')) })).toEqual([
      [
        {
          path: [{ step: 'follow', index: 12, head: 13 }, { step: 'every', size: 0 }, { step: 'bytes' }],
          operator: 'prefix',
          prefix: toFunctionSelector('g(uint256)'),
        },
      ],
    ])
  })
})

describe('normal form', () => {
  test('alternatives of conjunctions become a conjunction of alternatives, in order', () => {
    const clauses = conditionsOf(or({ amount: atMost(1n), flag: equals(true) }, { who: self() }))
    expect(clauses?.map((clause) => clause.map(({ operator }) => operator))).toEqual([
      ['atMost', 'equalSelf'],
      ['equal', 'equalSelf'],
    ])
  })

  test('what is said twice, and what another clause says already, is said once', () => {
    expect(conditionsOf(and({ amount: equals(1n) }, { amount: equals(1n) }))).toHaveLength(1)
    expect(conditionsOf({ amount: and(atMost(5n), or(atMost(5n), atLeast(9n))) })).toHaveLength(1)
  })

  test('alternatives that name values of one word are one list', () => {
    expect(conditionsOf({ amount: or(equals(2n), oneOf([1n, 3n])) })).toEqual([
      [
        {
          path: [{ step: 'word', index: 1 }],
          operator: 'inList',
          values: [1, 2, 3].map((it) => toHex(it, { size: 32 })),
        },
      ],
    ])
  })
})

test('the spender of an approval is one value, not a list', () => {
  const approve = (spender: unknown) =>
    definePolicy({
      ...input,
      callPolicies: [
        {
          target: USDC,
          abi: parseAbi(['function approve(address spender, uint256 amount)']),
          functionName: 'approve',
          args: { spender },
        } as CallPolicy,
      ],
    })
  expect(() => approve(equals(ROUTER))).not.toThrow()
  expect(() => approve(oneOf([ROUTER, OTHER]))).toThrow('one value')
  expect(() => approve(notEquals(OTHER))).toThrow('one value')
})

test('sets of numbers of another width fit where all entries do', () => {
  expect(codeOf({ inners: element(0, { small: inSet(createSet('uint256', [1, 255])) }) })).toBe('nothing was refused')
  expect(codeOf({ inners: element(0, { small: inSet(createSet('uint256', [1, 256])) }) })).toBe('ConditionTypeMismatch')
})

function otherAbi(): Abi {
  return parseAbi(['function g(uint256 a)'])
}
