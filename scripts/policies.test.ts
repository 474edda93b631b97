import { type Address, decodeFunctionData, encodeFunctionData, erc20Abi, getAddress, type Hex, keccak256, parseUnits, toHex } from "viem";
import { describe, expect, it } from "vitest";
import { conditions, routerAbi } from "../docs/policies/conditions.ts";
import { measured } from "../docs/policies/measured.ts";
import { meters } from "../docs/policies/meters.ts";
import { decodePolicy, encodePolicy, encodePolicySettings, evaluateConditions, sessionKeyModuleAbi } from "../ts-sdk/src/index.ts";

/** The examples of docs/POLICIES.md: they build, and mean what the page says. */

const named = (name: string): Address => getAddress(`0x${keccak256(toHex(name)).slice(-40)}`);
const [account, thief] = [named("account"), named("thief")];
const parts = {
  router: named("router"),
  usdc: named("usdc"),
  weth: named("weth"),
  dai: named("dai"),
  module: named("module"),
  checker: named("checker"),
  ethUsdFeed: named("feed"),
  person: named("person"),
  payees: Array.from({ length: 300 }, (_, index) => named(`payee ${index}`)),
  tomorrow: 2_000_000_000,
};
const { usdc, weth, dai } = parts;

describe("conditions", () => {
  const policy = conditions(parts);
  const verdict = (place: number, data: Hex): string => {
    const answer = evaluateConditions(policy.permissions.list[place]?.conditions ?? [], { data, value: 0n }, account, { sets: policy.sets ?? [] });
    return answer.outcome;
  };
  const single = { tokenIn: usdc, tokenOut: weth, fee: 500, recipient: account, amountIn: 100n, amountOutMinimum: 0n, sqrtPriceLimitX96: 0n };
  const swap = (changes: Partial<typeof single> = {}): Hex =>
    encodeFunctionData({ abi: routerAbi, functionName: "exactInputSingle", args: [{ ...single, ...changes }] });
  const along = (...hops: readonly string[]): Hex => {
    const path = `0x${hops.map((hop) => hop.replace("0x", "")).join("")}` as Hex;
    return encodeFunctionData({ abi: routerAbi, functionName: "exactInput", args: [{ path, recipient: account, amountIn: 1n, amountOutMinimum: 0n }] });
  };
  const several = (...data: readonly Hex[]): Hex => encodeFunctionData({ abi: routerAbi, functionName: "multicall", args: [data] });
  const pay = (recipient: Address, amount: bigint): Hex =>
    encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [recipient, amount] });

  it.each<[string, number, Hex, string]>([
    ["a swap", 0, swap(), "holds"],
    ["for the other token", 0, swap({ tokenOut: dai, amountIn: 1n }), "holds"],
    ["of too much", 0, swap({ amountIn: 101n }), "refused"],
    ["of nothing", 0, swap({ amountIn: 0n }), "refused"],
    ["to a thief", 0, swap({ recipient: thief }), "refused"],
    ["along a path", 1, along(usdc, "0001f4", dai, "0001f4", weth), "holds"],
    ["along a longer one", 1, along(usdc, "0001f4", dai, "0001f4", thief, "0001f4", weth), "refused"],
    ["to another end", 1, along(usdc, "0001f4", dai), "refused"],
    ["two calls", 2, several(swap(), swap({ tokenIn: dai })), "holds"],
    ["no call", 2, several(), "refused"],
    ["one of two to a thief", 2, several(swap(), swap({ recipient: thief })), "refused"],
    ["five calls", 2, several(swap(), swap(), swap(), swap(), swap()), "refused"],
    ["much to the account", 3, pay(account, 10n ** 9n), "holds"],
    ["little to a payee", 3, pay(named("payee 299"), 10n), "holds"],
    ["more to a payee", 3, pay(named("payee 299"), 11n), "refused"],
    ["to a thief", 3, pay(thief, 1n), "refused"],
  ])("%s (%i)", (_, place, data, expected) => {
    expect(verdict(place, data)).toBe(expected);
  });
});

it.each([
  ["conditions", conditions(parts)],
  ["meters", meters(parts).policy],
  ["measured", measured(parts)],
])("the policy of %s survives its encoding", (_, policy) => {
  const { header, permissions } = encodePolicy(policy);
  const { sets: _sets, ...rest } = policy;
  expect(decodePolicy({ settings: encodePolicySettings(policy, 1n, 1n), header, permissions })).toEqual(rest);
});

it("meters are shared, held in several periods, and joined by the second rate limit and a ceiling", () => {
  const { policy, ceiling } = meters(parts);
  expect(policy.header.meters.map(({ period, cap }) => [period, cap])).toEqual([
    ["day", parseUnits("500", 6)],
    ["day", 20n],
    ["operation", parseUnits("100", 6)],
    ["week", parseUnits("1000", 6)],
    ["month", 10n ** 16n],
    ["month", 100n],
  ]);
  const charged = policy.permissions.list.map(({ charges = [] }) => charges.map(({ meterIndex }) => meterIndex));
  expect(charged).toEqual([
    [1, 2, 3, 4],
    [1, 2, 3],
  ]);
  const { functionName, args } = decodeFunctionData({ abi: sessionKeyModuleAbi, data: ceiling.data });
  expect([ceiling.to, functionName, args?.[0], args?.[2]]).toEqual([parts.module, "setCeiling", usdc, parseUnits("2000", 6)]);
});

it("a measured key may approve anybody, and says what must come in", () => {
  const policy = measured(parts);
  expect(policy.measured).toBe(true);
  expect(policy.header.frame?.ephemeral).toEqual([usdc]);
  expect(policy.header.frame?.received).toMatchObject([{ token: weth, meterIndex: 0, prices: "received", maxSlippage: 100 }]);
  expect(policy.permissions.list[0]?.conditions).toEqual([]);
});
