import type { Address } from "viem";
import type { Phase } from "./frames.ts";

/** What each rule says, in few words. Numbers are ERC-7562's. */
export const RULES = {
  "OP-011": "an instruction that tells of the environment, or CREATE, SELFDESTRUCT, INVALID",
  "OP-012": "GAS that no call follows at once",
  "OP-013": "an unassigned instruction",
  "OP-020": "a frame that runs out of gas",
  "OP-031": "CREATE2 that is not the factory's one creation of the sender",
  "OP-041": "use of an address without code",
  "OP-054": "use of the EntryPoint other than to pay for gas",
  "OP-061": "a call with value",
  "OP-062": "a precompile that the network does not accept",
  "OP-070": "transient storage that is not the account's or associated with it",
  "OP-080": "a balance read",
  "STO-021": "storage that is not the account's or associated with it",
  "STO-022": "associated storage while an unstaked factory creates the account",
  "STO-031": "an unstaked entity's own storage",
} as const;

export type RuleId = keyof typeof RULES;

/** One breach of one rule. */
export type Violation = {
  rule: RuleId;
  phase: Phase;
  /** Whose code did it. */
  contract: Address;
  /** Program counter of the instruction, in that code. */
  pc: number;
  /** What exactly: the instruction, the slot, the address. */
  detail: string;
};

/** One line for a person. */
export function describeViolation({ rule, phase, contract, pc, detail }: Violation): string {
  return `${rule} (${RULES[rule]}) in the ${phase} phase: ${detail}, at ${contract}:${pc}`;
}
