import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";

/** What stands in for npm, by the words that it is called with. */
type Answers = { readonly test?: string; readonly lint?: string; readonly bench?: string; readonly demo?: string };

const STEP = { name: "a", expected: "refused", outcome: "refused" };
/** The other commands say nothing and end well, so that each counts as one. */
const GOOD = {
  test: "echo '» 2 passed, 0 failed'; echo '5 passed, 0 failed'",
  lint: "echo '3 passed, 0 failed'",
  bench: "echo figures",
  demo: `echo table; echo '${JSON.stringify({ ok: true, steps: [STEP, STEP] })}'`,
};

let folder: string;

function runCi(answers: Answers): { code: number | null; lines: string[] } {
  folder = mkdtempSync(join(tmpdir(), "ci-"));
  const { test, lint, bench, demo } = { ...GOOD, ...answers };
  const npm = `#!/usr/bin/env bash\ncase "$*" in\n"test") ${test};;\n"run lint") ${lint};;\n"run bench:gas -- --check") ${bench};;\n*demo*) ${demo};;\nesac\n`;
  writeFileSync(join(folder, "npm"), npm);
  chmodSync(join(folder, "npm"), 0o755);
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}` };
  const { status, stdout } = spawnSync("bash", [".ci/run"], { env, encoding: "utf8" });
  return { code: status, lines: stdout.trimEnd().split("\n") };
}

afterEach(() => rmSync(folder, { recursive: true }));

describe(".ci/run", () => {
  it("adds every command's counts; one that has none counts as one", () => {
    const { code, lines } = runCi({});
    expect(lines.at(-1)).toBe("15 passed, 0 failed");
    expect(code).toBe(0);
  });

  it("ends with the only line that starts like a count", () => {
    const { lines } = runCi({});
    expect(lines.filter((line) => /^\d+ passed, \d+ failed$/.test(line))).toHaveLength(1);
  });

  it.each<[string, Answers, string]>([
    ["a test failed", { test: "echo '4 passed, 1 failed'; exit 1" }, "14 passed, 1 failed"],
    ["a command died after it had counted", { test: "echo '5 passed, 0 failed'; exit 1" }, "15 passed, 1 failed"],
    ["a command did not start", { test: "exit 127" }, "10 passed, 1 failed"],
    ["a figure changed", { bench: "exit 1" }, "14 passed, 1 failed"],
    ["a step of the demo went otherwise", { demo: `echo '${JSON.stringify({ ok: false, steps: [STEP, { ...STEP, outcome: "executed" }] })}'; exit 1` }, "14 passed, 1 failed"],
    ["the demo wrote no report", { demo: "echo table" }, "13 passed, 1 failed"],
    ["the demo tried nothing", { demo: `echo '${JSON.stringify({ ok: false, steps: [] })}'` }, "13 passed, 1 failed"],
  ])("fails when %s", (_what, answers, last) => {
    const { code, lines } = runCi(answers);
    expect(lines.at(-1)).toBe(last);
    expect(code).toBe(1);
  });
});
