import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { reportOf, type StepReport } from "./report.ts";
import { tableRow, wrap } from "./table.ts";

const executed: StepReport = { name: "Swap", expected: "executed", outcome: "executed", code: null, reason: null, gasUsed: 123_456, txHash: "0x1" };
const refused: StepReport = { name: "Steal", expected: "refused", outcome: "refused", code: "CallNotPermitted", reason: "No permission.", gasUsed: null, txHash: null };

describe("reportOf", () => {
  it("is ok when every step went as expected", () => {
    expect(reportOf([executed, refused]).ok).toBe(true);
  });

  it.each([
    ["an attack went through", { ...refused, outcome: "executed" as const }],
    ["a good operation was refused", { ...executed, outcome: "refused" as const }],
    ["a step failed for another reason", { ...refused, outcome: "failed" as const }],
  ])("is not ok when %s", (_name, step) => {
    expect(reportOf([executed, step]).ok).toBe(false);
  });

  it("is not ok when nothing was tried", () => {
    expect(reportOf([]).ok).toBe(false);
  });
});

describe("tableRow", () => {
  const row = (step: StepReport): string => stripVTControlCharacters(tableRow(step, 100));

  it("shows the gas of what was executed", () => {
    expect(row(executed)).toMatch(/^✔ Swap +executed +123,456/);
  });

  it("shows the code and the reason of what was refused", () => {
    expect(row(refused)).toMatch(/^✔ Steal +refused +CallNotPermitted: No permission\./);
  });

  it("marks what went otherwise than expected", () => {
    expect(row({ ...refused, outcome: "executed" })).toMatch(/^✘ Steal +executed/);
  });
});

describe("wrap", () => {
  it("breaks between words, at the width exactly", () => {
    expect(wrap("ab cd ef", 5)).toEqual(["ab cd", "ef"]);
  });

  it("lets a word that is too long stand alone", () => {
    expect(wrap("a bcdefgh i", 4)).toEqual(["a", "bcdefgh", "i"]);
  });
});
