import { type Abi, type Address, type Hex, type TransactionReceipt, encodeDeployData, getAddress, parseEther, parseEventLogs } from "viem";
import { entryPoint07Abi, type PackedUserOperation } from "viem/account-abstraction";
import { ensureArtifacts, readArtifact } from "../../deploy/src/artifacts.ts";
import { type Anvil, startAnvil } from "./anvil.ts";
import { ENTRY_POINTS, type EntryPointVersion, installEntryPoints } from "./entry-points.ts";

/** Receives the fees of test bundles. */
export const BENEFICIARY: Address = "0x00000000000000000000000000000000be2ef1c1";

/** A private chain with the EntryPoints on it, and a funded account that sends transactions. */
export type Chain = Anvil & { sender: Address };

/** @param args further command line arguments for anvil */
export async function startChain(args: readonly string[] = []): Promise<Chain> {
  await ensureArtifacts();
  const anvil = await startAnvil(args);
  try {
    await installEntryPoints(anvil.client);
    const [sender] = await anvil.client.getAddresses();
    if (!sender) throw new Error("the node has no unlocked account");
    return { ...anvil, sender };
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

export async function abiOf(name: string): Promise<Abi> {
  return (await readArtifact(name)).abi;
}

/** Deploys a compiled contract and returns its address. */
export async function deploy({ client, sender }: Chain, name: string, args: readonly unknown[] = [], value = 0n): Promise<Address> {
  const { abi, bytecode } = await readArtifact(name);
  const data = encodeDeployData({ abi, bytecode: bytecode as Hex, args });
  const hash = await client.sendTransaction({ account: sender, data, value });
  const { contractAddress } = await client.waitForTransactionReceipt({ hash });
  if (!contractAddress) throw new Error(`${name} was not deployed`);
  return getAddress(contractAddress);
}

/** Sends a transaction as any address, whoever holds its key. @throws if it reverts */
export async function sendAs({ client }: Chain, from: Address, to: Address, data: Hex, value = 0n): Promise<void> {
  await client.impersonateAccount({ address: from });
  const hash = await client.sendTransaction({ account: from, to, data, value });
  const { status } = await client.waitForTransactionReceipt({ hash });
  if (status !== "success") throw new Error(`a transaction of ${from} to ${to} reverted`);
}

/** Prepays gas for an account or paymaster. */
export async function deposit({ client, sender }: Chain, version: EntryPointVersion, account: Address): Promise<void> {
  const hash = await client.writeContract({
    account: sender,
    address: ENTRY_POINTS[version],
    abi: entryPoint07Abi,
    functionName: "depositTo",
    args: [account],
    value: parseEther("1"),
  });
  await client.waitForTransactionReceipt({ hash });
}

/** Sends a bundle of one operation. @throws viem's error with the EntryPoint's reason if it is refused */
export async function handleOp({ client, sender }: Chain, version: EntryPointVersion, userOp: PackedUserOperation) {
  const { request } = await client.simulateContract({
    account: sender,
    address: ENTRY_POINTS[version],
    abi: entryPoint07Abi,
    functionName: "handleOps",
    args: [[userOp], BENEFICIARY],
  });
  return client.waitForTransactionReceipt({ hash: await client.writeContract(request) });
}

/** Whether the execution of a bundle's one operation succeeded. */
export function succeeded({ logs }: TransactionReceipt): boolean {
  const [event] = parseEventLogs({ abi: entryPoint07Abi, eventName: "UserOperationEvent", logs });
  return event?.args.success === true;
}
