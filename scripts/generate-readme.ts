/**
 * Fills the parts of README.md, docs/POLICIES.md, docs/SIGNED-GRANTS.md and docs/ACCOUNTS.md that are made elsewhere:
 * examples that are run by tests, and the measured figures.
 *
 *     node scripts/generate-readme.ts [--check]
 */
import { existsSync, readFileSync } from "node:fs";
import { fill } from "./generate/fill.ts";
import { writeOrCheck } from "./generate/writeOrCheck.ts";

const PAGE = "README.md";
const FIGURES = "bench/results/gas.json";
const EXAMPLE = "docs/quickstart.ts";
const SIGNED_PAGE = "docs/SIGNED-GRANTS.md";
const SIGNED_EXAMPLE = "docs/signedGrant.ts";
const POLICIES_PAGE = "docs/POLICIES.md";
const POLICY_EXAMPLES = ["conditions", "meters", "measured"];
const ACCOUNTS_PAGE = "docs/ACCOUNTS.md";
const ACCOUNT_EXAMPLES = ["kernel", "nexus", "safe7579", "msa", "openzeppelin", "eip7702", "eip7702Kernel"];

type Cost = { readonly txGas: number; readonly execGas: number };
type Figures = Readonly<Record<"7702" | "factory", Readonly<Record<string, Cost>>>>;

/** A row of the table: what was done, the figure's key, and whether a transaction or its execution alone is meant. */
const ROWS: readonly (readonly [what: string, job: string, figure: keyof Cost])[] = [
  ["Transfer of a token, signed by the owner", "J0", "txGas"],
  ["The same by a session key, every kind of limit set", "J1", "txGas"],
  ["… the key's very first", "J1_first", "txGas"],
  ["… the first in a new period", "J1_next_period", "txGas"],
  ["… under a policy of 1,000 permissions", "J1_1000", "txGas"],
  ["Transfer of ether by a session key", "J4", "txGas"],
  ["Grant, 1 target and 1 function (execution)", "J2_1x1", "execGas"],
  ["Grant, 10 targets and 2 functions each (execution)", "J2_10x2", "execGas"],
  ["Revoke one key (execution)", "J3", "execGas"],
  ["Revoke every key (execution)", "J3_all", "execGas"],
];

/** The lines between `// begin` and `// end`, moved to the left edge. */
export function excerpt(source: string): string {
  const lines = source.split("\n");
  const marked = lines.slice(lines.findIndex((line) => line.trim() === "// begin") + 1, lines.findIndex((line) => line.trim() === "// end"));
  const indent = Math.min(...marked.filter((line) => line.trim() !== "").map((line) => line.search(/\S/)));
  return marked.map((line) => line.slice(indent)).join("\n");
}

/** An example with the packages that it needs. */
export function withImports(source: string): string {
  const imports = source.split("\n").filter((line) => /^import .* from "[^.]/.test(line));
  return `${imports.join("\n")}\n\n${excerpt(source)}`;
}

export function figuresTable(figures: Figures): string {
  const number = new Intl.NumberFormat("en-US");
  const rows = ROWS.map(([what, job, figure]) => {
    const cells = [figures["7702"][job], figures.factory[job]].map((cost) => (cost ? number.format(cost[figure]) : "–"));
    return `| ${what} | ${cells.join(" | ")} |`;
  });
  return ["| gas | EIP-7702 account | factory account |", "|---|---:|---:|", ...rows].join("\n");
}

/** A page with an example in its place. */
function withExample(page: string, name: string, source: string): string {
  return fill(readFileSync(page, "utf8"), name, `\`\`\`ts\n${excerpt(readFileSync(source, "utf8"))}\n\`\`\``);
}

if (import.meta.main) {
  const command = "node scripts/generate-readme.ts";
  let page = withExample(PAGE, "example", EXAMPLE);
  if (existsSync(FIGURES)) page = fill(page, "figures", figuresTable(JSON.parse(readFileSync(FIGURES, "utf8")) as Figures));
  writeOrCheck(PAGE, page, command);
  const accounts = ACCOUNT_EXAMPLES.reduce(
    (filled, name) => fill(filled, name, `\`\`\`ts\n${withImports(readFileSync(`docs/accounts/${name}.ts`, "utf8"))}\n\`\`\``),
    readFileSync(ACCOUNTS_PAGE, "utf8"),
  );
  writeOrCheck(ACCOUNTS_PAGE, accounts, command);
  const policies = POLICY_EXAMPLES.reduce(
    (filled, name) => fill(filled, name, `\`\`\`ts\n${excerpt(readFileSync(`docs/policies/${name}.ts`, "utf8"))}\n\`\`\``),
    readFileSync(POLICIES_PAGE, "utf8"),
  );
  writeOrCheck(POLICIES_PAGE, policies, command);
  writeOrCheck(SIGNED_PAGE, withExample(SIGNED_PAGE, "signed-grant", SIGNED_EXAMPLE), command);
}
