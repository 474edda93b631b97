import type { Address, Hex } from 'viem'

/** What one argument must be. */
export type ArgumentCondition =
  | { readonly operator: 'equal'; readonly value: ArgumentValue }
  | { readonly operator: 'equalSelf' }

/** A value of one 32-byte argument word: an address, a number, a boolean, or bytes of a fixed length. */
export type ArgumentValue = Address | Hex | bigint | number | boolean

/** The argument must be exactly `value`. */
export function equals(value: ArgumentValue): ArgumentCondition {
  return { operator: 'equal', value }
}

/** The argument must be the account's own address. */
export function self(): ArgumentCondition {
  return { operator: 'equalSelf' }
}
