/**
 * Draws docs/comparison.svg and fills the table of docs/COMPARISON.md, from the measured figures and the record of peers'.
 *
 *     node scripts/generate-comparison.ts [--check]
 */
import { readFileSync } from "node:fs";
import { barChart } from "./generate/barChart.ts";
import { fill } from "./generate/fill.ts";
import { writeOrCheck } from "./generate/writeOrCheck.ts";

const PAGE = "docs/COMPARISON.md";
const CHART = "docs/comparison.svg";
const PEERS = "bench/peers/peers.json";
const FIGURES = "bench/results/gas.json";

type Job = "J0" | "J1" | "J2_1x1" | "J2_10x2" | "J3" | "J4";
type System = { readonly name: string } & Partial<Record<Job, number>>;
type Costs = Readonly<Record<string, { readonly txGas: number; readonly execGas: number }>>;

/** The accounts of the bench, by what a reader calls them. */
const OURS: readonly (readonly [kind: string, name: string])[] = [
  ["7702", "Valet keys, EIP-7702 account"],
  ["factory", "Valet keys, factory account"],
  ["kernel", "Valet keys on Kernel"],
  ["nexus", "Valet keys on Nexus"],
  ["msa", "Valet keys on the reference MSA"],
  ["safe7579", "Valet keys on Safe"],
];
const number = new Intl.NumberFormat("en-US");

/** An account of the bench in the form of the peers' record. */
export function systemOf(name: string, costs: Costs): System {
  return {
    name,
    J0: costs["J0"]?.txGas,
    J1: costs["J1"]?.txGas,
    J4: costs["J4"]?.txGas,
    J2_1x1: costs["J2_1x1"]?.execGas,
    J2_10x2: costs["J2_10x2"]?.execGas,
    J3: costs["J3"]?.execGas,
  } as System;
}

/** What a session key adds to the owner's own transfer. */
export function added({ J0, J1 }: System): number | undefined {
  return J0 === undefined || J1 === undefined ? undefined : J1 - J0;
}

export function comparisonTable(systems: readonly System[]): string {
  const cell = (figure: number | undefined): string => (figure === undefined ? "–" : number.format(figure));
  return [
    "| gas | token transfer | … adds | ether | grant 1 × 1 | grant 10 × 2 | revoke |",
    "|---|---:|---:|---:|---:|---:|---:|",
    ...systems.map((it) => `| ${it.name} | ${[it.J1, added(it), it.J4, it.J2_1x1, it.J2_10x2, it.J3].map(cell).join(" | ")} |`),
  ].join("\n");
}

if (import.meta.main) {
  const command = "node scripts/generate-comparison.ts";
  const figures = JSON.parse(readFileSync(FIGURES, "utf8")) as Readonly<Record<string, Costs>>;
  const direct = figures["7702"]?.["direct"]?.txGas;
  const byItself: readonly System[] = direct === undefined ? [] : [{ name: "Valet keys, direct lane, by the key's EOA", J1: direct }];
  const peers = (JSON.parse(readFileSync(PEERS, "utf8")) as { readonly systems: readonly System[] }).systems;
  const ours = OURS.flatMap(([kind, name]) => (figures[kind] ? [systemOf(name, figures[kind])] : []));
  const bars = [...ours, ...peers].flatMap((system) => {
    const gas = added(system);
    return gas === undefined ? [] : [{ label: system.name, value: gas, ours: ours.includes(system) }];
  });
  const title = "Gas that a session key adds to an owner's ERC-20 transfer";
  writeOrCheck(CHART, barChart(title, bars.sort((a, b) => a.value - b.value)), command);
  writeOrCheck(PAGE, fill(readFileSync(PAGE, "utf8"), "comparison", comparisonTable([...ours, ...byItself, ...peers])), command);
}
