import { type Account, type Address, type Chain, concat, type Hex, keccak256, type PublicClient, type Transport, type WalletClient } from "viem";
import { DifferentCodeError, ProxyMissingError, WrongChainError } from "./errors.ts";
import { PROXY, type PlannedContract } from "./plan.ts";
import { predictRuntimes } from "./runtime.ts";

/** keccak256 of the proxy's 69 bytes of runtime code. */
const PROXY_CODE_HASH: Hex = "0x2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989";

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
  /** Who pays; not needed in a dry run, and unused when everything is present. */
  wallet: WalletClient<Transport, Chain, Account> | undefined;
  /** Refuse any other chain. */
  chainId: number;
  /** How the chain is called in messages. */
  network: string;
  /** Default: false. Asks, and sends nothing. */
  dryRun?: boolean;
  /** Told once for each contract, in the order of the plan. */
  onContract?: (contract: DeployedContract) => void;
};

/**
 * Brings the planned contracts to a chain through the CREATE2 proxy. What is there already stays: running it again
 * sends nothing. Everything is checked before the first transaction.
 * @throws WrongChainError, ProxyMissingError, DifferentCodeError, CreationFailedError
 */
export async function deploy(options: DeployOptions): Promise<DeployedContract[]> {
  const { plan, client, chainId, network, dryRun = false } = options;
  const actual = await client.getChainId();
  if (actual !== chainId) throw new WrongChainError({ network, expected: chainId, actual });
  await checkProxy(client, chainId);

  const runtimes = await predictRuntimes(client, plan);
  const expected = plan.map((contract, i) => expect(contract, runtimes[i] as Hex));
  const present = await Promise.all(expected.map((contract) => isPresent(client, contract)));

  const deployed: DeployedContract[] = [];
  for (const [i, contract] of expected.entries()) {
    const result: DeployedContract = present[i]
      ? { ...contract, status: "present" }
      : dryRun
        ? contract
        : await create(client, options.wallet, contract);
    options.onContract?.(result);
    deployed.push(result);
  }
  return deployed;
}

function expect(contract: PlannedContract, runtimeCode: Hex): DeployedContract {
  return { ...contract, status: "missing", runtimeCode, codeHash: keccak256(runtimeCode), block: undefined, transactionHash: undefined };
}

async function checkProxy(client: PublicClient, chainId: number): Promise<void> {
  const found = await codeHashAt(client, PROXY);
  if (found !== PROXY_CODE_HASH) throw new ProxyMissingError({ proxy: PROXY, chainId, found });
}

/** False when nothing is there, true when the right code is. */
async function isPresent(client: PublicClient, { name, address, codeHash }: DeployedContract): Promise<boolean> {
  const found = await codeHashAt(client, address);
  if (found === EMPTY_CODE_HASH) return false;
  if (found !== codeHash) throw new DifferentCodeError({ name, address, expected: codeHash, actual: found });
  return true;
}

async function create(client: PublicClient, wallet: DeployOptions["wallet"], contract: DeployedContract): Promise<DeployedContract> {
  if (!wallet) throw new Error(`a wallet is needed to create ${contract.name}`);
  const transactionHash = await wallet.sendTransaction({ to: PROXY, data: concat([contract.salt, contract.initCode]) });
  const receipt = await client.waitForTransactionReceipt({ hash: transactionHash });
  // The proxy reverts when the creation does, and a reverted transaction leaves no code: one check covers both.
  if (!(await isPresent(client, contract)))
    throw new DifferentCodeError({ ...contract, expected: contract.codeHash, actual: `none (transaction ${transactionHash} ${receipt.status})` });
  return { ...contract, status: "created", block: receipt.blockNumber, transactionHash };
}

const EMPTY_CODE_HASH = keccak256("0x");

async function codeHashAt(client: PublicClient, address: Address): Promise<Hex> {
  return keccak256((await client.getCode({ address })) ?? "0x");
}
