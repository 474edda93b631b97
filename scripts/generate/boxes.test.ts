import { describe, expect, it } from "vitest";
import { drawCoded, drawRecord, drawWord } from "./boxes.ts";

describe("drawRecord", () => {
  it("says offsets for as long as they are fixed, lengths, and when a field is there", () => {
    const boxes = drawRecord([
      { name: "kind", bytes: 1 },
      { name: "length", bytes: 2 },
      { name: "data", bytes: "length" },
      { name: "extra", bytes: 4, if: "kind = 2" },
    ]);
    expect(boxes).toBe(
      [
        " 0      1        3",
        "┌──────┬────────┬────────┬─────────────┐",
        "│ kind │ length │ data   │ extra       │",
        "│ 1    │ 2      │ length │ 4           │",
        "│      │        │        │ if kind = 2 │",
        "└──────┴────────┴────────┴─────────────┘",
      ].join("\n"),
    );
  });

  it("says by what a field without a length is told from the next", () => {
    const boxes = drawRecord([
      { name: "count", bytes: 1 },
      { name: "path", of: "path" },
      { name: "operands", of: "operands" },
      { name: "node", bytes: 28, times: "count − 1" },
    ]);
    expect(boxes.split("\n").slice(2, 4)).toEqual([
      "│ count │ path         │ operands    │ node             │",
      "│ 1     │ by its steps │ by operator │ (count − 1) × 28 │",
    ]);
  });

  it("begins a new row before a line gets too long", () => {
    const fields = Array.from({ length: 12 }, (_, i) => ({ name: `a field with number ${i}`, bytes: 1 }));
    const lines = drawRecord(fields).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(108);
    expect(lines.filter((line) => line.startsWith("┌"))).toHaveLength(3);
  });
});

it("drawWord begins with the most significant bit, and fills what no field takes", () => {
  const boxes = drawWord([
    { name: "cap", firstBit: 0, width: 128 },
    { name: "flag", firstBit: 128, width: 1 },
  ]);
  expect(boxes.split("\n").slice(0, 3)).toEqual([" 255–129   128    127–0", "┌─────────┬──────┬───────┐", "│ 0       │ flag │ cap   │"]);
});

it("drawCoded makes every byte as wide as the next", () => {
  const boxes = drawCoded({
    PLAIN: { code: 7, fields: [] },
    LONG: { code: 11, fields: [{ name: "offset", bytes: 2 }, { name: "n", bytes: 1 }] },
  });
  expect(boxes.split("\n").slice(1)).toEqual(["PLAIN │ 07 │", "LONG  │ 0b │ offset            │ n       │"]);
});
