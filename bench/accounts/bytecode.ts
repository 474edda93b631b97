import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Hex } from "viem";

const require = createRequire(import.meta.url);

/** Where @rhinestone/modulekit keeps the creation code of accounts as their authors built them. */
const FILES = {
  kernel: "KernelPrecompiles",
  nexus: "NexusPrecompiles",
  safe7579: "Safe7579Precompiles",
  msa: "ERC7579Precompiles",
} as const;

const cache = new Map<string, string>();

/**
 * Creation code of a contract that others wrote, without constructor arguments. Test data: nothing of the package is
 * compiled, linked or published.
 */
export function foreignBytecode(file: keyof typeof FILES, constant: string): Hex {
  const path = require.resolve(`@rhinestone/modulekit/src/deployment/precompiles/${FILES[file]}.sol`);
  const source = cache.get(path) ?? readFileSync(path, "utf8");
  cache.set(path, source);
  const code = new RegExp(`constant ${constant} =\\s*hex"([0-9a-f]+)"`).exec(source)?.[1];
  if (code === undefined) throw new Error(`${FILES[file]}.sol has no ${constant}`);
  return `0x${code}`;
}
