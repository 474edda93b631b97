import { type Address, toHex } from "viem";
import type { Context, Finding } from "./context.ts";
import type { Frame } from "./frames.ts";
import type { InstructionEvent, TraceEvent } from "./trace.ts";
import type { RuleId } from "./violation.ts";

const TRANSIENT = new Set(["TLOAD", "TSTORE"]);
const READS = new Set(["SLOAD", "TLOAD"]);
const ACCESSES = new Set(["SLOAD", "SSTORE", ...TRANSIENT]);

/** The text says 0..128; bundlers stop at 127, and so does this. */
const MAX_OFFSET = 127n;

/** By address, the slots `keccak256(address ‖ x)` that the operation computed: they, `+ n`, are associated with it. */
export type AssociatedSlots = ReadonlyMap<bigint, readonly bigint[]>;

export function collectAssociatedSlots(events: readonly TraceEvent[]): AssociatedSlots {
  const slots = new Map<bigint, bigint[]>();
  for (const event of events) {
    if (event.type !== "hash" || event.firstWord >> 160n !== 0n) continue;
    const bases = slots.get(event.firstWord);
    if (bases) bases.push(event.result);
    else slots.set(event.firstWord, [event.result]);
  }
  return slots;
}

function isAssociated(slot: bigint, address: Address, slots: AssociatedSlots): boolean {
  const word = BigInt(address);
  if (slot === word) return true;
  return (slots.get(word) ?? []).some((base) => slot >= base && slot - base <= MAX_OFFSET);
}

export function isStorageAccess(event: InstructionEvent): boolean {
  return ACCESSES.has(event.name);
}

/** The rule that a storage access breaks, if any. Transient storage obeys the same rules, under a number of its own. */
export function checkStorage(event: InstructionEvent, frame: Frame, entity: Address, context: Context): Finding | undefined {
  const rule = brokenRule(event, frame.storage, entity, context);
  if (!rule) return undefined;
  const detail = `${event.name} of slot ${toHex(event.operand, { size: 32 })} of ${frame.storage}`;
  return { rule: TRANSIENT.has(event.name) ? "OP-070" : rule, detail };
}

function brokenRule({ name, operand }: InstructionEvent, storage: Address, entity: Address, context: Context): RuleId | undefined {
  const { sender, factory, slots, isStaked } = context;
  if (storage === sender) return undefined;
  if (isAssociated(operand, sender, slots)) return factory === undefined || isStaked(factory) ? undefined : "STO-022";
  if (storage === entity) return isStaked(entity) ? undefined : "STO-031";
  const allowed = isStaked(entity) && (READS.has(name) || isAssociated(operand, entity, slots));
  return allowed ? undefined : "STO-021";
}
