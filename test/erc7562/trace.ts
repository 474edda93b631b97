import { type Address, type Hex, getAddress, toHex } from "viem";

/** The instructions that open a frame. */
export type FrameKind = "CALL" | "CALLCODE" | "DELEGATECALL" | "STATICCALL" | "CREATE" | "CREATE2";

/** A frame begins. Its instruction's event, with the program counter, comes right before it. */
export type EnterEvent = {
  type: "enter";
  kind: FrameKind;
  from: Address;
  /** Whose code runs; for a creation the new contract. */
  to: Address;
  value: bigint;
  /** The first 36 bytes of the call data, or fewer: selector and first argument. */
  input: Hex;
};

/** A frame ends, after the instruction at `pc`. `error` is the node's own word for an exceptional halt or revert. */
export type ExitEvent = { type: "exit"; error: string | undefined; pc: number };

/** One instruction that a rule may have something to say about. */
export type InstructionEvent = {
  type: "instruction";
  name: string;
  pc: number;
  /** The instruction that follows at once; `undefined` if it opened a frame, or its frame ended. */
  next: string | undefined;
  /** The slot of a storage access, the address of a code or balance read; 0 for others. */
  operand: bigint;
};

/** A hash over at least two words, from which a storage slot may be derived. */
export type HashEvent = { type: "hash"; firstWord: bigint; length: number; result: bigint };

export type TraceEvent = EnterEvent | ExitEvent | InstructionEvent | HashEvent;

/** What the validation of one operation did, in order, from the EntryPoint's first instruction to its last before execution. */
export type ValidationTrace = {
  events: readonly TraceEvent[];
  /** Whether the EntryPoint got as far as execution. If not, what was refused shows nothing of what comes behind it. */
  completed: boolean;
  /** Addresses used by the operation that have no code at its beginning, precompiles included; lower case. */
  codeless: ReadonlySet<string>;
};

export function isCreation(event: EnterEvent): boolean {
  return event.kind === "CREATE" || event.kind === "CREATE2";
}

/** The address in the low 20 bytes of a stack item. */
export function addressOf(word: bigint): Address {
  return getAddress(toHex(BigInt.asUintN(160, word), { size: 20 }));
}
