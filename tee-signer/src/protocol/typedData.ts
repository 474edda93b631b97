import { z } from "zod/v4";
import { chain } from "./chains.ts";
import { address, amount } from "./primitives.ts";

const NAME = /^[A-Za-z_]\w{0,63}$/;
const TYPE = /^[A-Za-z_]\w{0,63}(?:\[\d{0,4}\])*$/;

const fields = z.array(z.strictObject({ name: z.string().regex(NAME), type: z.string().regex(TYPE) })).min(1).max(40);

/** What a field of a message may hold: one of some values, or a number up to a maximum. */
const fieldLimit = z.strictObject({
  /** Dots lead into structs: `order.amount`. */
  path: z.string().regex(/^\w+(?:\.\w+){0,5}$/),
  one_of: z.array(z.string().max(256)).min(1).max(100).optional(),
  max: amount.optional(),
});

/** One kind of typed data that a session may sign: exactly this domain, exactly these types, these limits. */
export const typedDataRule = z.strictObject({
  chain,
  verifying_contract: address,
  domain_name: z.string().min(1).max(100),
  domain_version: z.string().max(20).optional(),
  primary_type: z.string().regex(NAME),
  types: z.record(z.string().regex(NAME), fields),
  limits: z.array(fieldLimit).max(40),
});
export type TypedDataRule = z.infer<typeof typedDataRule>;

/** Typed data as a request brings it. */
export const typedDataRequest = z.strictObject({
  domain: z.strictObject({
    name: z.string().max(100),
    version: z.string().max(20).optional(),
    chainId: z.union([z.number().int().positive(), z.string().regex(/^\d{1,15}$/, { abort: true }).transform(Number)]),
    verifyingContract: address,
  }),
  types: z.record(z.string().regex(NAME), fields),
  primaryType: z.string().regex(NAME),
  message: z.record(z.string(), z.unknown()),
});
export type TypedDataRequest = z.infer<typeof typedDataRequest>;
