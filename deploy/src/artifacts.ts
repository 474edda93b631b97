import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, stat, writeFile } from "node:fs/promises";
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
const STAMP = join(ROOT, "cache", "built");

let building: Promise<void> | undefined;

/**
 * Compiles the contracts when a source, the configuration or the lockfile is newer than the last build made here.
 * Costs a directory walk otherwise; Hardhat's own build is incremental.
 */
export function ensureArtifacts(): Promise<void> {
  building ??= build().finally(() => (building = undefined));
  return building;
}

async function build(): Promise<void> {
  const inputs = [...(await walk(join(ROOT, "contracts"), ".sol")), join(ROOT, "hardhat.config.ts"), join(ROOT, "package-lock.json")];
  const list = inputs.sort().join("\n");
  if (await isFresh(inputs, list)) return;

  console.error("» Compiling the contracts …");
  const cli = join(ROOT, "node_modules", "hardhat", "dist", "src", "cli.js");
  const output = await runNode([cli, "build", "--no-tests", "--quiet"]);
  if (output !== undefined) throw new ArtifactError("The contracts do not compile.", output.trim().split("\n"));
  await mkdir(join(ROOT, "cache"), { recursive: true });
  await writeFile(STAMP, list);
}

/** A removed source changes the list; a changed, restored or checked-out one is newer than the stamp. */
async function isFresh(inputs: readonly string[], list: string): Promise<boolean> {
  if (!existsSync(ARTIFACTS) || !existsSync(STAMP)) return false;
  if ((await readFile(STAMP, "utf8")) !== list) return false;
  const built = (await stat(STAMP)).mtimeMs;
  const times = await Promise.all(inputs.map(async (file) => (await stat(file)).mtimeMs));
  return times.every((time) => time <= built);
}

/** Runs a script and returns its output when it fails. */
function runNode(args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0 ? undefined : output));
  });
}

async function walk(folder: string, ending: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && entry.name.endsWith(ending)).map((entry) => join(entry.parentPath, entry.name));
}

/** Whether a contract of this name has been compiled. */
export async function hasArtifact(name: string): Promise<boolean> {
  return (await candidates(name)).length > 0;
}

/**
 * The compiled contract of that name under `contracts/`; call {@link ensureArtifacts} first.
 * @throws ArtifactError when there is none, or when two sources declare it
 */
export async function readArtifact(name: string): Promise<Artifact> {
  const found = await candidates(name);
  const [file] = found;
  if (file === undefined) throw new ArtifactError(`There is no compiled contract named ${name}.`);
  if (found.length > 1) throw new ArtifactError(`More than one contract is named ${name}.`, found);
  return JSON.parse(await readFile(file, "utf8")) as Artifact;
}

async function candidates(name: string): Promise<string[]> {
  const folder = join(ARTIFACTS, "contracts");
  return existsSync(folder) ? (await walk(folder, `${name}.json`)).filter((file) => file.endsWith(join("/", `${name}.json`))) : [];
}

/** The compiler's long version and what of its settings decides the bytecode. */
export type Compiler = { version: string; evmVersion: string; viaIR: boolean; optimizerRuns: number | null };

/** What an artifact was compiled with, from its build info. */
export async function readCompiler(artifact: Artifact): Promise<Compiler> {
  const file = join(ARTIFACTS, "build-info", `${artifact.buildInfoId}.json`);
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
