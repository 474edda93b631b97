import { createRequire } from "node:module";
import { type Abi, type Address, encodeDeployData, encodeFunctionData, getContractAddress, type Hex, maxUint256, parseAbi, parseEther, zeroAddress, zeroHash } from "viem";
import { creationBy, PROXY } from "../../deploy/src/proxy.ts";
import { localClient, localWallet } from "./anvil.ts";
import { callStep, sendSteps, type Step } from "./batch.ts";
import { SetupError } from "./errors.ts";
import type { Stack } from "./stack.ts";

const require = createRequire(import.meta.url);

/** The function of SwapRouter02 that an agent is given. Unlike the first router's it takes no deadline. */
export const swapRouterAbi = parseAbi([
  "struct ExactInputSingleParams { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 amountIn; uint256 amountOutMinimum; uint160 sqrtPriceLimitX96; }",
  "function exactInputSingle(ExactInputSingleParams params) payable returns (uint256 amountOut)",
]);

const tokenAbi = parseAbi([
  "function mint(address to, uint256 amount)",
  "function deposit() payable",
  "function approve(address spender, uint256 amount) returns (bool)",
]);

const factoryAbi = parseAbi(["function getPool(address tokenA, address tokenB, uint24 fee) view returns (address)"]);

const positionManagerAbi = parseAbi([
  "struct MintParams { address token0; address token1; uint24 fee; int24 tickLower; int24 tickUpper; uint256 amount0Desired; uint256 amount1Desired; uint256 amount0Min; uint256 amount1Min; address recipient; uint256 deadline; }",
  "function createAndInitializePoolIfNecessary(address token0, address token1, uint24 fee, uint160 sqrtPriceX96) payable returns (address pool)",
  "function mint(MintParams params) payable returns (uint256 tokenId, uint128 liquidity, uint256 amount0, uint256 amount1)",
]);

/** Hundredths of a basis point; the tier that most USDC/WETH volume goes through, with ticks 10 apart. */
const FEE = 500;
/** The outermost ticks that are multiples of 10: liquidity at every price. */
const MAX_TICK = 887_270;

export type UniswapOptions = {
  /** USDC for one ETH, whole; default 2,500. */
  usdcPerEth?: bigint;
  /** WETH that the pool begins with, in wei; default 1,000 ETH. As much USDC is added as that is worth. */
  wethLiquidity?: bigint;
};

/** Where Uniswap is on the local chain. */
export type Uniswap = {
  factory: Address;
  positionManager: Address;
  /** SwapRouter02. */
  swapRouter: Address;
  /** The USDC/WETH pool. */
  pool: Address;
  /** The pool's fee in hundredths of a basis point. */
  fee: number;
};

/**
 * Puts Uniswap V3 on the stack's chain, from the bytecode that its npm packages publish, with a USDC/WETH pool that holds
 * liquidity at every price. Once for each stack; takes a second or two.
 * @throws SetupError
 */
export async function deployUniswap(stack: Pick<Stack, "rpcUrl" | "accounts" | "addresses">, options: UniswapOptions = {}): Promise<Uniswap> {
  const { usdcPerEth = 2_500n, wethLiquidity = parseEther("1000") } = options;
  const { usdc, weth } = stack.addresses;
  const provider = stack.accounts.liquidityProvider;
  const usdcLiquidity = (wethLiquidity * usdcPerEth) / 10n ** 12n; // 18 decimals to 6

  const factory = creation("@uniswap/v3-core", "UniswapV3Factory", []);
  const manager = creation("@uniswap/v3-periphery", "NonfungiblePositionManager", [factory.address, weth, zeroAddress]);
  const router = creation("@uniswap/swap-router-contracts", "SwapRouter02", [zeroAddress, factory.address, manager.address, weth]);

  const usdcFirst = BigInt(usdc) < BigInt(weth);
  const [token0, token1] = usdcFirst ? [usdc, weth] : [weth, usdc];
  const [amount0, amount1] = usdcFirst ? [usdcLiquidity, wethLiquidity] : [wethLiquidity, usdcLiquidity];
  const position = {
    token0,
    token1,
    fee: FEE,
    tickLower: -MAX_TICK,
    tickUpper: MAX_TICK,
    amount0Desired: amount0,
    amount1Desired: amount1,
    amount0Min: 0n,
    amount1Min: 0n,
    recipient: provider.address,
    deadline: maxUint256,
  };

  const client = localClient(stack.rpcUrl);
  await sendSteps(client, localWallet(stack.rpcUrl, provider), [
    ...[factory, manager, router].map(({ step }) => step),
    token("minting USDC", usdc, "mint", [provider.address, usdcLiquidity]),
    callStep("wrapping ether", weth, 100_000n, { abi: tokenAbi, functionName: "deposit" }, wethLiquidity),
    token("approving USDC", usdc, "approve", [manager.address, usdcLiquidity]),
    token("approving WETH", weth, "approve", [manager.address, wethLiquidity]),
    callStep("creating the pool", manager.address, 6_000_000n, {
      abi: positionManagerAbi,
      functionName: "createAndInitializePoolIfNecessary",
      args: [token0, token1, FEE, sqrtPriceX96(amount0, amount1)],
    }),
    callStep("adding liquidity", manager.address, 1_000_000n, { abi: positionManagerAbi, functionName: "mint", args: [position] }),
  ]);
  const pool = await client.readContract({ address: factory.address, abi: factoryAbi, functionName: "getPool", args: [usdc, weth, FEE] });
  if (pool === zeroAddress) throw new SetupError({ what: "Uniswap", reason: "there is no USDC/WETH pool" });
  return { factory: factory.address, positionManager: manager.address, swapRouter: router.address, pool, fee: FEE };
}

function token(what: string, to: Address, functionName: "mint" | "approve", args: readonly [Address, bigint]): Step {
  return { what, to, gas: 100_000n, data: encodeFunctionData({ abi: tokenAbi, functionName, args }) };
}

function creation(packageName: string, name: string, args: readonly unknown[]): { address: Address; step: Step } {
  const { abi, bytecode } = require(`${packageName}/artifacts/contracts/${name}.sol/${name}.json`) as { abi: Abi; bytecode: Hex };
  const initCode = encodeDeployData({ abi, bytecode, args: [...args] });
  const address = getContractAddress({ opcode: "CREATE2", from: PROXY, salt: zeroHash, bytecode: initCode });
  return { address, step: { what: `creating ${name}`, gas: 7_000_000n, ...creationBy({ salt: zeroHash, initCode }) } };
}

/** The price at which both amounts are worth the same, as Uniswap keeps it: √(amount1 / amount0) · 2^96, rounded down. */
export function sqrtPriceX96(amount0: bigint, amount1: bigint): bigint {
  return squareRoot((amount1 << 192n) / amount0);
}

/** Newton's method from above: it only falls until it is there. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
