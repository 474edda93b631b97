import type { Address } from "viem";
import { checkEnter } from "./call-rules.ts";
import { type Context, type Finding, type Operation, contextOf } from "./context.ts";
import { type Scope, type Step, walk } from "./frames.ts";
import { checkInstruction } from "./instruction-rules.ts";
import type { ValidationTrace } from "./trace.ts";
import type { Violation } from "./violation.ts";

/**
 * Holds a trace against ERC-7562's opcode and storage rules: empty when the operation is clean. Where the text is wide
 * and bundlers are narrow, the narrow reading counts. Says nothing of reputation, nor of code that changes between two
 * validations (COD-010).
 */
export function checkTrace(trace: ValidationTrace, operation: Operation): Violation[] {
  const created = new Set<Address>();
  const context = contextOf(trace, operation, created);
  const violations: Violation[] = [];
  let lastPc = 0;
  for (const step of walk(trace.events, context)) {
    const { event, frame } = step;
    if (event.type === "instruction" || event.type === "exit") lastPc = event.pc;
    const { scope } = frame;
    if (scope) {
      const at = { phase: scope.phase, contract: frame.code, pc: lastPc };
      violations.push(...judge(step, scope, context).map((finding) => ({ ...finding, ...at })));
    }
    if (event.type === "exit" && frame.isCreation && event.error === undefined) created.add(frame.code);
  }
  return violations;
}

function judge({ event, frame }: Step, scope: Scope, context: Context): Finding[] {
  switch (event.type) {
    case "instruction": {
      const finding = checkInstruction(event, frame, scope, context);
      return finding ? [finding] : [];
    }
    case "enter":
      return checkEnter(event, scope, context);
    case "exit":
      return checkError(event.error);
    case "hash":
      return [];
  }
}

/** What a frame breaks by ending as it does. A plain revert breaks nothing. */
function checkError(error: string | undefined): Finding[] {
  if (error === undefined) return [];
  if (/out of gas/i.test(error)) return [{ rule: "OP-020", detail: error }];
  // INVALID itself is an instruction that was seen; an unassigned one is seen by its error only.
  if (/invalid opcode(?!: INVALID)/i.test(error)) return [{ rule: "OP-013", detail: error }];
  return [];
}
