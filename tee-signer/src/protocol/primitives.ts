import { type Address, type Hex } from "viem";
import { z } from "zod/v4";

/** Longest byte string of a request, in bytes: what bundlers take for a whole operation. */
const MAX_BYTES = 16_384;
const MAX_UINT256 = (1n << 256n) - 1n;
const MAX_UINT128 = (1n << 128n) - 1n;

/** A check that ends reading: what comes behind it may rely on it. Without this, zod runs all checks and transforms. */
const must = (error: string): { error: string; abort: true } => ({ error, abort: true });

/** An address in any case; lower case from here on. */
export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, must("20 bytes of hex"))
  .transform((it) => it.toLowerCase() as Address);

export const bytes = z
  .string()
  .max(2 + 2 * MAX_BYTES, `at most ${MAX_BYTES} bytes`)
  .regex(/^0x(?:[0-9a-fA-F]{2})*$/, must("whole bytes of hex"))
  .transform((it) => it.toLowerCase() as Hex);

export const bytes32 = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, must("32 bytes of hex"))
  .transform((it) => it.toLowerCase() as Hex);

export const selector = z
  .string()
  .regex(/^0x[0-9a-fA-F]{8}$/, must("4 bytes of hex"))
  .transform((it) => it.toLowerCase() as Hex);

const quantity = (max: bigint) =>
  z
    .string()
    .regex(/^(?:0x[0-9a-fA-F]{1,64}|\d{1,78})$/, must("a whole number, decimal or hex, as a string"))
    .transform((it) => BigInt(it))
    .refine((it) => it <= max, "too large for its field");

export const uint256 = quantity(MAX_UINT256);
export const uint128 = quantity(MAX_UINT128);

/** An amount in the smallest unit (wei, token units). Kept as decimal text, because it goes through JSON. */
export const amount = z
  .string()
  .regex(/^\d{1,78}$/, must("a decimal amount in the smallest unit, as a string"))
  .refine((it) => BigInt(it) <= MAX_UINT256, "more than 2^256 − 1")
  .transform((it) => BigInt(it).toString());

export const identifier = z.string().regex(/^[0-9a-zA-Z_-]{1,64}$/, must("up to 64 letters, digits, _ and -"));
export const label = z.string().min(1).max(120);
/** Milliseconds since 1970, from an ISO 8601 time with its zone. */
export const time = z.iso.datetime({ offset: true }).transform((it) => Date.parse(it));
