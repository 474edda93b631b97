import { beforeAll, describe, expect, it } from "vitest";
import { casesOf, type Outcome, ROWS, runRow } from "./matrix.ts";

/**
 * The rows of docs/COMPATIBILITY.md with the plainest key, one test a cell. The whole of it has a command of its own, which takes
 * longer: `npm run test:accounts`.
 */
const ROWS_OF_EOAS = ROWS.filter(({ signer }) => signer === "secp256k1");

describe.each(ROWS_OF_EOAS)("$title, EntryPoint v$version, $signer key", (row) => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    outcomes = await runRow(row);
  });

  it.each(casesOf(row.kind))("$name", ({ name }) => {
    expect(outcomes[name]).toMatchObject({ passed: true });
  });
});
