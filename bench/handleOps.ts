import {
  type Address,
  BaseError,
  decodeErrorResult,
  encodeFunctionData,
  type Hex,
  RawContractError,
  type TransactionReceipt,
} from "viem";
import { type Chain, fixedAccount } from "./chain.ts";
import { entryPointAbi, type PackedUserOperation } from "./userOperation.ts";

/** Sends operations to the EntryPoint. */
export const bundler = fixedAccount(2);
/** Is paid for it: another account than the bundler's, which exists already. */
export const beneficiary = fixedAccount(3).address;

/** Executes one operation in a transaction of its own. */
export function handleOps(chain: Chain, entryPoint: Address, op: PackedUserOperation): Promise<TransactionReceipt> {
  return chain.send({ from: bundler, to: entryPoint, data: handleOpsData(op) });
}

/** The call data of that transaction. */
export function handleOpsData(op: PackedUserOperation): Hex {
  return encodeFunctionData({ abi: entryPointAbi, functionName: "handleOps", args: [[op], beneficiary] });
}

/** Why the EntryPoint does not accept an operation: its own reason, and what the account reverted with, if it did. */
export interface Refusal {
  reason: string;
  inner: Hex | undefined;
}

/** Asks the EntryPoint at the last block's time; `undefined` if it would execute the operation. */
export async function refusal(chain: Chain, entryPoint: Address, op: PackedUserOperation): Promise<Refusal | undefined> {
  const data = await revertData(chain, { from: bundler.address, to: entryPoint, data: handleOpsData(op) });
  if (data === undefined) return undefined;
  const error = decodeErrorResult({ abi: entryPointAbi, data });
  return { reason: error.args[1], inner: error.errorName === "FailedOpWithRevert" ? error.args[2] : undefined };
}

/** What a call reverts with at the last block's time; `undefined` if it does not. */
export async function revertData(
  chain: Chain,
  { from, to, data }: { from: Address; to: Address; data: Hex },
): Promise<Hex | undefined> {
  try {
    await chain.client.call({ account: from, to, data, gas: 30_000_000n });
    return undefined;
  } catch (error) {
    const raw = error instanceof BaseError ? error.walk((cause) => cause instanceof RawContractError) : null;
    const found = raw ?? (error instanceof BaseError ? error.walk((cause) => "data" in (cause as object)) : null);
    const revert = (found as { data?: Hex | { data: Hex } } | null)?.data;
    if (revert === undefined) throw error;
    return typeof revert === "string" ? revert : revert.data;
  }
}
