import {
  type Abi,
  type Address,
  type Hex,
  type RpcTransactionReceipt,
  type RpcTransactionRequest,
  type TransactionReceipt,
  type TransactionRequest,
  encodeDeployData,
  encodeFunctionData,
  formatTransactionReceipt,
  formatTransactionRequest,
  getAddress,
  parseEther,
  parseEventLogs,
} from "viem";
import { entryPoint07Abi, type PackedUserOperation } from "viem/account-abstraction";
import { checkEntryPoints, entryPointSteps, placeEntryPoint09 } from "../../bundler-local/src/entryPoints.ts";
import { readArtifact } from "../../deploy/src/artifacts.ts";
import { type Anvil, type Hardfork, startAnvil } from "./anvil.ts";
import { ENTRY_POINTS, type EntryPointVersion } from "./entry-points.ts";

/** Receives the fees of test bundles. */
export const BENEFICIARY: Address = "0x00000000000000000000000000000000be2ef1c1";

/** A private chain with the EntryPoints on it, and a funded account that sends transactions. */
export type Chain = Anvil & { sender: Address };

/** @param args further command line arguments for anvil */
export async function startChain(args: readonly string[] = [], hardfork?: Hardfork): Promise<Chain> {
  const { client, stop } = await startAnvil(args, hardfork);
  try {
    const [sender] = await client.getAddresses();
    if (!sender) throw new Error("the node has no unlocked account");
    const chain = { client, stop, sender };
    for (const { to, data, gas } of entryPointSteps()) await send(chain, { to, data, gas });
    await placeEntryPoint09(client);
    await checkEntryPoints(client);
    return chain;
  } catch (error) {
    await stop();
    throw error;
  }
}

export async function abiOf(name: string): Promise<Abi> {
  return (await readArtifact(name)).abi;
}

/**
 * Sends a transaction and returns its receipt, in one request: nothing has to be polled for.
 * @param from default: the funded account
 * @throws viem's error with the reason if the transaction would revert
 */
export async function send({ client, sender }: Chain, { from = sender, ...request }: TransactionRequest): Promise<TransactionReceipt> {
  const receipt = await client.request<{ Method: "eth_sendTransactionSync"; Parameters: [RpcTransactionRequest]; ReturnType: RpcTransactionReceipt }>({
    method: "eth_sendTransactionSync",
    params: [formatTransactionRequest({ from, ...request })],
  });
  return formatTransactionReceipt(receipt);
}

/** Sends a transaction as any address, whoever holds its key. @throws if it reverts */
export async function sendAs(chain: Chain, from: Address, to: Address, data: Hex): Promise<void> {
  await chain.client.impersonateAccount({ address: from });
  const { status } = await send(chain, { from, to, data });
  if (status !== "success") throw new Error(`a transaction of ${from} to ${to} reverted`);
}

/** Deploys a compiled contract and returns its address. */
export async function deploy(chain: Chain, name: string, args: readonly unknown[] = [], value = 0n): Promise<Address> {
  const { abi, bytecode } = await readArtifact(name);
  const { contractAddress } = await send(chain, { data: encodeDeployData({ abi, bytecode: bytecode as Hex, args }), value });
  if (!contractAddress) throw new Error(`${name} was not deployed`);
  return getAddress(contractAddress);
}

/** Prepays gas for an account or paymaster. */
export async function deposit(chain: Chain, version: EntryPointVersion, account: Address): Promise<void> {
  const data = encodeFunctionData({ abi: entryPoint07Abi, functionName: "depositTo", args: [account] });
  await send(chain, { to: ENTRY_POINTS[version], data, value: parseEther("1") });
}

/** Sends a bundle of one operation. @throws viem's error with the EntryPoint's reason if it is refused */
export async function handleOp(chain: Chain, version: EntryPointVersion, userOp: PackedUserOperation): Promise<TransactionReceipt> {
  const to = ENTRY_POINTS[version];
  const call = { abi: entryPoint07Abi, functionName: "handleOps", args: [[userOp], BENEFICIARY] } as const;
  await chain.client.simulateContract({ account: chain.sender, address: to, ...call });
  return send(chain, { to, data: encodeFunctionData(call), gas: 5_000_000n });
}

/** Whether the execution of a bundle's one operation succeeded. */
export function succeeded({ logs }: TransactionReceipt): boolean {
  const [event] = parseEventLogs({ abi: entryPoint07Abi, eventName: "UserOperationEvent", logs });
  return event?.args.success === true;
}
