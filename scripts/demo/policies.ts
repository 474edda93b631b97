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
