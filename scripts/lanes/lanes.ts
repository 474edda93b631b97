import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildContracts } from "../bootstrap/contracts.mjs";
import { type Counts, ofExitCode, ofHardhat, ofVitest, settle, type VitestReport } from "./counts.ts";
import { runNode } from "./program.ts";

const HARDHAT = "node_modules/hardhat/dist/src/cli.js";

/** A part of `npm test`. Extra arguments are the program's own, such as the paths of test files. */
export type Lane = {
  readonly title: string;
  /** Has a command of its own, and runs only by it. */
  readonly alone?: boolean;
  readonly run: (args: readonly string[]) => Promise<Counts>;
};

export const LANES: Readonly<Record<string, Lane>> = {
  types: {
    title: "Types: everything under the strictest compiler options",
    run: async (args) => ofExitCode((await runNode(["node_modules/typescript/bin/tsc", "-p", ".", ...args])).code),
  },
  solidity: {
    title: "Solidity: unit, fuzz and storage layout tests",
    run: async (args) => {
      const { code, output } = await runNode([HARDHAT, "test", "solidity", ...args]);
      return settle(ofHardhat(output), code);
    },
  },
  vitest: {
    title: "TypeScript: SDK, deployer, local stack, signer, and a key's story through a bundler",
    // Its files are short, and wait for processes more than they compute.
    run: (args) => runVitest("quick", ["--maxWorkers=4", ...args]),
  },
  e2e: {
    title: "End to end: every rule through a bundler, the signer's processes killed, verifiers held to ERC-7562",
    alone: true,
    run: (args) => runVitest("e2e", args),
  },
};

async function runVitest(project: string, args: readonly string[]): Promise<Counts> {
  await buildContracts(process.cwd(), process.execPath, process.env);
  const folder = mkdtempSync(join(tmpdir(), "vitest-"));
  const report = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile=${report}`];
    const { code } = await runNode(["node_modules/vitest/vitest.mjs", "run", "--project", project, ...reporters, ...args]);
    return settle(ofVitest(JSON.parse(readFileSync(report, "utf8")) as VitestReport), code);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
