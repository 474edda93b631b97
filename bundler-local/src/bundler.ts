import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Address, getContractAddress, type Hex, zeroHash } from "viem";
import { ENTRY_POINTS } from "../../deploy/contracts.ts";
import { creationBy, PROXY } from "../../deploy/src/proxy.ts";
import type { Step } from "./batch.ts";
import { type RunningService, type ServiceOptions, startService } from "./services.ts";

/** Where the package is; it exports nothing that could be asked for its path. */
const ALTO = join(createRequire(import.meta.url).resolve("@pimlico/alto"), "..");

/** Contracts that Alto asks in simulations, by the option that names each. */
const SIMULATIONS = {
  "--pimlico-simulation-contract": "PimlicoSimulations.sol/PimlicoSimulations.json",
  "--entrypoint-simulation-contract-v7": "EntryPointSimulations.sol/EntryPointSimulations07.json",
  "--entrypoint-simulation-contract-v8": "EntryPointSimulations.sol/EntryPointSimulations08.json",
  "--entrypoint-simulation-contract-v9": "EntryPointSimulations.sol/EntryPointSimulations09.json",
} as const;

type Simulation = { option: string; initCode: Hex; address: Address };

/** What Alto needs on chain. It could create them itself, but one block after the other. */
export function simulations(): Simulation[] {
  return Object.entries(SIMULATIONS).map(([option, file]) => {
    const { bytecode } = JSON.parse(readFileSync(join(ALTO, "contracts", file), "utf8")) as { bytecode: { object: Hex } };
    const initCode = bytecode.object;
    return { option, initCode, address: getContractAddress({ opcode: "CREATE2", from: PROXY, salt: zeroHash, bytecode: initCode }) };
  });
}

/** The transactions that create them. */
export function simulationSteps(contracts: readonly Simulation[]): Step[] {
  return contracts.map(({ option, initCode }) => ({
    what: `creating Alto's ${option.slice(2)}`,
    gas: 7_000_000n,
    ...creationBy({ salt: zeroHash, initCode }),
  }));
}

/**
 * Starts Alto on a chain that has the EntryPoints and the simulation contracts. One URL serves every EntryPoint.
 *
 * Safe mode is off: Alto 0.0.20 cannot read its own tracer's answers from EntryPoint v0.7 on. The rules that it would
 * check have a checker of the project's own, in `test/erc7562`.
 */
export function startBundler(options: {
  port: number;
  rpcUrl: string;
  keys: Readonly<Record<"executor" | "utility", Hex>>;
  contracts: readonly Simulation[];
  /** Several operations of one sender may stand in one bundle. */
  sharedBundles?: boolean | undefined;
  onOutput: ServiceOptions["onOutput"];
}): Promise<RunningService> {
  const { port, rpcUrl, keys, contracts, sharedBundles = false, onOutput } = options;
  const settings: Record<string, string | number | boolean> = {
    "--port": port,
    "--rpc-url": rpcUrl,
    "--entrypoints": Object.values(ENTRY_POINTS).join(","),
    "--executor-private-keys": keys.executor,
    "--utility-private-key": keys.utility,
    "--safe-mode": false,
    "--enable-debug-endpoints": true,
    "--enable-cors": true,
    "--deploy-simulations-contract": false,
    ...Object.fromEntries(contracts.map(({ option, address }) => [option, address])),
    // Every account here is funded for good.
    "--refilling-wallets": false,
    "--utility-wallet-monitor": false,
    "--block-time": 1_000,
    "--max-bundle-interval": 200,
    "--enforce-unique-senders-per-bundle": !sharedBundles,
  };
  return startService({
    service: "bundler",
    program: process.execPath,
    args: [join(ALTO, "cli", "alto.js"), "run", ...Object.entries(settings).flatMap(([name, value]) => [name, `${value}`])],
    readyWhen: /Server listening at/,
    onOutput,
  });
}
