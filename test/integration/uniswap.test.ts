import { type Address, createPublicClient, createWalletClient, type Hash, http, parseAbi, parseEther, parseUnits } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployUniswap, type Stack, startStack, swapRouterAbi, type Uniswap } from "../../bundler-local/src/index.ts";
import { sqrtPriceX96 } from "../../bundler-local/src/uniswap.ts";

const tokenAbi = parseAbi([
  "function mint(address to, uint256 amount)",
  "function approve(address spender, uint256 amount) returns (bool)",
  "function balanceOf(address owner) view returns (uint256)",
]);

describe("Uniswap V3 on the local chain", () => {
  let stack: Stack;
  let uniswap: Uniswap;
  const client = () => createPublicClient({ chain: stack.chain, transport: http(stack.rpcUrl), pollingInterval: 100 });
  const agent = () => createWalletClient({ account: stack.accounts.agent, chain: stack.chain, transport: http(stack.rpcUrl) });
  const balance = (address: Address, owner: Address) => client().readContract({ address, abi: tokenAbi, functionName: "balanceOf", args: [owner] });

  beforeAll(async () => {
    stack = await startStack();
    uniswap = await deployUniswap(stack, { usdcPerEth: 2_500n, wethLiquidity: parseEther("1000") });
  });
  afterAll(() => stack?.stop());

  it("has a pool that holds both tokens, worth the same at the price", async () => {
    const [usdc, weth] = await Promise.all([balance(stack.addresses.usdc, uniswap.pool), balance(stack.addresses.weth, uniswap.pool)]);
    // A position over a finite range of ticks holds a little less than was offered, by rounding and at the range's ends.
    expect(weth).toBeLessThanOrEqual(parseEther("1000"));
    expect(weth).toBeGreaterThan(parseEther("999.99"));
    expect(usdc).toBeLessThanOrEqual(parseUnits("2500000", 6));
    expect(usdc).toBeGreaterThan(parseUnits("2499975", 6));
  });

  it("swaps 100 USDC by exactInputSingle at the price, less the fee of 0.05 % and what the swap moves", async () => {
    const { usdc, weth } = stack.addresses;
    const amountIn = parseUnits("100", 6);
    const me = stack.accounts.agent.address;
    await mined(await agent().writeContract({ address: usdc, abi: tokenAbi, functionName: "mint", args: [me, amountIn] }));
    await mined(await agent().writeContract({ address: usdc, abi: tokenAbi, functionName: "approve", args: [uniswap.swapRouter, amountIn] }));
    const params = { tokenIn: usdc, tokenOut: weth, fee: uniswap.fee, recipient: me, amountIn, amountOutMinimum: 0n, sqrtPriceLimitX96: 0n };
    await mined(await agent().writeContract({ address: uniswap.swapRouter, abi: swapRouterAbi, functionName: "exactInputSingle", args: [params] }));

    expect(await balance(usdc, me)).toBe(0n);
    // Constant product: out = weth · in' / (usdc + in'), in' = in less the fee, over a pool of 1,000 WETH and 2.5 million USDC.
    const paid = (amountIn * 999_500n) / 1_000_000n;
    const expected = (parseEther("1000") * paid) / (parseUnits("2500000", 6) + paid);
    const received = await balance(weth, me);
    expect(received).toBeGreaterThan(expected - expected / 10_000n);
    expect(received).toBeLessThan(expected + expected / 10_000n);
  });

  async function mined(hash: Hash): Promise<void> {
    const { status } = await client().waitForTransactionReceipt({ hash });
    expect(status).toBe("success");
  }
});

describe("sqrtPriceX96", () => {
  it.each([
    [1n, 1n, 2n ** 96n],
    [1n, 4n, 2n ** 97n],
    [4n, 1n, 2n ** 95n],
    [10n ** 18n, 10n ** 18n, 2n ** 96n],
  ])("of %d against %d is exact where the root is", (amount0, amount1, root) => {
    expect(sqrtPriceX96(amount0, amount1)).toBe(root);
  });

  it.each([
    [1n, 2n],
    [3n, 7n],
    [2_500_000n * 10n ** 6n, 1_000n * 10n ** 18n],
    [1_000n * 10n ** 18n, 2_500_000n * 10n ** 6n],
  ])("of %d against %d is the root rounded down", (amount0, amount1) => {
    const root = sqrtPriceX96(amount0, amount1);
    const square = (amount1 << 192n) / amount0;
    expect(root * root).toBeLessThanOrEqual(square);
    expect((root + 1n) * (root + 1n)).toBeGreaterThan(square);
  });
});
