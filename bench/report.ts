import { BARS, FOREIGN_BARS } from "./bars.ts";
import { type Cost, FOREIGN_JOBS, type ForeignJob, type Job, JOBS } from "./measure.ts";
import { FOREIGN_KINDS, type ForeignKind, REFERENCE_KINDS, type ReferenceKind } from "./system.ts";

/** What `bench/results/gas.json` holds. */
export type Results = Record<ReferenceKind, Record<Job, Cost>> & Record<ForeignKind, Record<ForeignJob, Cost>>;

const number = new Intl.NumberFormat("en-US");

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

/** Every figure of the reference accounts, for a person to read. */
export function jobTable(results: Results): string {
  return table([
    ["gas", ...REFERENCE_KINDS.flatMap((kind) => [`${kind} tx`, "execution"])],
    ...JOBS.map((job) => [
      job,
      ...REFERENCE_KINDS.flatMap((kind) => [results[kind][job].txGas, results[kind][job].execGas].map((it) => number.format(it))),
    ]),
  ]);
}

/** Transaction gas on the accounts that others wrote. */
export function foreignTable(results: Results): string {
  return table([
    ["gas", ...FOREIGN_JOBS, "J1 − J0", "bar", "aim"],
    ...FOREIGN_KINDS.map((kind) => {
      const costs = results[kind];
      const { bar, aim } = FOREIGN_BARS[kind];
      const figures = [...FOREIGN_JOBS.map((job) => costs[job].txGas), overhead(costs), bar, aim];
      return [kind, ...figures.map((it) => number.format(it))];
    }),
  ]);
}

function overhead({ J0, J1 }: Record<ForeignJob, Cost>): number {
  return J1.txGas - J0.txGas;
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
  const line = (name: string, measured: number, bar: number, most = bar) =>
    measured > most ? [`${name}: ${number.format(measured)} passes the bar of ${number.format(bar)}`] : [];
  return [
    ...BARS.flatMap(({ name, bar, missed, of }) => line(name, of(results["7702"]), bar, missed?.upTo)),
    ...FOREIGN_KINDS.flatMap((kind) => line(`${kind} J1 − J0`, overhead(results[kind]), FOREIGN_BARS[kind].bar)),
  ];
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
  const kinds = [...REFERENCE_KINDS, ...FOREIGN_KINDS];
  return kinds.flatMap((kind) =>
    Object.entries<Cost>(now[kind]).flatMap(([job, cost]) =>
      (["txGas", "execGas"] as const).flatMap((figure) => {
        const was = (before[kind] as Record<string, Cost> | undefined)?.[job]?.[figure];
        const is = cost[figure];
        return was === is ? [] : [`${kind} ${job} ${figure}: was ${was ?? "not measured"}, is ${is}`];
      }),
    ),
  );
}
