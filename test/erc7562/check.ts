import { type Address, getAddress } from "viem";
import { CORE_PRECOMPILES, checkCall } from "./call-rules.ts";
import { type Frame, type Phase, type Step, walk } from "./frames.ts";
import { checkStorage, collectAssociatedSlots, describeAccess, isStorageAccess } from "./storage-rules.ts";
import type { EnterEvent, ExitEvent, InstructionEvent, ValidationTrace } from "./trace.ts";
import { toAddress } from "./tracer.ts";
import type { RuleId, Violation } from "./violation.ts";

/** What the rules need to know of an operation besides its trace. */
export type Operation = {
  entryPoint: Address;
  sender: Address;
  /** Set when the operation creates its sender. */
  factory?: Address;
  paymaster?: Address;
  /** Entities with a stake. Default: none, the strictest case. */
  staked?: readonly Address[];
  /** Default: 1 to 9. */
  precompiles?: readonly number[];
};

const ENVIRONMENT = new Set([
  ...["ORIGIN", "GASPRICE", "BLOCKHASH", "COINBASE", "TIMESTAMP", "NUMBER", "DIFFICULTY", "PREVRANDAO", "GASLIMIT"],
  ...["BASEFEE", "BLOBHASH", "BLOBBASEFEE", "CREATE", "INVALID", "SELFDESTRUCT"],
]);
const BALANCES = new Set(["BALANCE", "SELFBALANCE"]);
const CALLS = new Set(["CALL", "CALLCODE", "DELEGATECALL", "STATICCALL"]);
const CODE_READS = new Set(["EXTCODESIZE", "EXTCODECOPY", "EXTCODEHASH"]);

type Finding = { rule: RuleId; pc: number; detail: string };

/**
 * Holds a trace against ERC-7562's opcode and storage rules: empty when the operation is clean. Where the text is wide
 * and bundlers are narrow, the narrow reading counts. Says nothing of reputation, nor of code that changes between two
 * validations (COD-010).
 */
export function checkTrace(trace: ValidationTrace, operation: Operation): Violation[] {
  const entryPoint = getAddress(operation.entryPoint);
  const sender = getAddress(operation.sender);
  const factory = operation.factory && getAddress(operation.factory);
  const paymaster = operation.paymaster && getAddress(operation.paymaster);
  const staked = new Set((operation.staked ?? []).map((it) => getAddress(it)));
  const isStaked = (entity: Address | undefined) => entity !== undefined && staked.has(entity);
  const slots = collectAssociatedSlots(trace.events);
  const storage = { sender, factory, isStaked, slots, creates: factory !== undefined };

  const created = new Set<Address>();
  const creations: (Address | undefined)[] = [];
  const violations: Violation[] = [];
  let phase: Phase = "account";
  let callPc = 0;
  let create2Count = 0;
  const hasCode = (address: Address) =>
    !trace.codeless.has(address.toLowerCase()) || created.has(address) || (phase === "deployment" && address === sender);
  const calls = { entryPoint, sender, factory, precompiles: operation.precompiles ?? CORE_PRECOMPILES, hasCode };

  function checkInstruction(event: InstructionEvent, frame: Frame, entity: Address): Finding[] {
    const { name, pc, next, operand } = event;
    const found = (rule: RuleId, detail = name): Finding[] => [{ rule, pc, detail }];
    if (ENVIRONMENT.has(name)) return found("OP-011");
    if (name === "GAS") return next !== undefined && CALLS.has(next) ? [] : found("OP-012", `GAS before ${next ?? "the end"}`);
    if (BALANCES.has(name)) return isStaked(entity) ? [] : found("OP-080");
    if (name === "CREATE2") return phase === "deployment" && create2Count++ === 0 ? [] : found("OP-031");
    if (CODE_READS.has(name)) return checkCodeRead(event, toAddress(operand));
    if (!isStorageAccess(event)) return [];
    const rule = checkStorage(event, frame, entity, storage);
    return rule ? found(rule, describeAccess(event, frame)) : [];
  }

  function checkCodeRead({ name, pc, next }: InstructionEvent, address: Address): Finding[] {
    const detail = `${name} of ${address}`;
    // OP-051: the check that Solidity makes before a call.
    if (address === entryPoint) return name === "EXTCODESIZE" && next === "ISZERO" ? [] : [{ rule: "OP-054", pc, detail }];
    return hasCode(address) ? [] : [{ rule: "OP-041", pc, detail }];
  }

  function checkEnter(event: EnterEvent): Finding[] {
    const detail = `${event.kind} to ${event.to} with ${event.value} wei`;
    if (event.kind === "CREATE2" && phase === "deployment" && event.to !== sender) {
      return [{ rule: "OP-031", pc: callPc, detail: `CREATE2 of ${event.to}` }];
    }
    return checkCall(event, calls).map((rule) => ({ rule, pc: callPc, detail }));
  }

  function check({ event, frame }: Step, entity: Address): Finding[] {
    switch (event.type) {
      case "instruction":
        return checkInstruction(event, frame, entity);
      case "enter":
        return checkEnter(event);
      case "exit":
        return checkExit(event);
      case "hash":
        return [];
    }
  }

  for (const step of walk(trace.events, { entryPoint, sender, paymaster })) {
    const { event, frame } = step;
    if (event.type === "instruction") callPc = event.pc;
    if (frame.scope) {
      phase = frame.scope.phase;
      const at = { phase, contract: frame.code };
      violations.push(...check(step, frame.scope.entity).map(({ rule, pc, detail }) => ({ rule, ...at, pc, detail })));
    }
    if (event.type === "enter") creations.push(event.kind.startsWith("CREATE") ? event.to : undefined);
    if (event.type === "exit") {
      const address = creations.pop();
      if (address && event.error === undefined) created.add(address);
    }
  }
  return violations;
}

function checkExit({ error, pc }: ExitEvent): Finding[] {
  if (error === undefined || error.startsWith("execution reverted")) return [];
  if (/out of gas/i.test(error)) return [{ rule: "OP-020", pc, detail: error }];
  // INVALID itself is an instruction that was seen; an unassigned one is seen by its error only.
  if (/invalid opcode(?!: INVALID)/i.test(error)) return [{ rule: "OP-013", pc, detail: error }];
  return [];
}
