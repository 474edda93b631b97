/** What a lane of tests came to. */
export type Counts = { readonly passed: number; readonly failed: number };

export const NOTHING: Counts = { passed: 0, failed: 0 };

export function add(left: Counts, right: Counts): Counts {
  return { passed: left.passed + right.passed, failed: left.failed + right.failed };
}

/** The one line that a run ends with; `.ci/run` reads it back. */
export function summary({ passed, failed }: Counts): string {
  return `${passed} passed, ${failed} failed`;
}

/**
 * A program's own counts, held against how it ended. One that ended badly has failed at least once, whatever it counted:
 * it may have died before it counted anything. One that ended well without running anything has failed too.
 */
export function settle(counts: Counts, exitCode: number): Counts {
  if (exitCode !== 0 || counts.passed === 0) return { passed: counts.passed, failed: Math.max(counts.failed, 1) };
  return counts;
}

/** Counts of a program that is itself one check. */
export function ofExitCode(exitCode: number): Counts {
  return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Reads `12 passing` and `1 failing`, as Hardhat's reporter ends; a skipped test is one that did not pass. */
export function ofHardhat(output: string): Counts {
  const last = (word: string): number => Number([...output.matchAll(new RegExp(`^\\s*(\\d+) ${word}$`, "gm"))].at(-1)?.[1] ?? 0);
  return { passed: last("passing"), failed: last("failing") + last("skipped") };
}

/** What is read of vitest's JSON report. */
export type VitestReport = {
  readonly numTotalTests: number;
  readonly numPassedTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
};

/** Everything that did not pass has failed: skipped and unfinished tests, and files that could not be loaded. */
export function ofVitest(report: VitestReport): Counts {
  const unloadable = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  return { passed: report.numPassedTests, failed: report.numTotalTests - report.numPassedTests + unloadable.length };
}
