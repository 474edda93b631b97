import { type Address, encodeFunctionData, parseAbi } from "viem";
import { isCreation } from "./frames.ts";
import type { EnterEvent } from "./trace.ts";
import type { RuleId } from "./violation.ts";

/** The precompiles that every bundler accepts: 1 to 9. Alto accepts no other. */
export const CORE_PRECOMPILES: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** Addresses up to here are kept for precompiles. */
const LAST_RESERVED = 0xffffn;

const DEPOSIT = parseAbi(["function depositTo(address account)"]);

export type CallContext = {
  entryPoint: Address;
  sender: Address;
  factory: Address | undefined;
  precompiles: readonly number[];
  /** Whether the address has code at this point of the operation. */
  hasCode: (address: Address) => boolean;
};

/** The rules that a call breaks; creations are not calls. */
export function checkCall(event: EnterEvent, context: CallContext): RuleId[] {
  if (isCreation(event)) return [];
  if (event.to === context.entryPoint) return mayPayEntryPoint(event, context) ? [] : ["OP-054"];
  const broken: RuleId[] = [];
  // A delegated frame shows its parent's value, which nobody sends a second time.
  if (event.value > 0n && (event.kind === "CALL" || event.kind === "CALLCODE")) broken.push("OP-061");
  const address = BigInt(event.to);
  if (address > 0n && address <= LAST_RESERVED) {
    if (!context.precompiles.includes(Number(address))) broken.push("OP-062");
  } else if (!context.hasCode(event.to)) {
    broken.push("OP-041");
  }
  return broken;
}

/** OP-052 and OP-053: a deposit for the sender, or the plain payment that `validateUserOp` owes. */
function mayPayEntryPoint(event: EnterEvent, { sender, factory }: CallContext): boolean {
  if (event.kind !== "CALL") return false;
  if (event.input === "0x") return event.from === sender;
  const deposit = encodeFunctionData({ abi: DEPOSIT, args: [sender] });
  return event.input.toLowerCase() === deposit.toLowerCase() && (event.from === sender || event.from === factory);
}
