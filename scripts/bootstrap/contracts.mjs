import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "./child.mjs";
import { BootstrapError, say } from "./say.mjs";

/**
 * Compiles what has changed; Hardhat knows what that is.
 * @param {string} root
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 */
export async function buildContracts(root, node, env) {
  const fresh = !existsSync(join(root, "artifacts"));
  const cli = join(root, "node_modules", "hardhat", "dist", "src", "cli.js");
  const { code, output } = await say(
    "Compiling the contracts",
    () => run(node, [cli, "build", "--no-tests"], { cwd: root, env, capture: true }),
    { quietMs: fresh ? 0 : 3000 },
  );
  if (code !== 0) throw new BootstrapError(`The contracts do not compile (exit code ${code}):\n${output.trim()}`);
}
