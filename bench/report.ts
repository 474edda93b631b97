import { BARS } from "./bars.ts";
import { type Cost, type Job, JOBS } from "./measure.ts";
import { ACCOUNT_KINDS, type AccountKind } from "./system.ts";

/** What `bench/results/gas.json` holds. */
export type Results = Record<AccountKind, Record<Job, Cost>>;

const number = new Intl.NumberFormat("en-US");

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

/** Every figure of both accounts, for a person to read. */
export function jobTable(results: Results): string {
  return table([
    ["gas", ...ACCOUNT_KINDS.flatMap((kind) => [`${kind} tx`, "execution"])],
    ...JOBS.map((job) => [
      job,
      ...ACCOUNT_KINDS.flatMap((kind) => [results[kind][job].txGas, results[kind][job].execGas].map((it) => number.format(it))),
    ]),
  ]);
}

/** The figures that are held to a bar. */
export function barTable(results: Results): string {
  return table([
    ["7702 account", "measured", "bar", "aim", ""],
    ...BARS.map(({ name, bar, aim, of }) => {
      const measured = of(results["7702"]);
      const verdict = measured > bar ? "over the bar" : measured > aim ? "holds" : "aim met";
      return [name, number.format(measured), number.format(bar), number.format(aim), verdict];
    }),
  ]);
}

/** One line for each figure that passes its bar, or what it may take where the bar is known to be missed. */
export function overBars(results: Results): readonly string[] {
  return BARS.flatMap(({ name, bar, missed, of }) => {
    const measured = of(results["7702"]);
    return measured > (missed?.upTo ?? bar) ? [`${name}: ${number.format(measured)} passes the bar of ${number.format(bar)}`] : [];
  });
}

/** One line for each bar that is known to be missed, with the reason. */
export function missedBars(results: Results): readonly string[] {
  return BARS.flatMap(({ name, bar, missed, of }) => {
    const measured = of(results["7702"]);
    return missed && measured > bar ? [`${name}: ${number.format(measured)} of ${number.format(bar)}. ${missed.why}`] : [];
  });
}

/** One line for each figure that is not what it was. */
export function differences(before: Results, now: Results): readonly string[] {
  return ACCOUNT_KINDS.flatMap((kind) =>
    JOBS.flatMap((job) =>
      (["txGas", "execGas"] as const).flatMap((figure) => {
        const [was, is] = [before[kind]?.[job]?.[figure], now[kind][job][figure]];
        return was === is ? [] : [`${kind} ${job} ${figure}: was ${was ?? "not measured"}, is ${is}`];
      }),
    ),
  );
}
