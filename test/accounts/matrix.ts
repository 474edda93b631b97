import type { EntryPointVersion } from "../../bench/chain.ts";
import type { AccountKind } from "../../bench/system.ts";
import { type Case, CASES } from "./cases.ts";
import { KEYS, type KeyKind } from "./keys.ts";
import { openWorld } from "./world.ts";

/** One row of the matrix: an account, an EntryPoint and a kind of key. */
export interface Row {
  kind: AccountKind;
  title: string;
  version: EntryPointVersion;
  signer: KeyKind;
}

/** How one case of a row ended: how many attempts were refused where it counts them, or what went wrong. */
export type Outcome = { passed: true; count?: number } | { passed: false; problem: string };

const ACCOUNTS: readonly { kind: AccountKind; title: string; versions: readonly EntryPointVersion[] }[] = [
  { kind: "kernel", title: "Kernel 0.3.1", versions: ["0.7", "0.8", "0.9"] },
  { kind: "nexus", title: "Nexus 1.0.1", versions: ["0.7", "0.8", "0.9"] },
  { kind: "safe7579", title: "Safe 1.4.1, Safe7579 1.0.0", versions: ["0.7"] },
  { kind: "msa", title: "ERC-7579 reference MSA", versions: ["0.7"] },
  { kind: "openzeppelin", title: "OpenZeppelin AccountERC7579", versions: ["0.7", "0.8", "0.9"] },
  { kind: "openzeppelin-hooked", title: "OpenZeppelin AccountERC7579Hooked", versions: ["0.7", "0.8", "0.9"] },
  { kind: "nexus-nesting", title: "Nexus 1.0.1, owner by ERC-7739", versions: ["0.7", "0.8", "0.9"] },
  { kind: "openzeppelin-nesting", title: "OpenZeppelin AccountERC7579, owner by ERC-7739", versions: ["0.7", "0.8", "0.9"] },
  { kind: "7702", title: "EOA under EIP-7702, DelegatedAccount", versions: ["0.7", "0.8", "0.9"] },
  { kind: "kernel-7702", title: "EOA under EIP-7702, Kernel 0.3.1", versions: ["0.7", "0.8", "0.9"] },
  { kind: "factory", title: "OwnedAccount", versions: ["0.7", "0.8", "0.9"] },
];

/** What these two have of their own is how their owner signs, which is nothing to the session key. */
function keysOf(kind: AccountKind): readonly KeyKind[] {
  return kind === "nexus-nesting" || kind === "openzeppelin-nesting" ? ["secp256k1"] : (Object.keys(KEYS) as KeyKind[]);
}

/** Every row: each account on every EntryPoint that it knows, with keys of every kind. */
export const ROWS: readonly Row[] = ACCOUNTS.flatMap(({ kind, title, versions }) =>
  versions.flatMap((version) => keysOf(kind).map((signer) => ({ kind, title, version, signer }))),
);

/** The cases that are about an account of this kind. */
export function casesOf(kind: AccountKind): readonly Case[] {
  return CASES.filter(({ kinds }) => kinds?.includes(kind) ?? true);
}

/** Runs every case of a row, each on the same state. */
export async function runRow({ kind, version, signer }: Row): Promise<Record<string, Outcome>> {
  const world = await openWorld(kind, version, signer);
  const outcomes: Record<string, Outcome> = {};
  try {
    for (const { name, run } of casesOf(kind)) {
      const restore = await world.system.chain.snapshot();
      try {
        const count = await run(world);
        outcomes[name] = { passed: true, ...(count !== undefined && { count: count as number }) };
      } catch (error) {
        outcomes[name] = { passed: false, problem: error instanceof Error ? error.message : String(error) };
      }
      await restore();
    }
  } finally {
    await world.system.chain.close();
  }
  return outcomes;
}
