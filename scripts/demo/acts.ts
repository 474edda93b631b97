import { encodeFunctionData, type Hex, maxUint256, parseEther, parseGwei } from "viem";
import {
  type CallRequest,
  delegatedAccountAbi,
  encodeUpdateSessionKey,
  getSessionKey,
  grantSessionKey,
  type OperationWindow,
  pauseSessionKey,
  resumeSessionKey,
  revokeAllSessionKeys,
  revokeSessionKey,
} from "../../ts-sdk/src/index.ts";
import { approve, approveAndSwap, exactInput, swap, transfer } from "./calls.ts";
import { type AgentKey } from "./key.ts";
import { blockTime, type Scene, USDC, walletOf } from "./scene.ts";
import { type Steps } from "./steps.ts";
import { type SignedScene } from "./teeOwner.ts";

const VALIDATOR = 1n;
/** Seconds; the shortest period of the policies here. */
export const HOUR = 3_600n;
/** Enough to spend the account's ether in one operation, as the reward of whoever includes it. */
const ABSURD_FEE = parseGwei("100000");

/** The account of the owner's key comes into being. */
export async function setUp(steps: Steps, scene: SignedScene): Promise<void> {
  await steps.executes("owner: sets up account and guardian", () => scene.createAccount());
}

/** The owner gives a key to an agent, and the agent does what it was given it for. */
export async function delegateAndTrade(steps: Steps, scene: Scene, agent: AgentKey): Promise<void> {
  const { owner, module } = scene;
  await steps.executes("owner: grants the agent a key", () => grantSessionKey(owner, { module, key: agent.signer.address, policy: agent.policy }));
  await steps.executes("agent: swaps 40 USDC for WETH", () => agent.send(approveAndSwap(scene, 40n * USDC)));
}

/** What someone who has stolen the agent's key would try. Every one of these is signed with the key and sent. */
export async function hijack(steps: Steps, scene: Scene, agent: AgentKey): Promise<void> {
  const { account, usdc, weth, uniswap, stack } = scene;
  const thiefsWallet = walletOf(stack, stack.accounts.attacker);
  const thief = thiefsWallet.account.address;
  const { swapRouter } = uniswap;
  const attempt = (name: string, code: string, ...what: Parameters<AgentKey["attempt"]>): Promise<void> =>
    steps.refuses(`thief: ${name}`, code, () => agent.attempt(...what));
  const installModule: Hex = encodeFunctionData({ abi: delegatedAccountAbi, functionName: "installModule", args: [VALIDATOR, thief, "0x"] });
  const small = approveAndSwap(scene, USDC);

  await attempt("70 USDC more, over the daily cap", "SpendingLimitExceeded", approveAndSwap(scene, 70n * USDC));
  await attempt("USDC to itself", "CallNotPermitted", [transfer(usdc, thief, USDC)]);
  await attempt("ether to itself", "CallNotPermitted", [{ to: thief, value: parseEther("0.01") }]);
  await attempt("unlimited approve", "SpendingLimitExceeded", [approve(usdc, swapRouter, maxUint256)]);
  await attempt("approve to itself", "PinnedWordMismatch", [approve(usdc, thief, USDC)]);
  await attempt("another router function", "CallNotPermitted", [exactInput(scene, USDC)]);
  await attempt("swap to another recipient", "PinnedWordMismatch", [approve(usdc, swapRouter, USDC), swap(scene, USDC, thief)]);
  await attempt("another target: the swapped WETH", "CallNotPermitted", [transfer(weth, thief, 1n)]);
  await attempt("installModule on the account", "AccountFunctionForbidden", [], { callData: installModule });
  await attempt("the account, inside a batch", "TargetForbidden", [...small, { to: account, data: installModule }]);
  await attempt("the module: a wider policy", "TargetForbidden", [await widerPolicy(scene, agent)]);
  await attempt("gas at an absurd fee", "NativeLimitExceeded", small, { maxFeePerGas: ABSURD_FEE });
  await steps.refuses("thief: that fee, as its own bundler", "NativeLimitExceeded", () => agent.bundle(small, thiefsWallet, { maxFeePerGas: ABSURD_FEE }));
  await attempt("a window that has passed", "OperationExpired", small, { window: passedWindow(await blockTime(scene)) });
}

/** A minute that is over, or what is over of this hour: an earlier hour is one that was counted already, which is another rule. */
function passedWindow(now: bigint): OperationWindow {
  const hour = now - (now % HOUR);
  const last = now - 60n > hour ? now - 60n : hour + 1n;
  return { validAfter: last - 60n > hour ? last - 60n : hour, validUntil: last };
}

/** An update of the key by the key: the same policy for a hundred times as much. */
async function widerPolicy({ client, account, module }: Scene, { policy, signer }: AgentKey): Promise<CallRequest> {
  const key = signer.address;
  const { epoch, serial } = await getSessionKey(client, { module, account, key });
  const meters = policy.header.meters.map((meter) => ({ ...meter, cap: meter.cap * 100n }));
  const wider = { ...policy, header: { ...policy.header, meters } };
  return encodeUpdateSessionKey({ module, key, epoch, serial, policy: wider, oldPolicy: policy });
}

/** Guardian and owner stop the key, each in one plain transaction. */
export async function stop(steps: Steps, scene: Scene, agent: AgentKey): Promise<void> {
  const { owner, guardian, account, module } = scene;
  const key = agent.signer.address;
  const trade = approveAndSwap(scene, 5n * USDC);
  await steps.executes("guardian: pauses the key", () => pauseSessionKey(guardian, { module, account, key }));
  await steps.refuses("agent: swaps while paused", "KeyPaused", () => agent.attempt(trade));
  await steps.executes("owner: resumes the key", () => resumeSessionKey(owner, { module, key }));
  await steps.executes("agent: swaps 5 USDC for WETH", () => agent.send(trade));
  await steps.executes("owner: revokes the key", () => revokeSessionKey(owner, { module, key }));
  await steps.refuses("agent: swaps after the revoke", "KeyNotGranted", () => agent.attempt(trade));
}

/** A paying key makes as many calls as it has in an hour. */
export async function useUp(steps: Steps, scene: Scene, payer: AgentKey, calls: number): Promise<void> {
  const { owner, module, usdc, supplier } = scene;
  const pay = [transfer(usdc, supplier, USDC)];
  await steps.executes("owner: grants a paying key", () => grantSessionKey(owner, { module, key: payer.signer.address, policy: payer.policy }));
  for (let call = 1; call <= calls; call++) {
    await steps.executes(`payer: call ${call} of ${calls} this hour`, () => payer.send(pay));
  }
  await steps.refuses(`payer: call ${calls + 1} this hour`, "RateLimitExceeded", () => payer.attempt(pay));
}

/** The owner kills every key at once. */
export async function revokeAll(steps: Steps, { owner, module, usdc, supplier }: Scene, payer: AgentKey): Promise<void> {
  await steps.executes("owner: revokes all keys", () => revokeAllSessionKeys(owner, { module }));
  await steps.refuses("payer: after revoking all", "KeyEpochOutdated", () => payer.attempt([transfer(usdc, supplier, USDC)]));
}
