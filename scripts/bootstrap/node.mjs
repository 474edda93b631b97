import { dirname, delimiter } from "node:path";
import { run } from "./child.mjs";
import { BootstrapError, say } from "./say.mjs";

/** Runs TypeScript as it is, and is what Hardhat 3, EDR and vitest 5 are made for. */
const NODE_VERSION = "24.21.0";
/** The first version that is enough, as major and minor: TypeScript without a warning, `import.meta.main`. */
const OLDEST = [24, 12];
/** The packages for macOS leave versions out: any that is enough will do. */
const PUBLISHED_VERSION = process.platform === "darwin" ? `>=${OLDEST.join(".")}.0` : NODE_VERSION;

/**
 * The Node.js to work with: this one when it is new enough, else one that npm fetches into its cache.
 * @returns {Promise<string>} path of the executable
 */
export async function findNode() {
  if (isEnough(process.versions.node)) return process.execPath;
  const what = `Bringing Node.js ${OLDEST[0]} through npx (this machine has ${process.versions.node}; nothing is installed globally)`;
  const wanted = `${platformPackage()}@${PUBLISHED_VERSION}`;
  const tell = "process.version + ' ' + process.execPath";
  const { code, output } = await say(
    what,
    () => run(npxProgram(), ["-y", "-p", wanted, "node", "-p", tell], { capture: true }),
    { quietMs: 1500 },
  );
  const found = /^v(\S+) (.+)$/.exec(output.trim().split(/\r?\n/).at(-1) ?? "");
  if (code !== 0 || !found || !isEnough(found[1] ?? "")) {
    throw new BootstrapError(`npx could not bring ${wanted} (exit code ${code}):\n${output.trim()}`);
  }
  return /** @type {string} */ (found[2]);
}

/** @param {string} version */
function isEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
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
