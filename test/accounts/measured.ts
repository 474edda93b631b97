import { type Address, encodeFunctionData, maxUint256, parseAbi, parseEventLogs, toFunctionSelector } from "viem";
import { handleOps } from "../../bench/handleOps.ts";
import { type Call, encodeBatch, encodeExecute, entryPointAbi, MODE_BATCH } from "../../bench/userOperation.ts";
import { frameCalls } from "../../ts-sdk/src/operation/frame.ts";
import type { PolicyContent } from "../../bench/evidence.ts";
import type { Policy } from "../../ts-sdk/src/policy/definePolicy.ts";
import { passedOn, refused, same } from "./expect.ts";
import { CAP, LEAF, tokenAbi, type World } from "./world.ts";

const abi = parseAbi([
  "function take(address token, uint256 amount)",
  "function approve(address spender, uint256 amount) returns (bool)",
]);

/** The matrix's policy for a measured key, which may also have `router` do something that charges nothing. */
function measuredPolicy({ policy }: World, router: Address): PolicyContent & Policy {
  const take = { kind: "exact", mark: "movesNothing", target: router, selector: toFunctionSelector("take(address,uint256)"), maxValue: 0n, conditions: [] } as const;
  return {
    ...policy,
    measured: true,
    permissions: { ...policy.permissions, list: [...policy.permissions.list, take] },
  };
}

/** A key whose operations stand in a frame, against a contract that takes more than its caller's call data says. */
export async function measuredKey(world: World): Promise<void> {
  const { chain, entryPoint, module, token } = world.system;
  const router = await chain.deploy("HostileRouter");
  const policy = measuredPolicy(world, router);
  const takes = policy.permissions.list.length - 1;
  const key = await world.newKey(208);
  await world.grant(key, policy);
  await world.asAccount(token, encodeFunctionData({ abi, functionName: "approve", args: [router, maxUint256] }));
  const taken = (): Promise<bigint> => chain.client.readContract({ address: token, abi: tokenAbi, functionName: "balanceOf", args: [router] });
  const take = (amount: bigint): Call => ({ target: router, data: encodeFunctionData({ abi, functionName: "take", args: [token, amount] }) });

  const operation = (calls: readonly Call[], leaves: readonly number[]) => {
    const framed = frameCalls(module.address, calls.map(({ target, data = "0x" }) => ({ to: target, value: 0n, data })));
    const callData = encodeExecute(MODE_BATCH, encodeBatch(framed.map(({ to, value, data }) => ({ target: to, value, data }))));
    return world.operation(calls, { callData, leaves, signer: key, policy });
  };
  /** Whether the operation's calls succeed. */
  const land = async (calls: readonly Call[], leaves: readonly number[]): Promise<boolean> => {
    const { logs } = await handleOps(chain, entryPoint, await operation(calls, leaves));
    const [event] = parseEventLogs({ abi: entryPointAbi, eventName: "UserOperationEvent", logs });
    return event?.args.success === true;
  };
  const redemption = (calls: readonly Call[], leaves: readonly number[]) => world.redemption(calls, { leaves, signer: key, policy });

  const bare = await world.verdict(await world.operation([world.transfer(1n)], { signer: key, policy }));
  refused("without a frame", bare, ...passedOn(world, ["FrameMissing"]));
  same("a transfer in its frame", await land([world.transfer(1n)], [LEAF.transfer]), true);
  same("received", await world.received(), 1n);
  same("as much taken as is left", await land([take(CAP - 3n)], [takes]), true);
  same("taken", await taken(), CAP - 3n);
  same("more taken than is left", await land([take(3n)], [takes]), false);
  const over = await world.callVerdict(key.sender.address, module.address, await redemption([take(3n)], [takes]));
  refused("more taken than is left, direct lane", over, "SpendingLimitExceeded");
  await chain.send({ from: key.sender, to: module.address, data: await redemption([take(2n)], [takes]) });
  same("taken in both lanes", await taken(), CAP - 1n);
  const charged = await world.verdict(await operation([world.transfer(1n)], [LEAF.transfer]));
  refused("what calls say, after what was measured", charged, ...passedOn(world, ["SpendingLimitExceeded"]));
}
