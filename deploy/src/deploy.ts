import { type Address, BaseError, type Hex, keccak256, type PublicClient, size } from "viem";
import { CreationFailedError, DifferentCodeError, OptionError, RpcError, WrongChainError } from "./errors.ts";
import type { PlannedContract } from "./plan.ts";
import { createProxy, creationBy, isProxyPresent, type Wallet } from "./proxy.ts";
import { predictRuntimes } from "./runtime.ts";

/** EIP-170, in bytes. A creation that returns more reverts without a word. */
const CODE_SIZE_LIMIT = 24_576;

/** A contract on a chain, or, in a dry run, one that would be. */
export type DeployedContract = PlannedContract & {
  status: "created" | "present" | "missing";
  runtimeCode: Hex;
  /** keccak256 of the runtime code, immutables included. */
  codeHash: Hex;
  /** Known only for what this run created. */
  block: bigint | undefined;
  transactionHash: Hex | undefined;
};

export type DeployOptions = {
  plan: readonly PlannedContract[];
  client: PublicClient;
  /** Who pays; not needed in a dry run, nor when everything is present. */
  wallet?: Wallet | undefined;
  /** Refuse any other chain. */
  chainId: number;
  /** How the chain is called in messages. */
  network: string;
  /** Default: false. Asks, and sends nothing. */
  dryRun?: boolean;
};

/**
 * Brings the planned contracts to a chain through the CREATE2 proxy, and the proxy itself where it is missing. What is
 * there already stays: running it again sends nothing. Everything is checked before the first transaction, and every
 * created contract after the last.
 * @returns the contracts in the order of the plan
 * @throws RpcError, WrongChainError, ProxyError, DifferentCodeError, CreationFailedError, OptionError
 */
export async function deploy(options: DeployOptions): Promise<DeployedContract[]> {
  const { plan, client, wallet, chainId, network, dryRun = false } = options;
  const actual = await client.getChainId().catch((cause: Error) => {
    throw new RpcError({ network, url: client.transport.url ?? client.transport.name, cause });
  });
  if (actual !== chainId) throw new WrongChainError({ network, expected: chainId, actual });

  const hasProxy = await isProxyPresent(client, chainId);
  const runtimes = await predictRuntimes(client, plan);
  const contracts = await Promise.all(plan.map((contract, i) => look(client, contract, runtimes[i] as Hex)));
  const missing = contracts.filter(({ status }) => status === "missing");
  missing.forEach(checkSize);
  if (dryRun || missing.length === 0) return contracts;

  if (!wallet) throw new OptionError(`Who pays? ${missing.length} contracts are missing on ${network}, and there is no wallet.`);
  if (!hasProxy) await createProxy(client, wallet, chainId);
  const created = await createAll(client, wallet, missing);
  return contracts.map((contract) => created.get(contract.name) ?? contract);
}

async function look(client: PublicClient, contract: PlannedContract, runtimeCode: Hex): Promise<DeployedContract> {
  const expected = keccak256(runtimeCode);
  const code = await client.getCode({ address: contract.address });
  if (code !== undefined) checkCode(contract, expected, code);
  const status = code === undefined ? "missing" : "present";
  return { ...contract, status, runtimeCode, codeHash: expected, block: undefined, transactionHash: undefined };
}

function checkCode({ name, address }: { name: string; address: Address }, expected: Hex, code: Hex): void {
  const found = keccak256(code);
  if (found !== expected) throw new DifferentCodeError({ name, address, expected, found });
}

function checkSize({ name, runtimeCode }: DeployedContract): void {
  const bytes = size(runtimeCode);
  if (bytes > CODE_SIZE_LIMIT) throw new CreationFailedError({ name, reason: `its code has ${bytes} bytes, and ${CODE_SIZE_LIMIT} are the limit.` });
}

/** Nodes keep only so many waiting transactions of one account (16, mostly) and drop the rest. */
const AT_ONCE = 8;

/** Sends several transactions before it waits for the first: they are mined in the order of their nonces. */
async function createAll(client: PublicClient, wallet: Wallet, missing: readonly DeployedContract[]): Promise<Map<string, DeployedContract>> {
  const address = wallet.account.address;
  const firstNonce = await client.getTransactionCount({ address, blockTag: "pending" });
  const gas = await Promise.all(missing.map((contract, i) => estimate(client, address, contract, missing.slice(0, i))));
  const created: DeployedContract[] = [];
  for (let first = 0; first < missing.length; first += AT_ONCE) {
    const hashes: (readonly [DeployedContract, Hex])[] = [];
    for (const [i, contract] of [...missing.entries()].slice(first, first + AT_ONCE))
      hashes.push([contract, await wallet.sendTransaction({ ...creationBy(contract), nonce: firstNonce + i, gas: gas[i] as bigint })]);
    created.push(...(await Promise.all(hashes.map(([contract, hash]) => finish(client, contract, hash)))));
  }
  return new Map(created.map((contract) => [contract.name, contract]));
}

/** As if the contracts before it were there already: a constructor may ask them. */
async function estimate(client: PublicClient, account: Address, contract: DeployedContract, before: readonly DeployedContract[]): Promise<bigint> {
  const stateOverride = before.map(({ address, runtimeCode }) => ({ address, code: runtimeCode }));
  try {
    return await client.estimateGas({ account, ...creationBy(contract), stateOverride });
  } catch (cause) {
    throw new CreationFailedError({ name: contract.name, reason: cause instanceof BaseError ? cause.shortMessage : String(cause), cause });
  }
}

async function finish(client: PublicClient, contract: DeployedContract, transactionHash: Hex): Promise<DeployedContract> {
  const receipt = await client.waitForTransactionReceipt({ hash: transactionHash });
  const code = await client.getCode({ address: contract.address });
  // The proxy reverts when the creation does.
  if (code === undefined) throw new CreationFailedError({ name: contract.name, reason: `transaction ${transactionHash} ${receipt.status}.` });
  checkCode(contract, contract.codeHash, code);
  return { ...contract, status: "created", block: receipt.blockNumber, transactionHash };
}
