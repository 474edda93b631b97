import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { artifacts, network } from "hardhat";
import {
  type Abi,
  type Address,
  concat,
  createTestClient,
  custom,
  encodeDeployData,
  getAddress,
  getContractAddress,
  type Hex,
  type PrivateKeyAccount,
  publicActions,
  type TransactionReceipt,
  toHex,
  walletActions,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";

const require = createRequire(import.meta.url);

/** First second of the local chain's life: a Wednesday, mid-month, ten in the morning UTC. */
export const GENESIS_TIME = 1_907_488_800n;

/** The proxy that deploys contracts at addresses which depend on their code alone (Arachnid's). */
const DETERMINISTIC_DEPLOYER: Address = "0x4e59b44847b379578588920cA78FbF26c0B4956C";
const DETERMINISTIC_DEPLOYER_CODE: Hex =
  "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3";

/** The EntryPoints in use, at their canonical addresses. */
export const ENTRY_POINTS = {
  "0.7": "0x0000000071727De22E5E9d8BAf0edAc6f37da032",
  "0.8": "0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108",
  "0.9": "0x433709009B8330FDa32311DF1C2AFA402eD8D009",
} as const satisfies Record<string, Address>;

export type EntryPointVersion = keyof typeof ENTRY_POINTS;

/** An EOA with a key that is the same in every run. `index` from 1. */
export function fixedAccount(index: number): PrivateKeyAccount {
  return privateKeyToAccount(toHex(0xbe4c_0000 + index, { size: 32 }));
}

function connect(provider: Parameters<typeof custom>[0]) {
  return createTestClient({ mode: "hardhat", chain: hardhat, transport: custom(provider, { retryCount: 0 }), cacheTime: 0, pollingInterval: 5 })
    .extend(publicActions)
    .extend(walletActions);
}

export type ChainClient = ReturnType<typeof connect>;

/** What one transaction does. `from` is a key, or an address that the chain impersonates. */
export interface Transaction {
  from: PrivateKeyAccount | Address;
  to: Address | null;
  data?: Hex;
  value?: bigint;
  /** Delegates the sender's code to this address first (EIP-7702). */
  delegateTo?: Address;
}

/** A local chain on Hardhat's EVM, prague rules, one transaction a block, its clock in the caller's hand. */
export interface Chain {
  client: ChainClient;
  /** The last block's time, seconds. */
  now(): bigint;
  /** Moves the clock on; the next block is at least one second later still. */
  advance(seconds: bigint): void;
  /** Sets the clock; throws if that were back in time. */
  advanceTo(time: bigint): void;
  /** Remembers everything, the clock too; what it returns brings that back, once. */
  snapshot(): Promise<() => Promise<void>>;
  /** Mines the transaction alone in a block; throws if it reverts. */
  send(transaction: Transaction): Promise<TransactionReceipt>;
  /** Deploys one of the project's contracts from an account of its own; the address depends on the order only. */
  deploy(contract: string, args?: readonly unknown[]): Promise<Address>;
  /** The same for creation code that is at hand, its constructor's arguments included. */
  deployCode(code: Hex): Promise<Address>;
  /** Gives `address` this many wei. */
  fund(address: Address, value: bigint): Promise<void>;
  close(): Promise<void>;
}

const GAS_LIMIT = 400_000_000n;
const deployer = fixedAccount(1);

/** Opens a fresh chain with EntryPoint v0.7, v0.8 and v0.9. Nothing on it depends on the machine or the day. */
export async function openChain(): Promise<Chain> {
  const connection = await network.create({
    override: {
      hardfork: "prague",
      initialDate: new Date(Number(GENESIS_TIME) * 1000),
      initialBaseFeePerGas: 0n,
      blockGasLimit: GAS_LIMIT,
      // Others' accounts come as their authors test them, partly without the optimizer.
      allowUnlimitedContractSize: true,
      transactionGasCap: false,
    },
  });
  const client = connect(connection.provider);
  let time = GENESIS_TIME;

  const chain: Chain = {
    client,
    now: () => time,
    advance(seconds) {
      time += seconds;
    },
    advanceTo(later) {
      if (later < time) throw new RangeError(`the clock is at ${time} and cannot go back to ${later}`);
      time = later;
    },
    async snapshot() {
      const [id, then] = [await client.snapshot(), time];
      return async () => {
        await client.revert({ id });
        time = then;
      };
    },
    async send({ from, to, data, value, delegateTo }) {
      time += 1n;
      await client.setNextBlockTimestamp({ timestamp: time });
      const isKey = typeof from !== "string";
      if (!isKey) await client.impersonateAccount({ address: from });
      const authorizationList =
        delegateTo && isKey
          ? [await client.signAuthorization({ account: from, contractAddress: delegateTo, executor: "self" })]
          : undefined;
      const hash = await client.sendTransaction({
        account: from,
        to,
        gas: GAS_LIMIT / 4n,
        maxFeePerGas: 0n,
        maxPriorityFeePerGas: 0n,
        ...(data && { data }),
        ...(value && { value }),
        ...(authorizationList && { authorizationList }),
      });
      const receipt = await client.getTransactionReceipt({ hash });
      if (receipt.status !== "success") throw new Error(`transaction ${hash} reverted`);
      return receipt;
    },
    async deploy(contract, args = []) {
      const artifact = await artifacts.readArtifact(contract);
      return chain.deployCode(encodeDeployData({ abi: artifact.abi as Abi, bytecode: artifact.bytecode as Hex, args }));
    },
    async deployCode(data) {
      const receipt = await chain.send({ from: deployer, to: null, data });
      if (!receipt.contractAddress) throw new Error("the contract was not deployed");
      return getAddress(receipt.contractAddress);
    },
    async fund(address, value) {
      await client.setBalance({ address, value });
    },
    close: () => connection.close(),
  };

  await chain.fund(deployer.address, 10n ** 20n);
  await installEntryPoints(chain);
  return chain;
}

/** Address of the `index`-th contract that {@link Chain.deploy} makes, from 0; EntryPoints come first and count 2. */
export function deploymentAddress(index: number): Address {
  return getContractAddress({ from: deployer.address, nonce: BigInt(index) });
}

async function installEntryPoints(chain: Chain): Promise<void> {
  await chain.client.setCode({ address: DETERMINISTIC_DEPLOYER, bytecode: DETERMINISTIC_DEPLOYER_CODE });
  const published = {
    "0.7": ["contracts-v07", "0x90d8084deab30c2a37c45e8d47f49f2f7965183cb6990a98943ef94940681de3"],
    "0.8": ["contracts-v08", "0x0a59dbff790c23c976a548690c27297883cc66b4c67024f9117b0238995e35e9"],
  } as const;
  for (const [name, salt] of Object.values(published)) {
    const { bytecode } = require(`@account-abstraction/${name}/artifacts/EntryPoint.json`) as { bytecode: Hex };
    await chain.send({ from: deployer, to: DETERMINISTIC_DEPLOYER, data: concat([salt, bytecode]) });
  }
  // v0.9 has no npm package of its own: its code, and that of the helper it calls, as deployed on mainnet.
  for (const address of [ENTRY_POINTS["0.9"], "0x0A630a99Df908A81115A3022927Be82f9299987e"] as const) {
    const code = readFileSync(require.resolve(`hardhat-predeploy/bin/${address}.bytecode`));
    await chain.client.setCode({ address, bytecode: toHex(code) });
  }
  for (const [version, address] of Object.entries(ENTRY_POINTS)) {
    if (!(await chain.client.getCode({ address }))) throw new Error(`EntryPoint v${version} is not at ${address}`);
  }
}
