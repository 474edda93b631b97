import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Hex, isHex } from "viem";

const require = createRequire(import.meta.url);

/** The creation code in an artifact that an npm package publishes; `path` as for `require`. */
export function readPublishedArtifact(path: string): { readonly bytecode: Hex } {
  const { bytecode } = JSON.parse(readFileSync(require.resolve(path), "utf8")) as { bytecode: unknown };
  if (!isHex(bytecode)) throw new Error(`${path} has no creation code, or code with unlinked libraries.`);
  return { bytecode };
}
