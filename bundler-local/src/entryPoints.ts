import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Address, Hex } from "viem";
import { ENTRY_POINTS } from "../../deploy/contracts.ts";
import { creationBy } from "../../deploy/src/proxy.ts";
import type { LocalClient } from "./anvil.ts";
import type { Step } from "./batch.ts";
import { SetupError } from "./errors.ts";

const require = createRequire(import.meta.url);

/** The salts by which the EntryPoints were created on every chain. */
const CREATED = [
  { version: "v0.7", package: "@account-abstraction/contracts-v07", salt: "0x90d8084deab30c2a37c45e8d47f49f2f7965183cb6990a98943ef94940681de3" },
  { version: "v0.8", package: "@account-abstraction/contracts-v08", salt: "0x0a59dbff790c23c976a548690c27297883cc66b4c67024f9117b0238995e35e9" },
] as const;

/** EntryPoint v0.9 and the SenderCreator that it knows: no package has their creation code, only what lives on chain. */
const PLACED: readonly Address[] = [ENTRY_POINTS.v09, "0x0A630a99Df908A81115A3022927Be82f9299987e"];

/** The transactions that create EntryPoint v0.7 and v0.8, the very ones that did so elsewhere. */
export function entryPointSteps(): Step[] {
  return CREATED.map(({ version, package: name, salt }) => {
    const { bytecode } = require(`${name}/artifacts/EntryPoint.json`) as { bytecode: Hex };
    return { what: `creating EntryPoint ${version}`, gas: 6_000_000n, ...creationBy({ salt, initCode: bytecode }) };
  });
}

/** Puts EntryPoint v0.9 at its address by its runtime code. */
export async function placeEntryPoint09(client: LocalClient): Promise<void> {
  const folder = join(require.resolve("hardhat-predeploy/package.json"), "..", "bin");
  await Promise.all(
    PLACED.map(async (address) => {
      const code = await readFile(join(folder, `${address}.bytecode`));
      await client.setCode({ address, bytecode: `0x${code.toString("hex")}` });
    }),
  );
}

/** @throws SetupError when an EntryPoint is not where every chain has it */
export async function checkEntryPoints(client: LocalClient): Promise<void> {
  await Promise.all(
    Object.entries(ENTRY_POINTS).map(async ([version, address]) => {
      if (!(await client.getCode({ address }))) throw new SetupError({ what: `EntryPoint ${version}`, reason: `there is no code at ${address}` });
    }),
  );
}
