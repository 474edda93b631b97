import type { Abi, AbiParameter, AbiFunction, Address, Hex } from 'viem'
import type {
  CALL_VALUE,
  CallValue,
  ChargedAmount,
  Combination,
  Compare,
  Element,
  Elements,
  InSet,
  Length,
  Masked,
  NestedCall,
  OneOf,
  Reference,
  Self,
  Slice,
} from './patterns.ts'

/**
 * The compiler's part of checking conditions: each type takes what was written and gives what it should have been. What
 * is right comes out as it is; a name that is not there becomes `never`, and a wrong operand the operands that fit.
 */

type Numeric = bigint | number
type Equality<V> = Compare<'equal' | 'notEqual', V> | OneOf<V>

/** Conditions on a word of an ABI type. */
type WordPattern<T extends string> = T extends 'address'
  ? Equality<Address> | Compare<'equal', Reference> | Self | InSet<'address'>
  : T extends 'bool'
    ? Compare<'equal' | 'notEqual', boolean>
    : T extends `uint${string}`
      ? NumberPattern | Masked<Numeric> | InSet<`uint${string}`>
      : T extends `int${string}`
        ? NumberPattern | InSet<T>
        : Equality<Hex> | Compare<'equal', Reference> | Masked<Hex> | InSet<T>

type NumberPattern = ChargedAmount | Equality<Numeric> | Compare<'equal' | 'atMost' | 'atLeast', Numeric | Reference>
type SlicePattern = NumberPattern | Equality<Hex> | Masked<Hex | Numeric> | Self | InSet

type BytesPattern = Compare<'equal' | 'prefix' | 'hash', Hex> | NestedCall
type TextPattern = Compare<'equal' | 'prefix', string> | Compare<'hash', Hex>

type Element_<P extends AbiParameter> = P['type'] extends `${infer T}[${string}]`
  ? LastBracket<P['type']> extends `${infer Inner}|${string}`
    ? Omit<P, 'type'> & { readonly type: Inner }
    : P & { readonly type: T }
  : never
/** `uint256[2][]` to `uint256[2]|`: what stands before the last bracket. */
type LastBracket<T extends string, Before extends string = ''> = T extends `${infer A}[${infer B}`
  ? B extends `${string}[${string}`
    ? LastBracket<B, `${Before}${A}[`>
    : `${Before}${A}|${B}`
  : never

type IsArray<T> = T extends `${string}]` ? true : false
type Members<P> = P extends { readonly components: infer C extends readonly AbiParameter[] } ? C : readonly []
type ByName<C extends readonly AbiParameter[], N> = Extract<C[number], { readonly name: N }>

type CheckLeaf<G, L> = G extends Combination<infer X> ? Combination<CheckLeaf<X, L>> : L

type CheckBytes<G, T extends string> =
  G extends Combination<infer X>
    ? Combination<CheckBytes<X, T>>
    : G extends Length<infer X>
      ? Length<CheckLeaf<X, NumberPattern>>
      : G extends Slice<infer X>
        ? T extends 'bytes'
          ? Slice<CheckLeaf<X, SlicePattern>>
          : never
        : T extends 'bytes'
          ? BytesPattern
          : TextPattern

type CheckArray<G, P extends AbiParameter> =
  G extends Combination<infer X>
    ? Combination<CheckArray<X, P>>
    : G extends Elements<infer Q, infer X>
      ? Elements<Q, Check<X, Element_<P>>>
      : G extends Element<infer X>
        ? Element<Check<X, Element_<P>>>
        : G extends Length<infer X>
          ? Length<CheckLeaf<X, NumberPattern>>
          : { readonly [K in keyof G]: K extends `${number}` | number ? Check<G[K], Element_<P>> : never }

/** What may be said of an argument, given what is. */
type Check<G, P extends AbiParameter> =
  IsArray<P['type']> extends true
    ? CheckArray<G, P>
    : P['type'] extends 'tuple'
      ? CheckMembers<G, Members<P>>
      : P['type'] extends 'bytes' | 'string'
        ? CheckBytes<G, P['type']>
        : CheckLeaf<G, WordPattern<P['type']>>

type CheckMembers<G, C extends readonly AbiParameter[]> =
  G extends Combination<infer X>
    ? Combination<CheckMembers<X, C>>
    : { readonly [K in keyof G]: K extends C[number]['name'] ? Check<G[K], ByName<C, K>> : never }

/** `params.recipient` to the parameter that it names; into arrays the compiler does not follow. */
type CheckPath<G, C extends readonly AbiParameter[], K> = K extends `${infer First}.${infer Rest}`
  ? ByName<C, First> extends infer P extends AbiParameter
    ? IsArray<P['type']> extends true
      ? G
      : CheckPath<G, Members<P>, Rest>
    : never
  : [ByName<C, K>] extends [never]
    ? never
    : Check<G, ByName<C, K>>

type CheckInputs<G, C extends readonly AbiParameter[]> =
  G extends Combination<infer X>
    ? Combination<CheckInputs<X, C>>
    : G extends CallValue<infer X>
      ? { readonly [K in typeof CALL_VALUE]: CheckLeaf<X, NumberPattern> }
      : { readonly [K in keyof G]: K extends `${number}` | number ? G[K] : CheckPath<G[K], C, K> }

/** What may be said of a function's arguments, given what is: `G` itself where all of it is right. */
export type CheckCall<G, A extends Abi, N extends string> =
  Extract<A[number], { readonly type: 'function'; readonly name: N }> extends infer F extends AbiFunction
    ? [F] extends [never]
      ? G
      : F extends AbiFunction
        ? CheckInputs<G, F['inputs']>
        : never
    : G

/** What a call policy's `args` and `charges` may be, given the policy: checked where its ABI and function are known to the compiler. */
export type CheckArguments<P> = CheckConditions<P> & CheckCharges<P>

type CheckCharges<P> = P extends {
  readonly abi: infer A extends Abi
  readonly functionName: infer N extends string
  readonly charges: infer C extends readonly unknown[]
}
  ? { readonly charges: { readonly [K in keyof C]: CheckCharge<C[K], A, N> } }
  : unknown

type CheckCharge<C, A extends Abi, N extends string> = C extends { readonly by: { readonly at: infer G } }
  ? C & { readonly by: { readonly at: CheckCall<G, A, N> } }
  : C

type CheckConditions<P> = P extends {
  readonly abi: infer A extends Abi
  readonly functionName: infer N extends string
  readonly args: infer G
}
  ? Abi extends A
    ? unknown
    : { readonly args: CheckCall<G, A, N>; readonly functionName: FunctionNames<A> }
  : unknown

/** Names and signatures of an ABI's functions. */
type FunctionNames<A extends Abi> = Extract<A[number], { readonly type: 'function' }>['name'] | `${string}(${string})`
