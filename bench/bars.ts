import type { Cost, Job } from "./measure.ts";
import type { ForeignKind } from "./system.ts";

type Costs = Record<Job, Cost>;

/** A figure that is held to a bar, on the 7702 account. */
export interface Bar {
  name: string;
  /** Gas that must not be passed. */
  bar: number;
  /** Gas that is aimed at. */
  aim: number;
  /** A bar that is missed, and known to be: gas that must not be passed until it is met, and why it is not. */
  missed?: { upTo: number; why: string };
  of(costs: Costs): number;
}

/** Bars and aims. Differences are of transaction gas; what needs no bundler is held to its execution gas. */
export const BARS: readonly Bar[] = [
  { name: "J0", bar: 91_000, aim: 90_000, of: ({ J0 }) => J0.txGas },
  { name: "J1", bar: 113_000, aim: 109_000, of: ({ J1 }) => J1.txGas },
  { name: "J1 − J0", bar: 23_500, aim: 21_000, of: ({ J1, J0 }) => J1.txGas - J0.txGas },
  { name: "J1 first use", bar: 150_000, aim: 141_000, of: ({ J1_first }) => J1_first.txGas },
  { name: "J1 next period − J1", bar: 300, aim: 100, of: ({ J1_next_period, J1 }) => J1_next_period.txGas - J1.txGas },
  { name: "J1 1000 − J1", bar: 7_500, aim: 6_800, of: ({ J1_1000, J1 }) => J1_1000.txGas - J1.txGas },
  { name: "J1 1000, hot − J1", bar: 2_500, aim: 2_000, of: ({ J1_1000_hot, J1 }) => J1_1000_hot.txGas - J1.txGas },
  { name: "J2 1 × 1, execution", bar: 56_000, aim: 53_000, of: ({ J2_1x1 }) => J2_1x1.execGas },
  { name: "J2 10 × 2, execution", bar: 82_000, aim: 70_000, of: ({ J2_10x2 }) => J2_10x2.execGas },
  { name: "J3, execution", bar: 7_600, aim: 7_000, of: ({ J3 }) => J3.execGas },
  { name: "J3 all, execution", bar: 7_400, aim: 7_000, of: ({ J3_all }) => J3_all.execGas },
  {
    name: "first carried − (J1 first + J2 1 × 1)",
    bar: 12_000,
    aim: 8_000,
    of: ({ first_carried }) => first_carried.delta ?? Infinity,
  },
  { name: "J4", bar: 106_000, aim: 101_000, of: ({ J4 }) => J4.txGas },
  { name: "co-signature, over J1", bar: 6_000, aim: 5_000, of: ({ cosign }) => cosign.delta ?? Infinity },
  { name: "frame − J1", bar: 15_000, aim: 11_000, of: ({ frame }) => frame.delta ?? Infinity },
  { name: "condition, static word", bar: 500, aim: 400, of: ({ condition_static }) => condition_static.delta ?? Infinity },
  { name: "condition, array element", bar: 1_200, aim: 900, of: ({ condition_array }) => condition_array.delta ?? Infinity },
  { name: "member of a set of 10,000", bar: 10_000, aim: 8_700, of: ({ merkle_10000 }) => merkle_10000.delta ?? Infinity },
  { name: "direct lane", bar: 70_000, aim: 62_000, of: ({ direct }) => direct.txGas },
  { name: "direct lane, relayed", bar: 78_000, aim: 70_000, of: ({ direct_relayed }) => direct_relayed.txGas },
];

/** What a session key costs over the owner, J1 − J0, on accounts that others wrote. */
export const FOREIGN_BARS: Record<ForeignKind, { bar: number; aim: number }> = {
  kernel: { bar: 20_500, aim: 18_000 },
  nexus: { bar: 24_000, aim: 20_000 },
  msa: { bar: 18_000, aim: 15_500 },
  safe7579: { bar: 24_000, aim: 20_000 },
};
