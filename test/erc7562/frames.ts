import type { Address } from "viem";
import { type EnterEvent, type TraceEvent, isCreation } from "./trace.ts";

/** Which of ERC-7562's validation phases a frame belongs to. */
export type Phase = "deployment" | "account" | "paymaster";

/** What a frame is put down to. */
export type Scope = { phase: Phase; entity: Address };

/** A frame on the call stack. */
export type Frame = {
  /** Whose code runs. */
  code: Address;
  /** Whose storage it reads and writes. */
  storage: Address;
  /** `undefined` for what the EntryPoint does for itself. */
  scope: Scope | undefined;
  isCreation: boolean;
  /** SenderCreator is the EntryPoint's, but what it calls is the factory's. */
  opensDeployment: boolean;
};

/** What an operation names, as far as the phases depend on it. */
export type Parties = { entryPoint: Address; sender: Address; paymaster: Address | undefined };

/** `createSender(bytes)` and, for EIP-7702 accounts, `initEip7702Sender(address,bytes)` of SenderCreator. */
const SENDER_CREATION = ["0x570e1a36", "0xc09ad0d9"];

function open(event: EnterEvent, parent: Frame, depth: number, parties: Parties): Frame {
  const borrowed = event.kind === "DELEGATECALL" || event.kind === "CALLCODE";
  const storage = borrowed ? parent.storage : event.to;
  const frame: Frame = { code: event.to, storage, scope: parent.scope, isCreation: isCreation(event), opensDeployment: false };
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

/** An event, with the frame it happened in: for `enter` the caller's, for `exit` the one that ends. */
export type Step = { event: TraceEvent; frame: Frame };

/** Walks a trace and puts every event down to its frame. */
export function* walk(events: readonly TraceEvent[], parties: Parties): Generator<Step> {
  const { entryPoint } = parties;
  const root: Frame = { code: entryPoint, storage: entryPoint, scope: undefined, isCreation: false, opensDeployment: false };
  const stack: Frame[] = [root];
  for (const event of events) {
    const frame = stack.at(-1) ?? root;
    yield { event, frame };
    if (event.type === "enter") stack.push(open(event, frame, stack.length, parties));
    if (event.type === "exit") stack.pop();
  }
}
