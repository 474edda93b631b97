/**
 * `npm run lint`: the linters, the project's own rules, and whether generated files are up to date. Each is one check;
 * the last line counts them.
 */
import { existsSync } from "node:fs";
import { GENERATORS } from "./generate/generators.ts";
import { add, type Counts, NOTHING, ofExitCode, summary } from "./lanes/counts.ts";
import { runNode } from "./lanes/program.ts";
import { type Problem, repositoryFiles } from "./lint/files.ts";
import { lockfileAddresses, looseVersions } from "./lint/packages.ts";
import { unexplainedBlocks, unsafeAssembly } from "./lint/solidity.ts";
import { brokenLinks, forbiddenStrings } from "./lint/text.ts";

type Check = { readonly title: string; readonly run: () => Promise<boolean> | boolean };

const files = repositoryFiles();

const program = (title: string, ...args: string[]): Check => ({
  title,
  run: async () => (await runNode(args)).code === 0,
});

const rule = (title: string, find: () => Problem[]): Check => ({
  title,
  run: () => {
    const problems = find();
    for (const problem of problems) console.error(problem);
    return problems.length === 0;
  },
});

const SOLHINT = ["node_modules/solhint/solhint.js", "--disc", "--noPoster", "--max-warnings", "0", "-f", "unix", "{contracts,test}/**/*.sol"];

const CHECKS: readonly Check[] = [
  program("TypeScript (oxlint)", "node_modules/oxlint/bin/oxlint", "."),
  program("Solidity (solhint)", ...SOLHINT),
  program("Who of the signer imports whom (dependency-cruiser)", "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs", "--config", ".dependency-cruiser.cjs", "tee-signer/src"),
  rule("package.json files pin exact versions", () => looseVersions(files)),
  rule("The lockfile has no download addresses", () => lockfileAddresses(files)),
  program("The lockfile has every platform's packages", "scripts/complete-lockfile.ts", "--check"),
  rule("Assembly is memory-safe", () => unsafeAssembly(files)),
  rule("Assembly and unchecked blocks say why they are safe", () => unexplainedBlocks(files)),
  rule("No machine paths, registry hosts, keys, conflicts, unfinished places", () => forbiddenStrings(files)),
  rule("Links of Markdown pages lead somewhere", () => brokenLinks(files, existsSync)),
  ...GENERATORS.map(({ title, script }) => program(title, script, "--check")),
];

let total: Counts = NOTHING;
for (const { title, run } of CHECKS) {
  console.log(`» ${title}`);
  total = add(total, ofExitCode((await run()) ? 0 : 1));
}
console.log(`\n${summary(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;
