import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Abi, concatHex, getAddress, type Hex } from "viem";
import { entryPoint07Address, entryPoint08Address, entryPoint09Address } from "viem/account-abstraction";
import type { TestClient } from "./anvil.ts";

const require = createRequire(import.meta.url);

/** Deployed on every chain that matters, anvil included. */
const CREATE2_PROXY = "0x4e59b44847b379578588920cA78FbF26c0B4956C";
const SENDER_CREATOR_09 = "0x0A630a99Df908A81115A3022927Be82f9299987e";

/** The EntryPoints that every check runs against. */
export const ENTRY_POINTS = {
  "v0.7": entryPoint07Address,
  "v0.8": entryPoint08Address,
  "v0.9": entryPoint09Address,
} as const;

export type EntryPointVersion = keyof typeof ENTRY_POINTS;
export const ENTRY_POINT_VERSIONS = Object.keys(ENTRY_POINTS) as EntryPointVersion[];

const CREATE2 = {
  "v0.7": {
    artifact: "@account-abstraction/contracts-v07/artifacts/EntryPoint.json",
    salt: "0x90d8084deab30c2a37c45e8d47f49f2f7965183cb6990a98943ef94940681de3",
  },
  "v0.8": {
    artifact: "@account-abstraction/contracts-v08/artifacts/EntryPoint.json",
    salt: "0x0a59dbff790c23c976a548690c27297883cc66b4c67024f9117b0238995e35e9",
  },
} as const;

async function runtimeCode(address: string): Promise<Hex> {
  const packageJson = require.resolve("hardhat-predeploy/package.json");
  const code = await readFile(new URL(`bin/${address}.bytecode`, `file://${packageJson}`));
  return `0x${code.toString("hex")}`;
}

/**
 * Puts EntryPoint v0.7, v0.8 and v0.9 at their canonical addresses: the first two by the transaction that put them
 * there on every chain, v0.9, whose creation code is in no package, by its runtime code.
 * @throws if one of them is not at its address afterwards
 */
export async function installEntryPoints(client: TestClient): Promise<void> {
  const [from] = await client.getAddresses();
  if (!from) throw new Error("the node has no unlocked account");
  for (const { artifact, salt } of Object.values(CREATE2)) {
    const { bytecode } = require(artifact) as { abi: Abi; bytecode: Hex };
    const hash = await client.sendTransaction({ account: from, to: CREATE2_PROXY, data: concatHex([salt, bytecode]) });
    await client.waitForTransactionReceipt({ hash });
  }
  for (const address of [entryPoint09Address, SENDER_CREATOR_09] as const) {
    await client.setCode({ address: getAddress(address), bytecode: await runtimeCode(address) });
  }
  for (const [version, address] of Object.entries(ENTRY_POINTS)) {
    if (!(await client.getCode({ address }))) throw new Error(`EntryPoint ${version} is not at ${address}`);
  }
}
