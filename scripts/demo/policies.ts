import { parseEther } from "viem";
import { swapRouterAbi } from "../../bundler-local/src/index.ts";
import { definePolicy, equals, type Policy, self } from "../../ts-sdk/src/index.ts";
import { type Scene, tokenAbi, USDC } from "./scene.ts";

const DAY = 86_400n;

/** 100 USDC and 0.05 ETH a day, gas included; swaps to the account itself, approvals to the router; 10 calls an hour; 24 hours. */
export function tradingPolicy({ usdc, uniswap }: Scene, now: bigint): Policy {
  return definePolicy({
    validUntil: now + DAY,
    nativeLimit: { amount: parseEther("0.05"), period: "day" },
    tokenLimits: [{ token: usdc, amount: 100n * USDC, period: "day" }],
    callPolicies: [
      { target: uniswap.swapRouter, abi: swapRouterAbi, functionName: "exactInputSingle", args: { "params.recipient": self() } },
      { target: usdc, abi: tokenAbi, functionName: "approve", args: { spender: equals(uniswap.swapRouter) } },
    ],
    rateLimits: [{ count: 10, period: "hour" }],
  });
}

/**
 * 200 USDC a day for WETH, which goes to the account; every purchase brings what a price feed says less 1 %; the key alone up
 * to 50 USDC at once; 30 s between two; 24 hours.
 */
export function buyingPolicy({ usdc, weth, uniswap, person, ethUsdFeed }: Scene, now: bigint): Policy {
  return definePolicy({
    validUntil: now + DAY,
    nativeLimit: { amount: parseEther("0.05"), period: "day" },
    tokenLimits: [{ token: usdc, amount: 200n * USDC, period: "day" }],
    callPolicies: [
      {
        target: uniswap.swapRouter,
        abi: swapRouterAbi,
        functionName: "exactInputSingle",
        args: { "params.tokenIn": equals(usdc), "params.tokenOut": equals(weth), "params.recipient": self() },
      },
      { target: usdc, abi: tokenAbi, functionName: "approve", args: { spender: equals(uniswap.swapRouter) } },
    ],
    cooldown: 30n,
    coSigner: { signer: person.address, thresholds: [{ token: usdc, above: 50n * USDC }] },
    measured: {
      minReceived: [
        {
          token: weth,
          spent: usdc,
          feed: ethUsdFeed,
          prices: "received",
          feedDecimals: 8,
          spentDecimals: 6,
          decimals: 18,
          maxAge: DAY,
          maxSlippage: 100,
        },
      ],
    },
  });
}

/** 1 USDC a call to one supplier, as a machine pays for what it uses; 10 calls an hour; 24 hours. */
export function payingPolicy({ usdc, supplier }: Scene, now: bigint): Policy {
  return definePolicy({
    validUntil: now + DAY,
    nativeLimit: { amount: parseEther("0.05"), period: "day" },
    tokenLimits: [{ token: usdc, amount: 50n * USDC, period: "day" }],
    callPolicies: [{ target: usdc, abi: tokenAbi, functionName: "transfer", args: { to: equals(supplier) } }],
    rateLimits: [{ count: 10, period: "hour" }],
  });
}
