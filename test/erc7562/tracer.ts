import { type Address, type Hex, encodeFunctionData, getAddress, toEventSelector, toHex } from "viem";
import { entryPoint07Abi } from "viem/account-abstraction";
import type { PackedUserOperation } from "viem/account-abstraction";
import type { TestClient } from "./anvil.ts";
import { type FrameKind, type TraceEvent, type ValidationTrace, addressOf } from "./trace.ts";

const BEFORE_EXECUTION = toEventSelector("BeforeExecution()");
/** Sends the traced bundle; in no test does it hold or do anything else. */
const BUNDLER = "0x00000000000000000000000000000000b0bb1e70";

/**
 * The tracer that runs in the node, in the JavaScript that its engine knows. It keeps what {@link TraceEvent} has words
 * for and stops listening once the EntryPoint announces execution. Peculiarities of anvil that it lives with:
 *
 * - a hash that ends behind the memory allocated so far must not be read that far, or the traced frame fails;
 * - a frame's error is `undefined`, not an empty string, when there is none;
 * - an unassigned instruction has no name: it is known by its frame's error.
 */
const TRACER = `{
  events: [], done: false, pc: 0, open: null, openDepth: 0,
  watched: {
    ORIGIN: 0, GASPRICE: 0, BLOCKHASH: 0, COINBASE: 0, TIMESTAMP: 0, NUMBER: 0, DIFFICULTY: 0, PREVRANDAO: 0,
    GASLIMIT: 0, BASEFEE: 0, BLOBHASH: 0, BLOBBASEFEE: 0, SELFDESTRUCT: 0, INVALID: 0, GAS: 0, SELFBALANCE: 0,
    CALL: 0, CALLCODE: 0, DELEGATECALL: 0, STATICCALL: 0, CREATE: 0, CREATE2: 0,
    BALANCE: 1, EXTCODESIZE: 1, EXTCODECOPY: 1, EXTCODEHASH: 1, SLOAD: 1, SSTORE: 1, TLOAD: 1, TSTORE: 1,
    KECCAK256: 2, SHA3: 2
  },
  enter: function (frame) {
    if (this.done) return;
    var input = toHex(frame.getInput());
    var value = frame.getValue();
    this.events.push(['enter', frame.getType(), toHex(frame.getFrom()), toHex(frame.getTo()),
      value === undefined ? '0' : value.toString(10), input.slice(0, 74)]);
  },
  exit: function (result) {
    if (this.done) return;
    var error = result.getError();
    this.events.push(['exit', error === undefined ? '' : String(error), this.pc]);
  },
  fault: function () {},
  step: function (log) {
    if (this.done) return;
    var name = log.op.toString();
    this.pc = log.getPC();
    if (this.open) this.settle(log, name);
    var depth = log.getDepth();
    if (depth === 1 && name === 'LOG1' && log.stack.peek(2).toString(16) === '${BigInt(BEFORE_EXECUTION).toString(16)}') {
      this.done = true;
      return;
    }
    var operands = this.watched[name];
    if (operands === undefined) return;
    var event = operands === 2 ? this.hash(log)
      : ['instruction', name, this.pc, operands === 0 ? '0' : log.stack.peek(0).toString(10), ''];
    if (!event) return;
    this.events.push(event);
    this.open = event;
    this.openDepth = depth;
  },
  hash: function (log) {
    var length = Number(log.stack.peek(1).toString(10));
    if (length < 64) return;
    var offset = Number(log.stack.peek(0).toString(10));
    var word = offset + 32 <= log.memory.length() ? toHex(log.memory.slice(offset, offset + 32)) : '0x0';
    return ['hash', word, length, '0'];
  },
  // What the last event did not know yet: the instruction that follows at once, or the hash, which is on the stack by now.
  settle: function (log, name) {
    var event = this.open;
    this.open = null;
    if (log.getDepth() !== this.openDepth) return;
    if (event[0] === 'hash') event[3] = log.stack.peek(0).toString(10);
    else event[4] = name;
  },
  result: function () { return { events: this.events, completed: this.done }; }
}`;

type RawEvent =
  | readonly ["enter", FrameKind, Address, Address, string, Hex]
  | readonly ["exit", string, number]
  | readonly ["instruction", string, number, string, string]
  | readonly ["hash", Hex, number, string];

function toEvent(raw: RawEvent): TraceEvent {
  switch (raw[0]) {
    case "enter":
      return { type: "enter", kind: raw[1], from: getAddress(raw[2]), to: getAddress(raw[3]), value: BigInt(raw[4]), input: raw[5] };
    case "exit":
      return { type: "exit", error: raw[1] === "" ? undefined : raw[1], pc: raw[2] };
    case "instruction":
      return { type: "instruction", name: raw[1], pc: raw[2], operand: BigInt(raw[3]), next: raw[4] === "" ? undefined : raw[4] };
    case "hash":
      return { type: "hash", firstWord: BigInt(raw[1]), length: raw[2], result: BigInt(raw[3]) };
  }
}

const CODE_READS = new Set(["EXTCODESIZE", "EXTCODECOPY", "EXTCODEHASH"]);

/** Every address whose code the operation uses: ERC-7562's *using an address*. */
function usedAddresses(events: readonly TraceEvent[]): Set<string> {
  const used = new Set<string>();
  for (const event of events) {
    if (event.type === "enter") used.add(event.to.toLowerCase());
    else if (event.type === "instruction" && CODE_READS.has(event.name)) used.add(addressOf(event.operand).toLowerCase());
  }
  return used;
}

/**
 * Traces the real `handleOps` of one operation up to the point where the EntryPoint turns from validation to execution.
 * Nothing is sent: the chain stays as it is.
 * @throws if the node cannot trace the call
 */
export async function traceValidation(client: TestClient, entryPoint: Address, userOp: PackedUserOperation): Promise<ValidationTrace> {
  const data = encodeFunctionData({ abi: entryPoint07Abi, functionName: "handleOps", args: [[userOp], BUNDLER] });
  const call = { from: BUNDLER, to: entryPoint, data, gas: toHex(20_000_000) };
  const raw = await client.request<{ Method: "debug_traceCall"; Parameters: readonly unknown[]; ReturnType: { events: RawEvent[]; completed: boolean } }>({
    method: "debug_traceCall",
    params: [call, "latest", { tracer: TRACER }],
  });
  const events = raw.events.map(toEvent);
  const used = [...usedAddresses(events)];
  const codes = await Promise.all(used.map((address) => client.getCode({ address: address as Address })));
  return { events, completed: raw.completed, codeless: new Set(used.filter((_, index) => codes[index] === undefined)) };
}
