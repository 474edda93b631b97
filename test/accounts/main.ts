/**
 * `npm run test:accounts`: runs the matrix of accounts, prints it and writes docs/COMPATIBILITY.md; under `--check` it only
 * says whether the page is up to date. A cell that fails fails the run.
 */
import { writeOrCheck } from "../../scripts/generate/writeOrCheck.ts";
import { ROWS, runRow } from "./matrix.ts";
import { summary } from "../../scripts/lanes/counts.ts";
import { page, problems, type Results, table } from "./page.ts";

const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const rows = ROWS.filter(({ kind }) => wanted.length === 0 || wanted.includes(kind));
const results: { row: (typeof ROWS)[number]; outcomes: Awaited<ReturnType<typeof runRow>> }[] = [];
for (const row of rows) results.push({ row, outcomes: await runRow(row) });

console.log(table(results as Results));
const failed = problems(results);
if (failed.length > 0) {
  console.error(`\n${failed.join("\n")}`);
  process.exitCode = 1;
} else if (wanted.length === 0) {
  writeOrCheck("docs/COMPATIBILITY.md", page(results), "npm run test:accounts");
}
const cells = results.reduce((sum, { outcomes }) => sum + Object.keys(outcomes).length, 0);
console.log(`\n${summary({ passed: cells - failed.length, failed: failed.length })}`);
