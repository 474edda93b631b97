#!/usr/bin/env node
/**
 * What every npm script goes through: `node scripts/run.mjs [--build] <file> [arguments]`.
 *
 * Brings Node 24 when the machine's is older, installs from the lockfile when it has changed, compiles the contracts
 * when asked to (--build), then runs the file with its arguments and ends with its exit code. Plain JavaScript without
 * dependencies, because on a fresh clone there is nothing but Node.js 18 and npm.
 */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./bootstrap/child.mjs";
import { buildContracts } from "./bootstrap/contracts.mjs";
import { installWhenNeeded } from "./bootstrap/dependencies.mjs";
import { environmentFor, findNode } from "./bootstrap/node.mjs";
import { BootstrapError } from "./bootstrap/say.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

try {
  const words = process.argv.slice(2);
  const build = words[0] === "--build";
  const command = build ? words.slice(1) : words;
  if (command.length === 0) throw new BootstrapError("usage: node scripts/run.mjs [--build] <file> [arguments]");

  process.chdir(root);
  const node = await findNode();
  const env = environmentFor(node);
  await installWhenNeeded(root, node, env);
  if (build) await buildContracts(root, node, env);
  process.exitCode = (await run(node, command, { env })).code;
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = error.exitCode;
}
