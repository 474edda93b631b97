import { type Hex, keccak256, stringToHex } from "viem";
import { z } from "zod/v4";
import { address, amount } from "./primitives.ts";

const DAY = 86_400;

/** What the owner key of a wallet signs, beyond what is fixed: it only ever grants, updates, pauses and revokes. */
export const ownerRules = z.strictObject({
  /** Longest life of a grant from now, seconds. */
  max_grant_seconds: z.number().int().min(60).max(366 * DAY).default(30 * DAY),
  /** wei that one owner operation may cost in gas at most. */
  max_gas_cost_native: amount.default("20000000000000000"),
  allowed_paymasters: z.array(address).max(20).default([]),
  /** Session keys that may be granted beside those in this wallet. */
  allowed_keys: z.array(address).max(100).default([]),
});
export type OwnerRules = z.infer<typeof ownerRules>;

/** Hash of the rules, as an attestation binds it: a client that knows the rules pins them by it. */
export function ownerPolicyHash(rules: z.input<typeof ownerRules>): Hex {
  return keccak256(stringToHex(JSON.stringify(ownerRules.parse(rules))));
}
