import type { Address } from "viem";
import type { EnterEvent, TraceEvent } from "./trace.ts";

/** Which of ERC-7562's validation phases a frame belongs to. */
export type Phase = "deployment" | "account" | "paymaster";

/** A frame on the call stack. */
export type Frame = {
  /** Whose code runs. */
  code: Address;
  /** Whose storage it reads and writes. */
  storage: Address;
  /** Phase and entity that the frame is put down to; `undefined` for what the EntryPoint does for itself. */
  scope: { phase: Phase; entity: Address } | undefined;
  /** SenderCreator is the EntryPoint's, but what it calls is the factory's. */
  opensDeployment: boolean;
};

/** What an operation names, as far as the phases depend on it. */
export type Parties = { entryPoint: Address; sender: Address; paymaster: Address | undefined };

/** `createSender(bytes)` and, for EIP-7702 accounts, `initEip7702Sender(address,bytes)` of SenderCreator. */
const SENDER_CREATION = ["0x570e1a36", "0xc09ad0d9"];

export function isCreation(event: EnterEvent): boolean {
  return event.kind === "CREATE" || event.kind === "CREATE2";
}

function open(event: EnterEvent, parent: Frame, depth: number, parties: Parties): Frame {
  const borrowed = event.kind === "DELEGATECALL" || event.kind === "CALLCODE";
  const frame: Frame = { code: event.to, storage: borrowed ? parent.storage : event.to, scope: parent.scope, opensDeployment: false };
  // What the EntryPoint does in a call that was allowed is its own business.
  if (event.to === parties.entryPoint) return { ...frame, scope: undefined };
  if (parent.opensDeployment) return { ...frame, scope: { phase: "deployment", entity: event.to } };
  if (depth !== 1) return frame;
  // The EntryPoint itself calls: this is where phases begin.
  if (SENDER_CREATION.includes(event.input.slice(0, 10))) return { ...frame, opensDeployment: true };
  if (event.to === parties.sender) return { ...frame, scope: { phase: "account", entity: event.to } };
  if (event.to === parties.paymaster) return { ...frame, scope: { phase: "paymaster", entity: event.to } };
  return frame;
}

/** An event, with the frame it happened in. For `enter` that is the caller's, and `inner` the one that begins. */
export type Step = { event: TraceEvent; frame: Frame; inner: Frame | undefined };

/** Walks a trace and puts every event down to its frame. */
export function* walk(events: readonly TraceEvent[], parties: Parties): Generator<Step> {
  const root: Frame = { code: parties.entryPoint, storage: parties.entryPoint, scope: undefined, opensDeployment: false };
  const stack: Frame[] = [root];
  for (const event of events) {
    const frame = stack.at(-1) ?? root;
    const inner = event.type === "enter" ? open(event, frame, stack.length, parties) : undefined;
    yield { event, frame, inner };
    if (inner) stack.push(inner);
    if (event.type === "exit") stack.pop();
  }
}
