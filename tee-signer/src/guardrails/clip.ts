import { type OrganisationRules, type SessionPolicy } from "../protocol/session.ts";

/** A session's policy as the organisation leaves it. */
export type EffectivePolicy = SessionPolicy & { readonly blocked_recipients: readonly string[] };

const smaller = (left: string, right: string | undefined): string => (right !== undefined && BigInt(right) < BigInt(left) ? right : left);

/** What both lists allow; a list that is absent allows everything. */
function both<T>(left: readonly T[] | undefined, right: readonly T[] | undefined): T[] | undefined {
  if (left === undefined || right === undefined) return left === undefined && right === undefined ? undefined : [...(left ?? right ?? [])];
  return left.filter((it) => right.includes(it));
}

/** The stricter side of each rule. Computed whenever something is signed, so that a new rule holds at once. */
export function clip(policy: SessionPolicy, rules: OrganisationRules): EffectivePolicy {
  const tokenIsListed = ({ chain, token }: { chain: number; token: string }): boolean =>
    rules.allowed_tokens.some((it) => it.chain === chain && it.token === token);
  return {
    ...policy,
    max_spend_per_tx_native: smaller(policy.max_spend_per_tx_native, rules.max_native_per_tx_cap),
    max_spend_total_native: smaller(policy.max_spend_total_native, rules.max_native_total_cap),
    token_caps: rules.token_mode === "session" ? policy.token_caps : rules.token_mode === "none" ? [] : policy.token_caps.filter(tokenIsListed),
    allowed_chains: (both(policy.allowed_chains, rules.allowed_chains) ?? []).filter((it) => !rules.blocked_chains.includes(it)),
    allowed_methods: policy.allowed_methods.filter((it) => !rules.blocked_methods.includes(it)),
    allowed_recipients: both(policy.allowed_recipients, rules.allowed_recipients),
    blocked_recipients: rules.blocked_recipients,
    max_window_seconds: Math.min(policy.max_window_seconds, rules.max_window_seconds ?? policy.max_window_seconds),
  };
}
