import {
  type Account,
  type Address,
  type Chain,
  encodeDeployData,
  getContractAddress,
  type Hex,
  type PublicClient,
  parseAbi,
  type Transport,
  type WalletClient,
} from "viem";
import { readPublishedArtifact } from "./artifacts.ts";

/** Whoever deploys and fills the pool: a wallet with an account of its own on one chain. */
export type Wallet = WalletClient<Transport, Chain, Account>;

/** Uniswap V3 as published on npm, with one pool. */
export type Uniswap = { readonly factory: Address; readonly positions: Address; readonly router: Address; readonly fee: number };

export type Tokens = { readonly usdc: Address; readonly weth: Address };

const factoryAbi = parseAbi(["constructor()"]);
const positionsAbi = parseAbi([
  "constructor(address factory, address weth, address tokenDescriptor)",
  "function createAndInitializePoolIfNecessary(address token0, address token1, uint24 fee, uint160 sqrtPriceX96) payable returns (address pool)",
  "struct Mint { address token0; address token1; uint24 fee; int24 tickLower; int24 tickUpper; uint256 amount0Desired; uint256 amount1Desired; uint256 amount0Min; uint256 amount1Min; address recipient; uint256 deadline; }",
  "function mint(Mint) payable returns (uint256 tokenId, uint128 liquidity, uint256 amount0, uint256 amount1)",
]);
export const routerAbi = parseAbi([
  "constructor(address factoryV2, address factoryV3, address positions, address weth)",
  "struct Single { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 amountIn; uint256 amountOutMinimum; uint160 sqrtPriceLimitX96; }",
  "function exactInputSingle(Single params) payable returns (uint256 amountOut)",
  "struct Path { bytes path; address recipient; uint256 amountIn; uint256 amountOutMinimum; }",
  "function exactInput(Path params) payable returns (uint256 amountOut)",
]);
export const tokenAbi = parseAbi([
  "function approve(address spender, uint256 amount) returns (bool)",
  "function transfer(address to, uint256 amount) returns (bool)",
  "function balanceOf(address) view returns (uint256)",
  "function mint(address to, uint256 amount)",
  "function deposit() payable",
]);

const FEE = 3000;
/** The widest range whose ends are multiples of this fee's tick spacing, 60. */
const FULL_RANGE = 887_220;
const NO_ADDRESS = "0x0000000000000000000000000000000000000000";
const FAR = 2n ** 48n;
const DEPLOY_GAS = 6_000_000n;
const CALL_GAS = 1_000_000n;

/** What the pool begins with: 3,000 USDC for one WETH. */
const POOL = { usdc: 3_000_000n * 10n ** 6n, weth: 1_000n * 10n ** 18n };

/**
 * Deploys core, periphery and router, and fills a USDC/WETH pool from `wallet`, which must hold the ether for it. Nothing
 * waits for anything but the last transaction: addresses follow from nonces, and gas limits are given.
 */
export async function deployUniswap(client: PublicClient, wallet: Wallet, { usdc, weth }: Tokens): Promise<Uniswap> {
  const from = wallet.account.address;
  let nonce = BigInt(await client.getTransactionCount({ address: from }));
  const deploy = async (data: Hex): Promise<Address> => {
    await wallet.sendTransaction({ data, gas: DEPLOY_GAS, nonce: Number(nonce) });
    return getContractAddress({ from, nonce: nonce++ });
  };
  const code = (path: string): Hex => readPublishedArtifact(path).bytecode;

  const factory = await deploy(
    encodeDeployData({ abi: factoryAbi, bytecode: code("@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json") }),
  );
  const positions = await deploy(
    encodeDeployData({
      abi: positionsAbi,
      bytecode: code("@uniswap/v3-periphery/artifacts/contracts/NonfungiblePositionManager.sol/NonfungiblePositionManager.json"),
      args: [factory, weth, NO_ADDRESS],
    }),
  );
  const router = await deploy(
    encodeDeployData({
      abi: routerAbi,
      bytecode: code("@uniswap/swap-router-contracts/artifacts/contracts/SwapRouter02.sol/SwapRouter02.json"),
      args: [NO_ADDRESS, factory, positions, weth],
    }),
  );
  await fillPool(client, wallet, { usdc, weth }, positions);
  return { factory, positions, router, fee: FEE };
}

async function fillPool(client: PublicClient, wallet: Wallet, { usdc, weth }: Tokens, positions: Address): Promise<void> {
  const [token0, token1] = BigInt(usdc) < BigInt(weth) ? [usdc, weth] : [weth, usdc];
  const [amount0, amount1] = token0 === usdc ? [POOL.usdc, POOL.weth] : [POOL.weth, POOL.usdc];
  const gas = CALL_GAS;
  await wallet.writeContract({ address: usdc, abi: tokenAbi, functionName: "mint", args: [wallet.account.address, POOL.usdc], gas });
  await wallet.writeContract({ address: weth, abi: tokenAbi, functionName: "deposit", value: POOL.weth, gas });
  await wallet.writeContract({ address: usdc, abi: tokenAbi, functionName: "approve", args: [positions, POOL.usdc], gas });
  await wallet.writeContract({ address: weth, abi: tokenAbi, functionName: "approve", args: [positions, POOL.weth], gas });
  await wallet.writeContract({
    address: positions,
    abi: positionsAbi,
    functionName: "createAndInitializePoolIfNecessary",
    args: [token0, token1, FEE, squareRoot((amount1 << 192n) / amount0)],
    gas: DEPLOY_GAS,
  });
  const hash = await wallet.writeContract({
    address: positions,
    abi: positionsAbi,
    functionName: "mint",
    args: [
      {
        token0,
        token1,
        fee: FEE,
        tickLower: -FULL_RANGE,
        tickUpper: FULL_RANGE,
        amount0Desired: amount0,
        amount1Desired: amount1,
        amount0Min: 0n,
        amount1Min: 0n,
        recipient: wallet.account.address,
        deadline: FAR,
      },
    ],
    gas: CALL_GAS,
  });
  const { status } = await client.waitForTransactionReceipt({ hash });
  if (status !== "success") throw new Error("The USDC/WETH pool could not be filled.");
}

/** Integer square root, rounded down (Newton's method). */
export function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
