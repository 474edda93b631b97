/** An example of docs/POLICIES.md: what is counted. It is built and read by scripts/policies.test.ts. */
import { type Call, definePolicy, encodeSetCeiling, type Policy } from "@valet-keys/sdk";
import { type Address, erc20Abi, parseEther, parseUnits } from "viem";
import { routerAbi } from "./conditions.ts";

type Parts = { module: Address; router: Address; usdc: Address; checker: Address; tomorrow: number };

export function meters({ module, router, usdc, checker, tomorrow }: Parts): { policy: Policy; ceiling: Call } {
  // begin
  const policy = definePolicy({
    validUntil: tomorrow,
    nativeLimit: { amount: parseEther("0.05"), period: "day" },
    tokenLimits: [{ token: usdc, amount: parseUnits("500", 6), period: "day" }],
    rateLimits: [{ count: 10, period: "hour" }, { count: 100, period: "month" }],
    meters: {
      orders: { amount: 20n, period: "day" },
      sold: [{ amount: parseUnits("100", 6), period: "operation" }, { amount: parseUnits("1000", 6), period: "week" }],
      tips: { amount: parseEther("0.01"), period: "month" },
    },
    callPolicies: [
      {
        target: router,
        abi: routerAbi,
        functionName: "exactInputSingle",
        value: parseEther("0.001"),
        charges: [
          { meter: "orders", by: "count" },
          { meter: "sold", by: { argument: "params.amountIn" } },
          { meter: "tips", by: "value" },
        ],
      },
      // The same two meters: what both call policies charge adds up.
      {
        target: usdc,
        abi: erc20Abi,
        functionName: "transfer",
        charges: [{ meter: "orders", by: "count" }, { meter: "sold", by: { argument: "amount" } }],
      },
    ],
    checker,
  });

  // Over all keys, whatever their policies say: a call of the account to the module.
  const ceiling = encodeSetCeiling({ module, token: usdc, amount: parseUnits("2000", 6), period: "week" });
  // end
  return { policy, ceiling };
}
