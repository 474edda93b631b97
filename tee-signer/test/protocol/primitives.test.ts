import { describe, expect, it } from "vitest";
import { type z } from "zod/v4";
import { chain } from "../../src/protocol/chains.ts";
import { address, amount, bytes, bytes32, identifier, selector, time, uint128, uint256 } from "../../src/protocol/primitives.ts";
import { createSession } from "../../src/protocol/session.ts";

const NONSENSE: readonly unknown[] = ["", "0x", "0xzz", "-1", "1e400", "1.5", "９", " 1", "1 ", "0b1", "NaN", "Infinity", null, undefined, true, {}, [], 1.5, -1, "9".repeat(79), `0x${"f".repeat(65)}`];

const accepts: Record<string, readonly [schema: z.ZodType, good: readonly (readonly [unknown, unknown])[]]> = {
  uint256: [uint256, [["0", 0n], ["0x10", 16n], [((1n << 256n) - 1n).toString(), (1n << 256n) - 1n]]],
  uint128: [uint128, [["0xffffffffffffffffffffffffffffffff", (1n << 128n) - 1n]]],
  amount: [amount, [["0", "0"], ["007", "7"], [((1n << 256n) - 1n).toString(), ((1n << 256n) - 1n).toString()]]],
  address: [address, [["0x00000000000000000000000000000000000000AB", "0x00000000000000000000000000000000000000ab"]]],
  bytes32: [bytes32, [[`0x${"AA".repeat(32)}`, `0x${"aa".repeat(32)}`]]],
  selector: [selector, [["0x12345678", "0x12345678"]]],
  chain: [chain, [["base", 8453], [1, 1]]],
  time: [time, [["1970-01-01T00:00:01Z", 1000], ["1970-01-01T01:00:00+01:00", 0]]],
};

describe.each(Object.entries(accepts))("%s", (_name, [schema, good]) => {
  it.each(good)("reads %s", (value, read) => expect(schema.parse(value)).toEqual(read));

  it("refuses nonsense without falling over it", () => {
    const accepted = NONSENSE.filter((value) => schema.safeParse(value).success);
    expect(accepted).toEqual([]);
  });
});

it.each([
  [uint256, (1n << 256n).toString()],
  [uint128, (1n << 128n).toString()],
  [amount, (1n << 256n).toString()],
  [bytes, `0x${"00".repeat(16_385)}`],
  [bytes, "0x123"],
  [identifier, "a b"],
  [chain, 2 ** 48 + 1],
  [chain, "constructor"],
])("refuses what is just beyond: %#", (schema, value) => {
  expect((schema as z.ZodType).safeParse(value).success).toBe(false);
});

it("refuses a cap that is no amount, by its field", () => {
  const { error } = createSession.safeParse({ wallet_id: "w", name: "n", allowed_chains: ["base"], expires_at: "2026-12-01T00:00:00Z", max_spend_per_tx_native: "1e18" });
  expect(error?.issues.map((issue) => issue.path.join("."))).toEqual(["max_spend_per_tx_native"]);
});
