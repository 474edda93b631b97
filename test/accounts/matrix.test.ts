import { beforeAll, describe, expect, it } from "vitest";
import { casesOf, type Outcome, ROWS, runRow } from "./matrix.ts";

/** The matrix of docs/COMPATIBILITY.md, one test a cell. */
describe.each(ROWS)("$title, EntryPoint v$version, $signer key", (row) => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    outcomes = await runRow(row);
  });

  it.each(casesOf(row.kind))("$name", ({ name }) => {
    expect(outcomes[name]).toMatchObject({ passed: true });
  });
});
