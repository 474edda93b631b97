import type { Address, Chain } from "viem";
import { CONTRACTS, type ContractEntry, ENTRY_POINTS, type EntryPointVersion } from "../../deploy/contracts.ts";
import { deploy } from "../../deploy/src/deploy.ts";
import { planContracts } from "../../deploy/src/plan.ts";
import { type DeploymentRecord, makeRecord } from "../../deploy/src/record.ts";
import { type LocalAccounts, localAccounts, localPrivateKeys } from "./accounts.ts";
import { CHAIN_ID, localChain, localClient, localWallet, startAnvil } from "./anvil.ts";
import { sendSteps } from "./batch.ts";
import { simulationSteps, simulations, startBundler } from "./bundler.ts";
import { checkEntryPoints, entryPointSteps, placeEntryPoint09 } from "./entryPoints.ts";
import type { Service, ServiceEndedError } from "./errors.ts";
import { PortInUseError } from "./errors.ts";
import { takePort } from "./ports.ts";
import type { RunningService } from "./services.ts";

export type StackOptions = {
  /** TCP port of the chain; default 0, any free one. */
  rpcPort?: number;
  /** TCP port of the bundler; default 0, any free one. */
  bundlerPort?: number;
  /** Takes contracts of any size, which no other chain does: for tests with code that was built without the optimizer. */
  anyCodeSize?: boolean;
  /** Puts several operations of one account into one bundle, which Alto by itself does not. */
  sharedBundles?: boolean;
  /** Told in a few words what is being done. */
  onProgress?: (what: string) => void;
  /** Told everything that anvil and Alto write. */
  onOutput?: (service: Service, text: string) => void;
};

/** Where everything is. Contracts have the same addresses as on every other chain, tokens are the local chain's own. */
export type StackAddresses = {
  entryPoint: Readonly<Record<EntryPointVersion, Address>>;
  sessionKeyModule: Address;
  delegatedAccount: Readonly<Record<EntryPointVersion, Address>>;
  ownedAccount: Readonly<Record<EntryPointVersion, Address>>;
  ownedAccountFactory: Readonly<Record<EntryPointVersion, Address>>;
  /** 6 decimals; everybody may mint. */
  usdc: Address;
  /** Wrapped ether, 18 decimals. */
  weth: Address;
  /** In the form of a Chainlink feed; 8 decimals; everybody may set what it answers. */
  ethUsdFeed: Address;
};

/** A running chain with a bundler, and how to end it. */
export type Stack = {
  chainId: number;
  chain: Chain;
  rpcUrl: string;
  /** One URL for every EntryPoint: an operation names its own. */
  bundlerUrl: string;
  ports: { rpc: number; bundler: number };
  accounts: LocalAccounts;
  addresses: StackAddresses;
  /** What `deployments/<chainId>.json` says of this chain. */
  record: DeploymentRecord;
  /** Ends every process and waits until they are gone. May be called again. */
  stop(): Promise<void>;
  /** Resolves when the stack has ended: with an error when a process ended by itself, after which the others are stopped. */
  ended: Promise<ServiceEndedError | undefined>;
};

const TOKENS: readonly ContractEntry[] = [
  { name: "USDC", artifact: "TestToken", args: ["USD Coin", "USDC", 6] },
  { name: "WETH", artifact: "WETH9" },
  { name: "EthUsdFeed", artifact: "MockFeed" },
];

/**
 * Starts a chain (anvil), puts the EntryPoints, this project's contracts and test tokens on it, and starts a bundler
 * (Alto) for them. Takes a few seconds; the contracts have to be compiled. Whatever ends this process, by SIGKILL too,
 * ends the stack.
 * @throws PortInUseError, PortRangeError, ServiceStartError, SetupError and what {@link deploy} throws; nothing is left running
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { onProgress = () => {}, onOutput, anyCodeSize, sharedBundles } = options;
  const ports = await takePorts(options);
  const rpcUrl = `http://127.0.0.1:${ports.rpc}`;
  const bundlerUrl = `http://127.0.0.1:${ports.bundler}`;
  const keys = localPrivateKeys();
  const accounts = localAccounts(keys);
  const services: RunningService[] = [];
  const stop = async () => {
    await Promise.all(services.map((service) => service.stop()));
  };

  try {
    onProgress("starting anvil");
    services.push(await startAnvil({ port: ports.rpc, anyCodeSize, onOutput }));
    onProgress("deploying EntryPoints and contracts");
    const contracts = simulations();
    const client = localClient(rpcUrl);
    const deploying = deployContracts(rpcUrl, accounts);
    deploying.catch(() => {}); // awaited below, whatever fails first
    await Promise.all([
      placeEntryPoint09(client),
      sendSteps(client, localWallet(rpcUrl, accounts.utility), [...entryPointSteps(), ...simulationSteps(contracts)]),
    ]);
    await checkEntryPoints(client);
    onProgress("starting Alto");
    services.push(await startBundler({ port: ports.bundler, rpcUrl, keys, contracts, sharedBundles, onOutput }));
    const record = await deploying;
    const ended = Promise.race(services.map((service) => service.ended)).finally(stop);
    return { chainId: CHAIN_ID, chain: localChain(rpcUrl), rpcUrl, bundlerUrl, ports, accounts, addresses: addressesIn(record), record, stop, ended };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function takePorts({ rpcPort = 0, bundlerPort = 0 }: StackOptions): Promise<Stack["ports"]> {
  const rpc = await takePort("anvil", rpcPort);
  const bundler = await takePort("bundler", bundlerPort);
  if (rpc === bundler) throw new PortInUseError({ service: "bundler", port: bundler });
  return { rpc, bundler };
}

async function deployContracts(rpcUrl: string, accounts: LocalAccounts): Promise<DeploymentRecord> {
  const plan = await planContracts([...CONTRACTS, ...TOKENS]);
  const wallet = localWallet(rpcUrl, accounts.deployer);
  const deployed = await deploy({ plan, client: localClient(rpcUrl), wallet, chainId: CHAIN_ID, network: "local" });
  return makeRecord(CHAIN_ID, "local", deployed);
}

function addressesIn(record: DeploymentRecord): StackAddresses {
  const find = (name: string): Address => {
    const contract = record.contracts[name];
    if (!contract) throw new TypeError(`${name} is not among the deployed contracts`);
    return contract.address;
  };
  const findEach = (name: string) => ({ v07: find(`${name}V07`), v08: find(`${name}V08`), v09: find(`${name}V09`) });
  return {
    entryPoint: ENTRY_POINTS,
    sessionKeyModule: find("SessionKeyModule"),
    delegatedAccount: findEach("DelegatedAccount"),
    ownedAccount: findEach("OwnedAccount"),
    ownedAccountFactory: findEach("OwnedAccountFactory"),
    usdc: find("USDC"),
    weth: find("WETH"),
    ethUsdFeed: find("EthUsdFeed"),
  };
}
