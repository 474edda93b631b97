import { dirname, delimiter } from "node:path";
import { run } from "./child.mjs";
import { BootstrapError, say } from "./say.mjs";

/** Runs TypeScript as it is, and is what Hardhat 3, EDR and vitest 5 are made for. */
export const NODE_VERSION = "24.21.0";
const OLDEST_MAJOR = Number(NODE_VERSION.split(".")[0]);

/**
 * The Node.js to work with: this one when it is new enough, else one that npm fetches into its cache.
 * @returns {Promise<string>} path of the executable
 */
export async function findNode() {
  if (Number(process.versions.node.split(".")[0]) >= OLDEST_MAJOR) return process.execPath;
  const what = `Bringing Node.js ${NODE_VERSION} through npx (this machine has ${process.versions.node}; nothing is installed globally)`;
  const { code, output } = await say(
    what,
    () => run(npxProgram(), ["-y", "-p", `node@${NODE_VERSION}`, "node", "-p", "process.execPath"], { capture: true }),
    { quietMs: 1500 },
  );
  const path = output.trim().split(/\r?\n/).at(-1);
  if (code !== 0 || !path) {
    throw new BootstrapError(`npx could not bring node@${NODE_VERSION} (exit code ${code}):\n${output.trim()}`);
  }
  return path;
}

/**
 * The environment in which that Node.js is everyone's `node`: npm's, its install scripts' and the tools'.
 * @param {string} node
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentFor(node) {
  return { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}` };
}

function npxProgram() {
  return process.platform === "win32" ? "npx.cmd" : "npx";
}
