import { describe, expect, it } from "vitest";
import { added, comparisonTable, systemOf } from "./generate-comparison.ts";
import { barChart } from "./generate/barChart.ts";

describe("comparisonTable", () => {
  it("shows transactions whole, grants and revokes by their execution, and a dash for what there is not", () => {
    const ours = systemOf("ours", { J0: { txGas: 5_000, execGas: 1 }, J1: { txGas: 7_500, execGas: 1 }, J3: { txGas: 9, execGas: 1_234 } });
    expect(comparisonTable([ours]).split("\n").at(-1)).toBe("| ours | 7,500 | 2,500 | – | – | – | 1,234 |");
  });

  it("adds nothing up for a system that has no owner's operation", () => {
    expect(added({ name: "by an EOA", J1: 7 })).toBeUndefined();
  });
});

describe("barChart", () => {
  it("draws bars to one scale", () => {
    const chart = barChart("gas", [
      { label: "half", value: 50, ours: true },
      { label: "whole", value: 100, ours: false },
    ]);
    const [half, whole] = [...chart.matchAll(/width="(\d+)" height="20"/g)].map((match) => Number(match[1]));
    expect(half).toBe((whole ?? 0) / 2);
  });

  it("keeps its labels text", () => {
    expect(barChart("a & b", [{ label: "<c>", value: 1, ours: false }])).toContain("&lt;c>");
  });
});
