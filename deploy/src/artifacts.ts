import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Abi, Hex } from "viem";
import { ArtifactError } from "./errors.ts";
import { ROOT } from "./paths.ts";

/** Positions of a library's address in a bytecode, in bytes. */
type LinkReferences = Record<string, Record<string, readonly { start: number; length: number }[]>>;

/** One compiled contract, as Hardhat stores it. */
export type Artifact = {
  contractName: string;
  sourceName: string;
  abi: Abi;
  /** Creation code; holds placeholders where libraries are to be linked. */
  bytecode: string;
  linkReferences: LinkReferences;
  buildInfoId: string;
};

const ARTIFACTS = join(ROOT, "artifacts");

async function walk(folder: string, ending: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && entry.name.endsWith(ending)).map((entry) => join(entry.parentPath, entry.name));
}

/**
 * The compiled contract of that name under `contracts/`.
 * @throws ArtifactError when there is none, or when two sources declare it
 */
export async function readArtifact(name: string): Promise<Artifact> {
  const found = await candidates(name);
  const [file] = found;
  if (file === undefined) throw new ArtifactError(`There is no compiled contract named ${name}.`, ["run: npm run build"]);
  if (found.length > 1) throw new ArtifactError(`More than one contract is named ${name}.`, found);
  return JSON.parse(await readFile(file, "utf8")) as Artifact;
}

async function candidates(name: string): Promise<string[]> {
  const folder = join(ARTIFACTS, "contracts");
  return existsSync(folder) ? (await walk(folder, `${name}.json`)).filter((file) => file.endsWith(join("/", `${name}.json`))) : [];
}

/** The compiler's long version and what of its settings decides the bytecode. */
export type Compiler = { version: string; evmVersion: string; viaIR: boolean; optimizerRuns: number | null };

const compilers = new Map<string, Promise<Compiler>>();

/** What an artifact was compiled with, from its build info; those are large and shared by many contracts. */
export function readCompiler({ buildInfoId }: Pick<Artifact, "buildInfoId">): Promise<Compiler> {
  const known = compilers.get(buildInfoId) ?? readBuildInfo(join(ARTIFACTS, "build-info", `${buildInfoId}.json`));
  compilers.set(buildInfoId, known);
  return known;
}

async function readBuildInfo(file: string): Promise<Compiler> {
  const info = JSON.parse(await readFile(file, "utf8")) as {
    solcLongVersion: string;
    input: { settings: { evmVersion?: string; viaIR?: boolean; optimizer?: { enabled?: boolean; runs?: number } } };
  };
  const { evmVersion, viaIR, optimizer } = info.input.settings;
  return {
    version: info.solcLongVersion,
    evmVersion: evmVersion ?? "default",
    viaIR: viaIR ?? false,
    optimizerRuns: optimizer?.enabled ? (optimizer.runs ?? 200) : null,
  };
}

/**
 * Writes library addresses into creation code.
 * @param addresses by the library's contract name
 */
export function link(artifact: Artifact, addresses: ReadonlyMap<string, Hex>): Hex {
  let code = artifact.bytecode;
  for (const [name, spots] of libraries(artifact)) {
    const address = addresses.get(name);
    if (!address) throw new ArtifactError(`${artifact.contractName} links ${name}, which has no address.`);
    for (const { start, length } of spots) {
      const from = 2 + 2 * start; // behind "0x", two digits a byte
      code = code.slice(0, from) + address.slice(2).toLowerCase() + code.slice(from + 2 * length);
    }
  }
  return code as Hex;
}

/** The libraries that an artifact links, and where. */
export function libraries(artifact: Artifact): [name: string, spots: readonly { start: number; length: number }[]][] {
  return Object.values(artifact.linkReferences).flatMap((file) => Object.entries(file));
}
