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
  const wanted = `${platformPackage()}@${NODE_VERSION}`;
  const tell = "process.version + ' ' + process.execPath";
  const { code, output } = await say(
    what,
    () => run(npxProgram(), ["-y", "-p", wanted, "node", "-p", tell], { capture: true }),
    { quietMs: 1500 },
  );
  const found = /^(v\S+) (.+)$/.exec(output.trim().split(/\r?\n/).at(-1) ?? "");
  if (code !== 0 || !found || found[1] !== `v${NODE_VERSION}`) {
    throw new BootstrapError(`npx could not bring ${wanted} (exit code ${code}):\n${output.trim()}`);
  }
  return /** @type {string} */ (found[2]);
}

/**
 * The package that holds the executable itself. The package `node` only fetches this one, in an install script: where
 * scripts are switched off, its `node` would quietly be the machine's old one.
 */
function platformPackage() {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const prefix = platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node";
  return `${prefix}-${platform}-${process.arch}`;
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
