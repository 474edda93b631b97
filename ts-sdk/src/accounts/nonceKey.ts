import { type Address, concat, toHex } from 'viem'
import { InvalidPolicyFieldError } from '../errors/policy.ts'

const MAX_LANE = 0xffff_ffff

/**
 * The 24-byte nonce key by which the reference accounts choose who validates: `validator (20) · lane (4)`. Zero instead
 * of a validator means the owner.
 *
 * @param lane parallel nonce sequences of one validator, 0 to 2^32 − 1
 */
export function nonceKeyOf(validator: Address, lane: number | bigint = 0): bigint {
  if (BigInt(lane) < 0n || BigInt(lane) > BigInt(MAX_LANE)) {
    throw new InvalidPolicyFieldError('lane', lane, `a whole number from 0 to ${MAX_LANE}`, { code: 'OutOfRange' })
  }
  return BigInt(concat([validator, toHex(lane, { size: 4 })]))
}
