import { hexToBytes, type Hex, type TransactionReceipt } from "viem";
import { type Actor, actor, cosignedActor, FIRST_USE, NEXT_DAY, SECOND_USE, transferActor } from "./actors.ts";
import { carryingOperation } from "./carried.ts";
import { conditionActors, conditionOperation, prepareConditions } from "./conditions.ts";
import { handleOps, handleOpsData } from "./handleOps.ts";
import { framedOperation, grantData, keyOperation, measuredGrantData, nativeTransfer, ownerOperation, revokeAllData, revokeData, tokenTransfer } from "./jobs.ts";
import { nativePolicy, tenTargetsPolicy, thousandPolicy, transferPolicy } from "./policies.ts";
import { redeem, redeemRelayed } from "./redemption.ts";
import type { Window } from "./sessionKey.ts";
import { type ForeignKind, openSystem, recipient, type ReferenceKind, type System } from "./system.ts";
import { entryPointAbi, type PackedUserOperation } from "./userOperation.ts";

/** What a transaction costs: gas of its receipt, and that without the 21,000 and the call data. */
export interface Cost {
  txGas: number;
  execGas: number;
  /** Transaction gas over that of the same call without what is measured. */
  delta?: number;
}

export const JOBS = [
  "J0",
  "J1",
  "J1_first",
  "J1_next_period",
  "J1_1000",
  "J1_1000_hot",
  "J2_1x1",
  "J2_10x2",
  "J3",
  "J3_all",
  "J4",
  "cosign",
  "first_carried",
  "frame",
  "condition_static",
  "condition_array",
  "merkle_10000",
  "direct",
  "direct_relayed",
] as const;
export type Job = (typeof JOBS)[number];

const HOT_LEAVES = 3;

/** What is measured on accounts that others wrote: what depends on the account. */
export const FOREIGN_JOBS = ["J0", "J1", "J1_first", "J4", "direct"] as const satisfies readonly Job[];
export type ForeignJob = (typeof FOREIGN_JOBS)[number];

/** Measures every job on a fresh chain, each transaction alone in its block, nothing warm. */
export async function measure(kind: ReferenceKind): Promise<Record<Job, Cost>> {
  const system = await openSystem(kind);
  try {
    return await measureOn(system);
  } finally {
    await system.chain.close();
  }
}

/** The same for an account that others wrote. */
export async function measureForeign(kind: ForeignKind): Promise<Record<ForeignJob, Cost>> {
  const system = await openSystem(kind);
  const { token, chain } = system;
  try {
    const transfer = tokenTransfer(token);
    const plain = transferActor(token);
    const native = actor(4, nativePolicy(recipient), nativeTransfer);
    const bySelf = actor(6, transferPolicy(token), transfer);
    const act = async (it: Actor, when: Window) => operationCost(system, await keyOperation(system, it, when, it.call, it));
    const asOwner = async () => operationCost(system, await ownerOperation(system, transfer));
    for (const it of [plain, native]) await system.sendToModule(grantData(it.signer, it.policy));
    await system.account.installExecutor();
    await system.sendToModule(grantData(bySelf.signer, bySelf.policy, true));
    await chain.fund(bySelf.signer.address, 10n ** 18n);

    chain.advanceTo(FIRST_USE.start);
    await asOwner();
    const J1_first = await act(plain, FIRST_USE);
    await act(native, FIRST_USE);
    await redeem(system, bySelf, FIRST_USE);

    chain.advanceTo(SECOND_USE.start);
    const J0 = await asOwner();
    const J1 = await act(plain, SECOND_USE);
    const J4 = await act(native, SECOND_USE);
    const { receipt, data } = await redeem(system, bySelf, SECOND_USE);
    return { J0, J1, J1_first, J4, direct: cost(receipt, data) };
  } finally {
    await chain.close();
  }
}

async function measureOn(system: System): Promise<Record<Job, Cost>> {
  const { token, chain } = system;
  const transfer = tokenTransfer(token);
  const plain = transferActor(token);
  const cold = actor(2, thousandPolicy(token, 500, 0), transfer, 500);
  const hot = actor(3, thousandPolicy(token, HOT_LEAVES - 1, HOT_LEAVES), transfer, HOT_LEAVES - 1);
  const native = actor(4, nativePolicy(recipient), nativeTransfer);
  const both = cosignedActor(token);
  const ten = actor(5, tenTargetsPolicy(token), transfer);
  const direct = actor(6, transferPolicy(token), transfer);
  const carrier = actor(9, transferPolicy(token), transfer);
  const relayed = actor(7, transferPolicy(token), transfer);

  const measured = actor(10, plain.policy, transfer);

  const toModule = async (data: Hex) => cost(await system.sendToModule(data), data);
  const act = async (it: Actor, when: Window) => operationCost(system, await keyOperation(system, it, when, it.call, it));
  const sent = async ({ receipt, data }: Awaited<ReturnType<typeof redeem>>) => cost(receipt, data);
  const asOwner = async () => operationCost(system, await ownerOperation(system, transfer));

  const J2_1x1 = await toModule(grantData(plain.signer, plain.policy));
  const J2_10x2 = await toModule(grantData(ten.signer, ten.policy));
  for (const it of [cold, hot, native, both]) await toModule(grantData(it.signer, it.policy));
  await toModule(measuredGrantData(measured.signer, measured.policy));

  await system.account.installExecutor();
  for (const it of [direct, relayed]) {
    await toModule(grantData(it.signer, it.policy, true));
    await chain.fund(it.signer.address, 10n ** 18n);
  }

  chain.advanceTo(FIRST_USE.start);
  await asOwner();
  const J1_first = await act(plain, FIRST_USE);
  for (const it of [cold, hot, native, both]) await act(it, FIRST_USE);
  const carried = await operationCost(system, await carryingOperation(system, carrier, FIRST_USE));
  const first_carried = { ...carried, delta: carried.txGas - J1_first.txGas - J2_1x1.execGas };
  await operationCost(system, await framedOperation(system, measured, FIRST_USE, measured));
  await redeem(system, direct, FIRST_USE);
  await redeemRelayed(system, relayed, FIRST_USE, 0n);

  const conditions = conditionActors(token);
  await prepareConditions(system, conditions, (op) => operationCost(system, op));

  chain.advanceTo(SECOND_USE.start);
  const J0 = await asOwner();
  const J1 = await act(plain, SECOND_USE);
  const J1_1000 = await act(cold, SECOND_USE);
  const J1_1000_hot = await act(hot, SECOND_USE);
  const J4 = await act(native, SECOND_USE);
  const byKey = await sent(await redeem(system, direct, SECOND_USE));
  const direct_relayed = await sent(await redeemRelayed(system, relayed, SECOND_USE, 1n));
  const cosign = over(J1, await act(both, SECOND_USE));
  const frame = await operationCost(system, await framedOperation(system, measured, SECOND_USE, measured));

  const condition = async (name: keyof typeof conditions) => operationCost(system, await conditionOperation(system, conditions[name]));
  const condition_static = over(J1, await condition("static"));
  const condition_array = over(await condition("array_base"), await condition("array"));
  const merkle_10000 = over(J1, await condition("merkle"));

  chain.advanceTo(NEXT_DAY.start);
  const J1_next_period = await act(plain, NEXT_DAY);
  const J3 = await toModule(revokeData(system, plain.signer));
  const J3_all = await toModule(revokeAllData(system));
  return {
    J0,
    J1,
    J1_first,
    J1_next_period,
    J1_1000,
    J1_1000_hot,
    J2_1x1,
    J2_10x2,
    J3,
    J3_all,
    J4,
    cosign,
    first_carried,
    frame: over(J1, frame),
    condition_static,
    condition_array,
    merkle_10000,
    direct: byKey,
    direct_relayed,
  };
}

/** The cost with its difference to what it is measured against. */
function over(base: Cost, it: Cost): Cost {
  return { ...it, delta: it.txGas - base.txGas };
}

/** Executes the operation; throws unless it was accepted and its calls succeeded. */
async function operationCost({ chain, entryPoint }: System, op: PackedUserOperation): Promise<Cost> {
  const receipt = await handleOps(chain, entryPoint, op);
  const [event] = await chain.client.getContractEvents({
    address: entryPoint,
    abi: entryPointAbi,
    eventName: "UserOperationEvent",
    blockHash: receipt.blockHash,
  });
  if (!event?.args.success) throw new Error("the operation's call failed");
  return cost(receipt, handleOpsData(op));
}

/** EIP-2028: 16 gas for a byte of call data, 4 for a zero byte. */
function cost({ gasUsed }: TransactionReceipt, data: Hex): Cost {
  const bytes = hexToBytes(data);
  const intrinsic = bytes.reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 21_000);
  const tokens = bytes.reduce((sum, byte) => sum + (byte === 0 ? 1 : 4), 0);
  const txGas = Number(gasUsed);
  // EIP-7623: a transaction pays at least this; there, the difference would not be what executing it took.
  if (txGas <= 21_000 + 10 * tokens) throw new Error(`a transaction of ${txGas} gas cost no more than its call data`);
  return { txGas, execGas: txGas - intrinsic };
}
