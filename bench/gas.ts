/**
 * `npm run bench:gas`: measures what the reference accounts cost and writes `bench/results/gas.json`.
 *
 * `--check` writes nothing; it fails if a figure differs from the file's or passes its bar.
 */
import { readFile, writeFile } from "node:fs/promises";
import { measure } from "./measure.ts";
import { barTable, differences, jobTable, missedBars, overBars, type Results } from "./report.ts";

const RESULTS = new URL("results/gas.json", import.meta.url);

const unknown = process.argv.slice(2).filter((word) => word !== "--check");
if (unknown.length > 0) {
  console.error(`unknown argument ${unknown[0]}; usage: npm run bench:gas [-- --check]`);
  process.exit(2);
}
const check = process.argv.includes("--check");

const results: Results = { "7702": await measure("7702"), factory: await measure("factory") };
console.log(`${jobTable(results)}\n\n${barTable(results)}`);

for (const line of missedBars(results)) console.log(`\nknown to be missed: ${line}`);

const problems = [...overBars(results)];
if (check) {
  problems.push(...differences(JSON.parse(await readFile(RESULTS, "utf8")) as Results, results));
} else {
  await writeFile(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`);
}
if (problems.length > 0) {
  console.error(`\n${problems.join("\n")}`);
  process.exitCode = 1;
}
