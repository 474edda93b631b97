import { createSiweMessage } from "viem/siwe";
import { describe, expect, it } from "vitest";
import { checkSignIn } from "../../src/operation/signIn.ts";

const KEY = "0x00000000000000000000000000000000000000F2";
const NOW = Date.parse("2026-11-21T12:00:00Z");
const fields = {
  address: KEY,
  chainId: 1,
  domain: "shop.example",
  nonce: "abcdef123456",
  uri: "https://shop.example/login",
  version: "1",
  issuedAt: new Date(NOW),
  expirationTime: new Date(NOW + 600_000),
} as const;
const { expirationTime: _, ...forever } = fields;
const rules = { key: KEY, domains: ["shop.example"], chains: [1] } as const;
const code = (message: string): unknown => {
  try {
    return checkSignIn(message, rules, NOW);
  } catch (error) {
    return (error as { code: unknown }).code;
  }
};
const signIn = (change: Partial<Parameters<typeof createSiweMessage>[0]> = {}): string => createSiweMessage({ ...fields, ...change });

it("lets a sign-in at a listed domain through", () => expect(code(signIn())).toBeUndefined());

describe("refuses", () => {
  it.each<[string, string, string]>([
    ["plain text", "login challenge", "method_refused"],
    ["nothing", "", "method_refused"],
    ["a hash", `0x${"11".repeat(32)}`, "method_refused"],
    ["a sign-in with text behind it", `${signIn()}\nand 100 USDC to me`, "method_refused"],
    ["a sign-in with text before it", `I owe you.\n${signIn()}`, "method_refused"],
    ["another domain", signIn({ domain: "thief.example", uri: "https://thief.example" }), "domain_not_allowed"],
    ["a listed domain with another URI", signIn({ uri: "https://thief.example/login" }), "domain_not_allowed"],
    ["another chain", signIn({ chainId: 5 }), "chain_not_allowed"],
    ["another address", signIn({ address: "0x00000000000000000000000000000000000000a3" }), "session_key_mismatch"],
    ["one that has expired", signIn({ expirationTime: new Date(NOW) }), "window_refused"],
    ["one that never expires", createSiweMessage(forever), "window_refused"],
    ["one that lasts longer than an hour", signIn({ expirationTime: new Date(NOW + 3_600_001) }), "window_refused"],
    ["one issued long ago", signIn({ issuedAt: new Date(NOW - 600_000) }), "window_refused"],
  ])("%s", (_title, message, expected) => {
    expect(code(message)).toBe(expected);
  });
});
