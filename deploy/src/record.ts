import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Address, Hex } from "viem";
import type { Compiler } from "./artifacts.ts";
import type { DeployedContract } from "./deploy.ts";
import { DEPLOYMENTS_FOLDER } from "./paths.ts";
import { PROXY } from "./proxy.ts";

/** One contract in `deployments/<chainId>.json`. */
export type ContractRecord = {
  address: Address;
  salt: Hex;
  /** keccak256 of the runtime code. */
  codeHash: Hex;
  /** keccak256 of the creation code with its arguments: with salt and proxy it makes the address. */
  initCodeHash: Hex;
  compiler: Compiler;
  /** The block of its creation; null when somebody else created it before and no record says when. */
  block: number | null;
  constructorArgs: readonly (string | number | boolean)[];
};

/** `deployments/<chainId>.json`. */
export type DeploymentRecord = {
  chainId: number;
  network: string;
  proxy: Address;
  contracts: Record<string, ContractRecord>;
  /** A local stack's URLs and addresses; gone when it stops. */
  local?: Record<string, unknown>;
};

/** The record of a chain, or undefined when nothing was deployed there from here. */
export async function readRecord(chainId: number, folder: string = DEPLOYMENTS_FOLDER): Promise<DeploymentRecord | undefined> {
  const file = recordFile(chainId, folder);
  return existsSync(file) ? (JSON.parse(await readFile(file, "utf8")) as DeploymentRecord) : undefined;
}

export function recordFile(chainId: number, folder: string = DEPLOYMENTS_FOLDER): string {
  return join(folder, `${chainId}.json`);
}

/** What to write about a run; blocks of contracts that were there before come from the earlier record. */
export function makeRecord(chainId: number, network: string, deployed: readonly DeployedContract[], earlier?: DeploymentRecord): DeploymentRecord {
  const contracts = deployed.map((contract): [string, ContractRecord] => {
    const before = earlier?.contracts[contract.name];
    const knownBlock = before?.address === contract.address ? before.block : null;
    return [
      contract.name,
      {
        address: contract.address,
        salt: contract.salt,
        codeHash: contract.codeHash,
        initCodeHash: contract.initCodeHash,
        compiler: contract.compiler,
        block: contract.block === undefined ? knownBlock : Number(contract.block),
        constructorArgs: contract.constructorArgs.map((argument) => (typeof argument === "bigint" ? argument.toString() : argument)),
      },
    ];
  });
  return { chainId, network, proxy: PROXY, contracts: Object.fromEntries(contracts) };
}

/** Writes the record in one step, so that a reader never sees half of it. Returns the file's path. */
export async function writeRecord(record: DeploymentRecord, folder: string = DEPLOYMENTS_FOLDER): Promise<string> {
  const file = recordFile(record.chainId, folder);
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
  await rename(`${file}.new`, file);
  return file;
}
