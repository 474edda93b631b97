import { type Address, encodeFunctionData, parseAbi, toFunctionSelector } from "viem";
import { swapRouterAbi } from "../../bundler-local/src/index.ts";
import { type CallRequest } from "../../ts-sdk/src/index.ts";
import { type Scene, tokenAbi } from "./scene.ts";

/** A function of the router that the agent is not given: it names its tokens in a path of bytes. */
const otherRouterAbi = parseAbi([
  "struct ExactInputParams { bytes path; address recipient; uint256 amountIn; uint256 amountOutMinimum; }",
  "function exactInput(ExactInputParams params) payable returns (uint256 amountOut)",
]);

export const EXACT_INPUT = toFunctionSelector(otherRouterAbi[0]);

export const approve = (token: Address, spender: Address, amount: bigint): CallRequest => ({
  to: token,
  data: encodeFunctionData({ abi: tokenAbi, functionName: "approve", args: [spender, amount] }),
});

export const transfer = (token: Address, to: Address, amount: bigint): CallRequest => ({
  to: token,
  data: encodeFunctionData({ abi: tokenAbi, functionName: "transfer", args: [to, amount] }),
});

/** Swaps USDC for WETH. A real agent would set the minimum by a price that it trusts. */
export const swap = ({ usdc, weth, uniswap }: Scene, amountIn: bigint, recipient: Address): CallRequest => ({
  to: uniswap.swapRouter,
  data: encodeFunctionData({
    abi: swapRouterAbi,
    functionName: "exactInputSingle",
    args: [{ tokenIn: usdc, tokenOut: weth, fee: uniswap.fee, recipient, amountIn, amountOutMinimum: 1n, sqrtPriceLimitX96: 0n }],
  }),
});

/** Approves exactly what is swapped, and swaps it: one operation, two calls. */
export const approveAndSwap = (scene: Scene, amount: bigint): CallRequest[] => [
  approve(scene.usdc, scene.uniswap.swapRouter, amount),
  swap(scene, amount, scene.account),
];

export const exactInput = ({ uniswap, account }: Scene, amountIn: bigint): CallRequest => ({
  to: uniswap.swapRouter,
  data: encodeFunctionData({
    abi: otherRouterAbi,
    functionName: "exactInput",
    args: [{ path: "0x", recipient: account, amountIn, amountOutMinimum: 1n }],
  }),
});
