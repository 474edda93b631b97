import { describe, expect, it } from "vitest";
import { spend } from "../../src/guardrails/caps.ts";
import { clip } from "../../src/guardrails/clip.ts";
import { NO_RULES, organisationRules, sessionPolicy } from "../../src/protocol/session.ts";
import { NOTHING_SPENT } from "../../src/storage/sessions.ts";
import { SHOP, THIEF, TOKEN } from "../operations.ts";

const base = sessionPolicy.parse({
  allowed_chains: ["base", "arbitrum"],
  max_spend_per_tx_native: "10",
  max_spend_total_native: "25",
  token_caps: [{ chain: "base", token: TOKEN, max_per_tx: "5", max_total: "8" }],
  allowed_recipients: [SHOP, THIEF],
});
const policy = clip(base, NO_RULES);
const BASE = 8453;

describe("spend", () => {
  const native = (amount: bigint, spent = "0") => () => spend(policy, { ...NOTHING_SPENT, native: spent }, { native: amount, tokens: new Map() }, BASE);
  const token = (amount: bigint, spent = "0") => () => spend(policy, { ...NOTHING_SPENT, tokens: { [`${BASE}:${TOKEN}`]: spent } }, { native: 0n, tokens: new Map([[TOKEN, amount]]) }, BASE);

  it("allows exactly the cap of one operation, and not one more", () => {
    expect(native(10n)().native).toBe("10");
    expect(native(11n)).toThrow(expect.objectContaining({ code: "native_per_tx_exceeded", figures: { asked: "11", limit: "10", left: "10" } }));
  });
  it("allows exactly what is left, and not one more", () => {
    expect(native(9n, "16")().native).toBe("25");
    expect(native(10n, "16")).toThrow(expect.objectContaining({ code: "native_total_exceeded", figures: { asked: "10", limit: "25", left: "9" } }));
  });
  it("does the same for tokens", () => {
    expect(token(5n, "3")().tokens).toEqual({ [`${BASE}:${TOKEN}`]: "8" });
    expect(token(6n)).toThrow(expect.objectContaining({ code: "token_per_tx_exceeded" }));
    expect(token(5n, "4")).toThrow(expect.objectContaining({ code: "token_total_exceeded" }));
  });
  it("holds a token's cap for its own chain only", () => {
    expect(() => spend(policy, NOTHING_SPENT, { native: 0n, tokens: new Map([[TOKEN, 1n]]) }, 42161)).toThrow(expect.objectContaining({ code: "token_not_allowed" }));
  });
  it("leaves nothing when the organisation's cap falls below what was spent", () => {
    const clipped = clip(base, organisationRules.parse({ max_native_total_cap: "5" }));
    expect(() => spend(clipped, { ...NOTHING_SPENT, native: "9" }, { native: 1n, tokens: new Map() }, BASE)).toThrow(expect.objectContaining({ figures: { asked: "1", limit: "5", left: "0" } }));
  });
});

describe("clip", () => {
  const under = (rules: object) => clip(base, organisationRules.parse(rules));
  it.each<[string, object, object]>([
    ["takes the smaller cap", { max_native_per_tx_cap: "3", max_native_total_cap: "100" }, { max_spend_per_tx_native: "3", max_spend_total_native: "25" }],
    ["takes blocked chains away", { blocked_chains: ["base"] }, { allowed_chains: [42161] }],
    ["leaves chains that both allow", { allowed_chains: ["base", "polygon"] }, { allowed_chains: [8453] }],
    ["leaves recipients that both allow", { allowed_recipients: [SHOP] }, { allowed_recipients: [SHOP] }],
    ["takes methods away", { blocked_methods: ["signUserOperation"] }, { allowed_methods: [] }],
    ["takes all tokens away", { token_mode: "none" }, { token_caps: [] }],
    ["leaves listed tokens", { token_mode: "listed", allowed_tokens: [{ chain: "base", token: TOKEN }] }, { token_caps: base.token_caps }],
    ["takes unlisted tokens away", { token_mode: "listed" }, { token_caps: [] }],
    ["shortens windows and lengthens none", { max_window_seconds: 60 }, { max_window_seconds: 60 }],
    ["lengthens no window", { max_window_seconds: 3600 }, { max_window_seconds: 300 }],
  ])("%s", (_title, rules, expected) => {
    expect(under(rules)).toMatchObject(expected);
  });
  it("gives a session without a list of recipients the organisation's", () => {
    const { allowed_recipients: _, ...open } = base;
    expect(clip(open, organisationRules.parse({ allowed_recipients: [SHOP] })).allowed_recipients).toEqual([SHOP]);
  });
});
