/**
 * `npm run bench:gas`: measures what the reference accounts and those of others cost and writes `bench/results/gas.json`.
 *
 * `--check` writes nothing; it fails if a figure differs from the file's or passes its bar.
 */
import { readFile, writeFile } from "node:fs/promises";
import { measure, measureForeign } from "./measure.ts";
import { barTable, differences, foreignTable, jobTable, missedBars, overBars, type Results } from "./report.ts";

const RESULTS = new URL("results/gas.json", import.meta.url);

const unknown = process.argv.slice(2).filter((word) => word !== "--check");
if (unknown.length > 0) {
  console.error(`unknown argument ${unknown[0]}; usage: npm run bench:gas [-- --check]`);
  process.exit(2);
}
const check = process.argv.includes("--check");

const results: Results = {
  "7702": await measure("7702"),
  factory: await measure("factory"),
  kernel: await measureForeign("kernel"),
  nexus: await measureForeign("nexus"),
  msa: await measureForeign("msa"),
  safe7579: await measureForeign("safe7579"),
};
console.log(`${jobTable(results)}\n\n${barTable(results)}\n\n${foreignTable(results)}`);

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
