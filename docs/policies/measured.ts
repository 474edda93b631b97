/** An example of docs/POLICIES.md: what really moved. It is built and read by scripts/policies.test.ts. */
import { definePolicy, equals, type Policy, self } from "@valet-keys/sdk";
import { type Address, erc20Abi, parseEther, parseUnits } from "viem";
import { routerAbi } from "./conditions.ts";

type Parts = { router: Address; usdc: Address; weth: Address; ethUsdFeed: Address; person: Address; tomorrow: number };

export function measured({ router, usdc, weth, ethUsdFeed, person, tomorrow }: Parts): Policy {
  // begin
  const policy = definePolicy({
    validUntil: tomorrow,
    nativeLimit: { amount: parseEther("0.05"), period: "day" },
    tokenLimits: [{ token: usdc, amount: parseUnits("200", 6), period: "day" }],
    measured: {
      ephemeral: [usdc],
      minReceived: [
        {
          token: weth,
          decimals: 18,
          spent: usdc,
          spentDecimals: 6,
          feed: ethUsdFeed,
          feedDecimals: 8,
          prices: "received", // the feed says what one WETH costs in USDC
          maxAge: 3600,
          maxSlippage: 100, // 1 %
        },
      ],
    },
    callPolicies: [
      { target: usdc, abi: erc20Abi, functionName: "approve" }, // to anybody, but nothing of it is left afterwards
      { target: router, abi: routerAbi, functionName: "exactInputSingle", args: { params: { tokenIn: equals(usdc), recipient: self() } } },
    ],
    cooldown: 30,
    coSigner: { signer: person, thresholds: [{ token: usdc, above: parseUnits("50", 6) }] },
  });
  // end
  return policy;
}
