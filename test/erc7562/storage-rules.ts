import { type Address, toHex } from "viem";
import type { Frame } from "./frames.ts";
import type { InstructionEvent, TraceEvent } from "./trace.ts";
import type { RuleId } from "./violation.ts";

const TRANSIENT = new Set(["TLOAD", "TSTORE"]);
const READS = new Set(["SLOAD", "TLOAD"]);
const ACCESSES = new Set(["SLOAD", "SSTORE", ...TRANSIENT]);

/** The text says 0..128; bundlers stop at 127, and so does this. */
const MAX_OFFSET = 127n;

/** The slots `keccak256(address ‖ x)` that the operation computed, by address: their `+ n` are associated with it. */
export type AssociatedSlots = ReadonlyMap<bigint, readonly bigint[]>;

export function collectAssociatedSlots(events: readonly TraceEvent[]): AssociatedSlots {
  const slots = new Map<bigint, bigint[]>();
  for (const event of events) {
    if (event.type !== "hash" || event.firstWord >> 160n !== 0n) continue;
    slots.set(event.firstWord, [...(slots.get(event.firstWord) ?? []), event.result]);
  }
  return slots;
}

function isAssociated(slot: bigint, address: Address, slots: AssociatedSlots): boolean {
  const word = BigInt(address);
  if (slot === word) return true;
  return (slots.get(word) ?? []).some((base) => slot >= base && slot - base <= MAX_OFFSET);
}

export type StorageContext = {
  sender: Address;
  /** Whether the operation creates its sender. */
  creates: boolean;
  isStaked: (entity: Address | undefined) => boolean;
  factory: Address | undefined;
  slots: AssociatedSlots;
};

export function isStorageAccess(event: InstructionEvent): boolean {
  return ACCESSES.has(event.name);
}

/** The rule that a storage access breaks, if any. */
export function checkStorage(event: InstructionEvent, frame: Frame, entity: Address, context: StorageContext): RuleId | undefined {
  const { sender, slots, isStaked } = context;
  if (frame.storage === sender) return undefined;
  const broken = (rule: RuleId): RuleId => (TRANSIENT.has(event.name) ? "OP-070" : rule);
  if (isAssociated(event.operand, sender, slots)) {
    return !context.creates || isStaked(context.factory) ? undefined : broken("STO-022");
  }
  if (frame.storage === entity) return isStaked(entity) ? undefined : broken("STO-031");
  if (isStaked(entity) && (READS.has(event.name) || isAssociated(event.operand, entity, slots))) return undefined;
  return broken("STO-021");
}

export function describeAccess(event: InstructionEvent, frame: Frame): string {
  return `${event.name} of slot ${toHex(event.operand, { size: 32 })} of ${frame.storage}`;
}
