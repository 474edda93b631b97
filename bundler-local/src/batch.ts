import { type Address, encodeFunctionData, type EncodeFunctionDataParameters, type Hex } from "viem";
import type { LocalClient, LocalWallet } from "./anvil.ts";
import { SetupError } from "./errors.ts";

/** One transaction of a setup. */
export type Step = {
  /** For the message when it fails. */
  what: string;
  to: Address;
  data: Hex;
  /** Fixed, because an estimate would not know the steps before it. */
  gas: bigint;
  value?: bigint;
};

/**
 * Sends the steps of one account without waiting in between, so that all of them land in the next block or two.
 * @throws SetupError for the first step that reverted
 */
export async function sendSteps(client: LocalClient, wallet: LocalWallet, steps: readonly Step[]): Promise<void> {
  const { address } = wallet.account;
  const [nonce, { maxFeePerGas, maxPriorityFeePerGas }] = await Promise.all([
    client.getTransactionCount({ address, blockTag: "pending" }),
    client.estimateFeesPerGas(),
  ]);
  const hashes: Hex[] = [];
  for (const [i, { what: _, ...step }] of steps.entries())
    hashes.push(await wallet.sendTransaction({ ...step, nonce: nonce + i, maxFeePerGas: 2n * maxFeePerGas, maxPriorityFeePerGas, type: "eip1559" }));
  const receipts = await Promise.all(hashes.map((hash) => client.waitForTransactionReceipt({ hash })));
  for (const [i, { status, transactionHash }] of receipts.entries())
    if (status !== "success") throw new SetupError({ what: steps[i]?.what ?? "", reason: `transaction ${transactionHash} reverted` });
}

/** A step that calls a function. */
export function callStep(what: string, to: Address, gas: bigint, call: EncodeFunctionDataParameters, value = 0n): Step {
  return { what, to, gas, value, data: encodeFunctionData(call) };
}
