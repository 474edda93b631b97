import { describe, expect, it } from "vitest";
import { ofHardhat, ofVitest, settle, summary } from "./counts.ts";

describe("ofHardhat", () => {
  it("reads the counts at the end, not those of a suite that is named like them", () => {
    const output = "  Suite\n    ✔ 3 passing\n\n\n  12 passing\n  2 failing\n  1 skipped\n";
    expect(ofHardhat(output)).toEqual({ passed: 12, failed: 3 });
  });

  it("finds nothing where nothing ran", () => {
    expect(ofHardhat("Error HHE910: Compilation failed")).toEqual({ passed: 0, failed: 0 });
  });
});

describe("ofVitest", () => {
  it("counts a skipped test and a file that could not be loaded as failed", () => {
    const report = {
      numTotalTests: 5,
      numPassedTests: 4,
      testResults: [
        { status: "passed", assertionResults: [{}, {}, {}, {}, {}] },
        { status: "failed", assertionResults: [] },
      ],
    };
    expect(ofVitest(report)).toEqual({ passed: 4, failed: 2 });
  });
});

describe("settle", () => {
  it("keeps the counts of a program that ended well", () => {
    expect(settle({ passed: 3, failed: 0 }, 0)).toEqual({ passed: 3, failed: 0 });
  });

  it("counts a program that died as failed", () => {
    expect(settle({ passed: 3, failed: 0 }, 1)).toEqual({ passed: 3, failed: 1 });
  });

  it("counts a program that ran nothing as failed, however it ended", () => {
    expect(settle({ passed: 0, failed: 0 }, 0)).toEqual({ passed: 0, failed: 1 });
  });
});

describe("summary", () => {
  it("is the line that is read back", () => {
    expect(summary({ passed: 12, failed: 1 })).toBe("12 passed, 1 failed");
  });
});
