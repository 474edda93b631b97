import { describe, expect, it } from "vitest";
import { BARS, FOREIGN_BARS } from "./bars.ts";
import { type Cost, type Job, JOBS } from "./measure.ts";
import { differences, overBars, type Results } from "./report.ts";

/** Every job at nothing, but for the jobs given. */
function costs(changes: Partial<Record<Job, Cost>> = {}): Record<Job, Cost> {
  const none = Object.fromEntries(JOBS.map((job) => [job, { txGas: 0, execGas: 0, delta: 0 }])) as Record<Job, Cost>;
  return { ...none, ...changes };
}

function results(changes?: Partial<Record<Job, Cost>>): Results {
  return { "7702": costs(changes), factory: costs(), kernel: costs(), nexus: costs(), msa: costs(), safe7579: costs() };
}

describe("differences", () => {
  it("finds none between equal figures", () => {
    expect(differences(results(), results())).toEqual([]);
  });

  it("names each figure that rose or fell by one", () => {
    const now = results({ J4: { txGas: 1, execGas: 0 }, J3: { txGas: 0, execGas: 1 } });
    expect(differences(results(), now)).toEqual(["7702 J3 execGas: was 0, is 1", "7702 J4 txGas: was 0, is 1"]);
    expect(differences(now, results())).toEqual(["7702 J3 execGas: was 1, is 0", "7702 J4 txGas: was 1, is 0"]);
  });

  it("names a figure that the file does not have", () => {
    const { J0: _, ...rest } = costs();
    const before = { ...results(), factory: rest } as unknown as Results;
    expect(differences(before, results())).toEqual([
      "factory J0 txGas: was not measured, is 0",
      "factory J0 execGas: was not measured, is 0",
    ]);
  });
});

describe("overBars", () => {
  it("lets a figure at its bar pass, and names one above it", () => {
    const bar = BARS.find(({ name }) => name === "J4")?.bar ?? 0;
    expect(overBars(results({ J4: { txGas: bar, execGas: 0 } }))).toEqual([]);
    expect(overBars(results({ J4: { txGas: bar + 1, execGas: 0 } }))).toEqual(["J4: 106,001 passes the bar of 106,000"]);
  });

  it("holds the overhead on an account that others wrote to a bar of its own", () => {
    const kernel = costs({ J1: { txGas: FOREIGN_BARS.kernel.bar + 1, execGas: 0 } });
    expect(overBars({ ...results(), kernel })).toEqual(["kernel J1 − J0: 20,501 passes the bar of 20,500"]);
  });

  it("holds differences between jobs to a bar as well", () => {
    const found = overBars(results({ J1_next_period: { txGas: 301, execGas: 0 } }));
    expect(found).toEqual(["J1 next period − J1: 301 passes the bar of 300"]);
  });
});
