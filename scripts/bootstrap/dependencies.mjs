import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "./child.mjs";
import { BootstrapError, say } from "./say.mjs";

/**
 * Makes node_modules what the lockfile says. npm itself runs under `node`: under an older one it would leave out
 * native packages whose `engines` exclude that version, and Hardhat would not start.
 * @param {string} root
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 */
export async function installWhenNeeded(root, node, env) {
  const stampPath = join(root, "node_modules", ".installed-from");
  const stamp = `${process.platform} ${process.arch} ${hashOf(join(root, "package-lock.json"))}\n`;
  if (existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp) return;
  if (isComplete(root)) {
    writeFileSync(stampPath, stamp);
    return;
  }

  const [program, ...args] = npmCommand(node);
  const { code, output } = await say("Installing the packages of package-lock.json into node_modules (once, a minute or two)", () =>
    run(program, [...args, "ci", "--no-audit", "--no-fund"], { cwd: root, env, capture: true }),
  );
  if (code !== 0) throw new BootstrapError(`npm ci ended with exit code ${code}:\n${output.trim()}`);
  // npm ci starts by removing node_modules, so an interrupted install leaves no stamp behind.
  writeFileSync(stampPath, stamp);
}

/**
 * Whether somebody's own `npm install` or `npm ci` has brought everything. Under an older Node.js it has not: native
 * packages for this platform are missing then.
 * @param {string} root
 */
function isComplete(root) {
  const installed = packagesOf(join(root, "node_modules", ".package-lock.json"));
  const wanted = packagesOf(join(root, "package-lock.json"));
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "" || installed[path]?.version === entry.version) return true;
    return entry.optional === true && !isForThisPlatform(entry);
  });
}

/**
 * @typedef {{ version?: string, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} Entry
 * @param {string} path
 * @returns {Record<string, Entry> | undefined}
 */
function packagesOf(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : undefined;
}

/**
 * An optional package that names no platform belongs to one that does, and is not missed by itself.
 * @param {Entry} entry
 */
function isForThisPlatform({ os, cpu, libc }) {
  if (!os && !cpu) return false;
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  const ours = report.header.glibcVersionRuntime ? "glibc" : "musl";
  return (
    (os?.includes(process.platform) ?? true) &&
    (cpu?.includes(process.arch) ?? true) &&
    (process.platform !== "linux" || (libc?.includes(ours) ?? true))
  );
}

/** @param {string} path */
function hashOf(path) {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

/**
 * The npm that started this, run by the given Node.js; another package manager's path is not npm.
 * @param {string} node
 * @returns {[string, ...string[]]}
 */
function npmCommand(node) {
  const cli = process.env.npm_execpath;
  if (cli && basename(cli) === "npm-cli.js") return [node, cli];
  return [process.platform === "win32" ? "npm.cmd" : "npm"];
}
