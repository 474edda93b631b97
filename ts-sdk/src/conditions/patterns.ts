import type { Abi, Address, Hex } from 'viem'
import type { CheckCall } from './checkTypes.ts'
import type { WordSet } from './sets.ts'

/** A value of one 32-byte argument word: an address, a number, a boolean, or bytes of a fixed length. */
export type ArgumentValue = Address | Hex | bigint | number | boolean

/** Another value of the same call, to compare with. */
export type Reference<P extends string = string> = { readonly reference: P }

export type Compare<O extends string = string, V = unknown> = { readonly operator: O; readonly value: V }
export type Self = { readonly operator: 'equalSelf' }
export type OneOf<V = unknown> = { readonly operator: 'inList'; readonly values: readonly V[] }
export type InSet<T extends string = string> = { readonly operator: 'inSet'; readonly set: WordSet<T> }
export type Masked<V = unknown> = { readonly operator: 'maskedEqual'; readonly mask: V; readonly value: V }
export type Slice<C = unknown> = {
  readonly operator: 'slice'
  readonly offset: number
  readonly length: number
  readonly condition: C
}
export type Length<C = unknown> = { readonly operator: 'length'; readonly condition: C }
export type Elements<Q extends string = string, C = unknown> = { readonly quantifier: Q; readonly condition: C }
export type Element<C = unknown> = { readonly element: number; readonly condition: C }
export type NestedCall = {
  readonly operator: 'call'
  readonly abi: Abi
  readonly functionName: string
  readonly args: unknown
}
export type Combination<C = unknown> = { readonly combine: 'all' | 'any'; readonly of: readonly C[] }

/** No argument can have this name. */
export const CALL_VALUE = 'value()'
export type CallValue<C = unknown> = { readonly [CALL_VALUE]: C }

/** What may be compared with the value of a call, a length, or an unsigned number. */
type Amount = bigint | number | Reference

/** A condition on one argument. What fits which type is checked by the compiler where the ABI is known to it. */
export type ArgumentCondition =
  | Compare
  | Self
  | OneOf
  | InSet
  | Masked
  | Slice
  | Length
  | Elements
  | Element
  | NestedCall
  | Combination
  | CallValue
  | { readonly [name: string]: unknown }

/** The argument must be exactly `value`. Of bytes and strings: the whole content. */
export function equals<const V extends ArgumentValue | Reference | string>(value: V): Compare<'equal', V> {
  return { operator: 'equal', value }
}

/** The argument must be anything but `value`. */
export function notEquals<const V extends ArgumentValue>(value: V): Compare<'notEqual', V> {
  return { operator: 'notEqual', value }
}

/** The number must be `value` or less, in its own type's order: a signed one may be negative. */
export function atMost<const V extends Amount>(value: V): Compare<'atMost', V> {
  return { operator: 'atMost', value }
}

/** The number must be `value` or more, in its own type's order. */
export function atLeast<const V extends Amount>(value: V): Compare<'atLeast', V> {
  return { operator: 'atLeast', value }
}

/** The argument must be the account's own address. */
export function self(): Self {
  return { operator: 'equalSelf' }
}

/** The argument must be one of `values`: 1 to 255, all different. For long lists, {@link inSet}. */
export function oneOf<const V extends ArgumentValue>(values: readonly V[]): OneOf<V> {
  return { operator: 'inList', values }
}

/** The argument must be in a published set, of which the policy holds only root and count. */
export function inSet<const T extends string>(set: WordSet<T>): InSet<T> {
  return { operator: 'inSet', set }
}

/** The bits of the argument that are set in `mask` must be those of `value`. */
export function masked<const V extends Hex | bigint | number>(mask: V, value: V): Masked<V> {
  return { operator: 'maskedEqual', mask, value }
}

/** The byte string must begin with `prefix`: 1 to 255 bytes. Of a `string`: text. */
export function startsWith<const V extends string>(prefix: V): Compare<'prefix', V> {
  return { operator: 'prefix', value: prefix }
}

/** keccak256 of the byte string must be `hash`. */
export function hashIs<const V extends Hex>(hash: V): Compare<'hash', V> {
  return { operator: 'hash', value: hash }
}

/**
 * Bytes of a byte string, read as an unsigned number, an address or bytes of that length.
 *
 * @param offset from the start, 0 to 32,767; negative: from the end, so that `slice(-20, 20, …)` is the last 20 bytes
 * @param count how many bytes, 1 to 32
 */
export function slice<C>(offset: number, count: number, condition: C): Slice<C> {
  return { operator: 'slice', offset, length: count, condition }
}

/** The first 20 bytes, such as the first token of a Uniswap V3 `path`. */
export function firstAddress<C>(condition: C): Slice<C> {
  return slice(0, 20, condition)
}

/** The last 20 bytes, such as the last token of a Uniswap V3 `path`. */
export function lastAddress<C>(condition: C): Slice<C> {
  return slice(-20, 20, condition)
}

/** How many elements an array, or bytes a byte string, must have. */
export function length<C>(condition: C): Length<C> {
  return { operator: 'length', condition }
}

export type ChargedAmount = { readonly operator: 'chargedAmount' }

/** Here stands what a charge counts: in the place of a condition, in `by: { at: … }` of a charge and nowhere else. */
export function chargedAmount(): ChargedAmount {
  return { operator: 'chargedAmount' }
}

/** Every element must be so. An array without elements is. */
export function every<C>(condition: C): Elements<'every', C> {
  return { quantifier: 'every', condition }
}

/** At least one element must be so. */
export function some<C>(condition: C): Elements<'some', C> {
  return { quantifier: 'some', condition }
}

/** Element `index` (from 0) must be there and be so. */
export function element<C>(index: number, condition: C): Element<C> {
  return { element: index, condition }
}

/** All of `conditions` must hold. */
export function and<const C extends readonly unknown[]>(...conditions: C): Combination<C[number]> {
  return { combine: 'all', of: conditions }
}

/**
 * At least one of `conditions` must hold. They are tried in order, and what cannot be read refuses the call: put first
 * what is always there.
 */
export function or<const C extends readonly unknown[]>(...conditions: C): Combination<C[number]> {
  return { combine: 'any', of: conditions }
}

/** The byte string must be a call of this function, with arguments as said. */
export function call<const A extends Abi, const N extends string, const C = Record<never, never>>(
  abi: A,
  functionName: N,
  args?: C & CheckCall<NoInfer<C>, A, N>,
): NestedCall {
  return { operator: 'call', abi, functionName, args: args ?? {} }
}

/** The native value that the call carries, in wei: `value(atMost(…))` as a condition, `value()` to compare with. */
export function value(): Reference<typeof CALL_VALUE>
export function value<C>(condition: C): CallValue<C>
export function value(condition?: unknown): Reference<typeof CALL_VALUE> | CallValue {
  return condition === undefined ? { reference: CALL_VALUE } : { [CALL_VALUE]: condition }
}

/** Another argument of the same call, by its name with dots into tuples: `atLeast(argument('params.amountIn'))`. */
export function argument<const P extends string>(path: P): Reference<P> {
  return { reference: path }
}
