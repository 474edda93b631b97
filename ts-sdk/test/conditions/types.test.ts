import { expect, expectTypeOf, test } from 'vitest'
import { swapRouterAbi, tokenAbi } from '../../../test/vectors/protocols.ts'
import {
  type CallPolicy,
  type Policy,
  type PolicyInput,
  type WordSet,
  and,
  atLeast,
  atMost,
  call,
  chargedAmount,
  createAddressSet,
  definePolicy,
  element,
  equals,
  every,
  firstAddress,
  inSet,
  length,
  oneOf,
  or,
  self,
  value,
} from '../../src/index.ts'
import { ROUTER, USDC, input } from '../fixtures.ts'

/** What the compiler refuses: the test is that this file compiles with each refusal where it is expected. */

const swap = { target: ROUTER, abi: swapRouterAbi, functionName: 'exactInputSingle' } as const
const deep = { target: ROUTER, abi: swapRouterAbi, functionName: 'exactInput' } as const
const multi = { target: ROUTER, abi: swapRouterAbi, functionName: 'multicall' } as const
const recipients = createAddressSet([USDC, ROUTER])
const rest = { ...input, callPolicies: undefined, meters: { sold: { amount: 1n, period: 'day' } } } as const
const sold = <const A>(at: A) => ({ meter: 'sold', by: { at } }) as const

test('right names and types compile', () => {
  const policy = definePolicy({
    ...rest,
    callPolicies: [
      { ...swap, args: { params: { recipient: self(), amountIn: atMost(10n), tokenOut: oneOf([USDC, ROUTER]) } } },
      { ...swap, args: { 'params.recipient': or(self(), inSet(recipients)), 3: equals(ROUTER) } },
      { ...deep, args: { params: { path: and(firstAddress(equals(USDC)), length(equals(43n))) } } },
      { ...multi, args: { data: every(call(swapRouterAbi, 'exactInputSingle', { params: { recipient: self() } })) } },
      { ...swap, args: or({ params: { fee: equals(500) } }, { params: { fee: equals(3_000n) } }) },
      { ...swap, value: 5n, args: and(value(atLeast(1n)), { params: { amountIn: equals(value()) } }) },
      { target: ROUTER, selector: '0x12345678', args: { 0: self() } },
      { ...multi, charges: [sold({ data: element(0, call(swapRouterAbi, 'exactInputSingle', { params: { amountIn: chargedAmount() } })) })] },
    ],
  })
  expect(policy.permissions.list).toHaveLength(8)
  expectTypeOf(policy).toEqualTypeOf<Policy>()
  expectTypeOf(recipients).toEqualTypeOf<WordSet<'address'>>()
})

test('policies that only the run knows compile too, and are checked there', () => {
  const later: PolicyInput = { ...input, callPolicies: [{ ...swap, args: { wrong: self() } } as CallPolicy] }
  expect(() => definePolicy(later)).toThrow('wrong')
})

test('wrong names do not compile', () => {
  const policies = [
    // @ts-expect-error no such member
    () => definePolicy({ ...rest, callPolicies: [{ ...swap, args: { params: { recipeint: self() } } }] }),
    // @ts-expect-error no such argument
    () => definePolicy({ ...rest, callPolicies: [{ ...swap, args: { param: { recipient: self() } } }] }),
    // @ts-expect-error no such member, with dots
    () => definePolicy({ ...rest, callPolicies: [{ ...swap, args: { 'params.recipeint': self() } }] }),
    // @ts-expect-error no such member, in an alternative
    () => definePolicy({ ...rest, callPolicies: [{ ...swap, args: or({ params: { recipeint: self() } }) }] }),
    // @ts-expect-error no such member, of a charge
    () => definePolicy({ ...rest, callPolicies: [{ ...swap, charges: [sold({ params: { amountInn: chargedAmount() } })] }] }),
    // @ts-expect-error no such function
    () => definePolicy({ ...rest, callPolicies: [{ ...swap, functionName: 'exactInputSinlge', args: {} }] }),
    // @ts-expect-error no such argument of a nested call
    () => call(tokenAbi, 'transfer', { recipient: self() }),
  ]
  for (const policy of policies.slice(0, 6)) expect(policy).toThrow()
})

test('wrong types of operands do not compile', () => {
  const policies = [
    // @ts-expect-error a number where an address is
    () => definePolicy({ ...rest, callPolicies: [{ ...swap, args: { params: { recipient: equals(1n) } } }] }),
    // @ts-expect-error an address where a number is
    () => definePolicy({ ...rest, callPolicies: [{ ...swap, args: { params: { amountIn: equals(USDC) } } }] }),
    // @ts-expect-error an order of addresses
    () => definePolicy({ ...rest, callPolicies: [{ ...swap, args: { params: { recipient: atMost(1n) } } }] }),
    // @ts-expect-error the account as a number
    () => definePolicy({ ...rest, callPolicies: [{ ...swap, args: { params: { fee: self() } } }] }),
    // @ts-expect-error a list with a number in it
    () => definePolicy({ ...rest, callPolicies: [{ ...swap, args: { params: { tokenOut: oneOf([USDC, 1n]) } } }] }),
    // @ts-expect-error a set of addresses for a number
    () => definePolicy({ ...rest, callPolicies: [{ ...swap, args: { params: { amountIn: inSet(recipients) } } }] }),
    // @ts-expect-error a tuple is not one value
    () => definePolicy({ ...rest, callPolicies: [{ ...swap, args: { params: self() } }] }),
    // @ts-expect-error bytes have no order
    () => definePolicy({ ...rest, callPolicies: [{ ...deep, args: { params: { path: atMost(1n) } } }] }),
    // @ts-expect-error an array is not one value
    () => definePolicy({ ...rest, callPolicies: [{ ...multi, args: { data: equals('0x12') } }] }),
    // @ts-expect-error a charge of an address
    () => definePolicy({ ...rest, callPolicies: [{ ...swap, charges: [sold({ params: { recipient: chargedAmount() } })] }] }),
    // @ts-expect-error a wrong alternative
    () => definePolicy({ ...rest, callPolicies: [{ ...swap, args: { params: { fee: or(equals(1), self()) } } }] }),
    // @ts-expect-error an amount that is an address, in a nested call
    () => definePolicy({ ...rest, callPolicies: [{ ...multi, args: { data: every(call(tokenAbi, 'transfer', { amount: equals(USDC) })) } }] }),
  ]
  for (const policy of policies) expect(policy).toThrow()
})
