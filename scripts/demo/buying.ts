import { type Address, type Hex, maxUint256 } from "viem";
import { swapRouterAbi } from "../../bundler-local/src/index.ts";
import { grantSessionKey, type OperationWindow } from "../../ts-sdk/src/index.ts";
import { approveAndSwap } from "./calls.ts";
import { type AgentKey } from "./key.ts";
import { blockTime, landed, type Scene, tokenAbi, USDC, type Wallet, walletOf } from "./scene.ts";
import { type Steps } from "./steps.ts";

/** Moves the price of the pool by some 3 %. */
const PUSH = 40_000n * USDC;

/** An agent buys WETH little by little, with a pause between two purchases. */
export async function buyOnce(steps: Steps, scene: Scene, buyer: AgentKey): Promise<void> {
  const { owner, module } = scene;
  const buy = (dollars: bigint) => approveAndSwap(scene, dollars * USDC);
  await steps.executes("owner: grants the buying key", () => grantSessionKey(owner, { module, key: buyer.signer.address, policy: buyer.policy }));
  await steps.executes("buyer: buys for 20 USDC", () => buyer.send(buy(20n)));
  const atOnce: OperationWindow = await nextSeconds(scene);
  await steps.refuses("thief: buys again at once", "CooldownActive", () => buyer.attempt(buy(20n), { window: atOnce }));
}

/** After the pause: the account measures what a purchase brings, and a person confirms a large one. */
export async function buyAgain(steps: Steps, scene: Scene, buyer: AgentKey): Promise<void> {
  const buy = (dollars: bigint) => approveAndSwap(scene, dollars * USDC);
  const thief = walletOf(scene.stack, scene.stack.accounts.attacker);
  const bought = await pushPrice(scene, thief);
  await steps.refuses("buyer: buys at a price 3 % off", "ReceivedTooLittle", () => buyer.send(buy(20n)));
  await swapAs(scene, thief, scene.weth, scene.usdc, bought);

  await steps.executes("buyer: 60 USDC, a person confirms", () => buyer.send(buy(60n)));
}

/** A window that an operation could have, were there no cooldown. */
async function nextSeconds(scene: Scene): Promise<OperationWindow> {
  const now = await blockTime(scene);
  return { validAfter: now, validUntil: now + 10n };
}

/** Buys so much WETH that everybody else gets less for their money. */
async function pushPrice(scene: Scene, thief: Wallet): Promise<bigint> {
  const { client, usdc, weth } = scene;
  const holder = thief.account.address;
  await landed(client, await thief.writeContract({ address: usdc, abi: tokenAbi, functionName: "mint", args: [holder, PUSH] }));
  await swapAs(scene, thief, usdc, weth, PUSH);
  return client.readContract({ address: weth, abi: tokenAbi, functionName: "balanceOf", args: [holder] });
}

async function swapAs({ client, uniswap }: Scene, wallet: Wallet, tokenIn: Address, tokenOut: Address, amountIn: bigint): Promise<void> {
  const { swapRouter, fee } = uniswap;
  const done = async (hash: Hex): Promise<unknown> => landed(client, hash);
  await done(await wallet.writeContract({ address: tokenIn, abi: tokenAbi, functionName: "approve", args: [swapRouter, maxUint256] }));
  const recipient = wallet.account.address;
  const swap = { tokenIn, tokenOut, fee, recipient, amountIn, amountOutMinimum: 0n, sqrtPriceLimitX96: 0n };
  await done(await wallet.writeContract({ address: swapRouter, abi: swapRouterAbi, functionName: "exactInputSingle", args: [swap] }));
}
