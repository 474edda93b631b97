import { z } from "zod/v4";
import { chain } from "./chains.ts";
import { address, amount, identifier, label, selector, time } from "./primitives.ts";
import { typedDataRule } from "./typedData.ts";

/** What an agent may ask for. Plain transactions, hashes and authorisations are on nobody's list. */
export const METHODS = ["signUserOperation", "signMessage", "signTypedData"] as const;
export type Method = (typeof METHODS)[number];

const DOMAIN = /^[a-z0-9.-]{1,253}(?::\d{1,5})?$/;

const tokenCap = z.strictObject({ chain, token: address, max_per_tx: amount, max_total: amount });

/** What one session may do. Everything not named is refused: no cap is a cap of zero. */
export const sessionPolicy = z.strictObject({
  /** wei per operation, largest gas cost included. */
  max_spend_per_tx_native: amount.default("0"),
  /** wei in the session's life, on all chains together. */
  max_spend_total_native: amount.default("0"),
  token_caps: z.array(tokenCap).max(100).default([]),
  allowed_chains: z.array(chain).min(1).max(50),
  allowed_methods: z.array(z.enum(METHODS)).min(1).default(["signUserOperation"]),
  /** Who may receive value or tokens, be approved, or be called. Absent: anybody that the other rules let through. */
  allowed_recipients: z.array(address).max(500).optional(),
  /** Functions other than those of tokens. Once given, token functions have to be on it too. */
  allowed_functions: z.array(z.strictObject({ target: address, selector })).max(500).optional(),
  /** `sponsors`: it never charges the account, so that gas is not counted. */
  allowed_paymasters: z.array(z.strictObject({ address, sponsors: z.boolean().default(false) })).max(20).default([]),
  /** Domains that a sign-in message (EIP-4361) may be for. */
  sign_in_domains: z.array(z.string().regex(DOMAIN, "a domain in lower case")).max(50).default([]),
  typed_data: z.array(typedDataRule).max(20).default([]),
  /** Longest time from now to the end of an operation's window, seconds. */
  max_window_seconds: z.number().int().min(10).max(3600).default(300),
  rate_limit_per_minute: z.number().int().min(1).max(1_000_000).default(60),
});
export type SessionPolicy = z.infer<typeof sessionPolicy>;

export const createSession = sessionPolicy.extend({
  wallet_id: identifier,
  name: label,
  /** The smart account whose session key it is to hold. Without it, a session signs messages only. */
  smart_account_id: identifier.optional(),
  expires_at: time,
  run_id: identifier.optional(),
  /** The run that delegated to this one. Nothing is inherited from it. */
  parent_run_id: identifier.optional(),
});

/** Rules of the organisation, over every session. The stricter side wins, at signing time. */
export const organisationRules = z.strictObject({
  blocked_chains: z.array(chain).max(100).default([]),
  allowed_chains: z.array(chain).max(100).optional(),
  blocked_methods: z.array(z.enum(METHODS)).default([]),
  max_native_per_tx_cap: amount.optional(),
  max_native_total_cap: amount.optional(),
  /** `session`: as each session's caps say; `listed`: only `allowed_tokens`; `none`: no tokens at all. */
  token_mode: z.enum(["session", "listed", "none"]).default("session"),
  allowed_tokens: z.array(z.strictObject({ chain, token: address })).max(500).default([]),
  blocked_recipients: z.array(address).max(500).default([]),
  allowed_recipients: z.array(address).max(500).optional(),
  max_window_seconds: z.number().int().min(10).max(3600).optional(),
});
export type OrganisationRules = z.infer<typeof organisationRules>;
export const NO_RULES: OrganisationRules = organisationRules.parse({});
