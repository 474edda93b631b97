import { type Context, type Finding, isUsable } from "./context.ts";
import type { Frame, Scope } from "./frames.ts";
import { checkStorage, isStorageAccess } from "./storage-rules.ts";
import { type InstructionEvent, addressOf } from "./trace.ts";

const ENVIRONMENT = new Set([
  ...["ORIGIN", "GASPRICE", "BLOCKHASH", "COINBASE", "TIMESTAMP", "NUMBER", "DIFFICULTY", "PREVRANDAO", "GASLIMIT"],
  ...["BASEFEE", "BLOBHASH", "BLOBBASEFEE", "CREATE", "INVALID", "SELFDESTRUCT"],
]);
const BALANCES = new Set(["BALANCE", "SELFBALANCE"]);
const CALLS = new Set(["CALL", "CALLCODE", "DELEGATECALL", "STATICCALL"]);
const CODE_READS = new Set(["EXTCODESIZE", "EXTCODECOPY", "EXTCODEHASH"]);

/** The rule that an instruction breaks by itself, if any. */
export function checkInstruction(event: InstructionEvent, frame: Frame, scope: Scope, context: Context): Finding | undefined {
  const { name, next } = event;
  if (ENVIRONMENT.has(name)) return { rule: "OP-011", detail: name };
  if (name === "GAS" && !(next && CALLS.has(next))) return { rule: "OP-012", detail: `GAS before ${next ?? "the end"}` };
  if (BALANCES.has(name) && !context.isStaked(scope.entity)) return { rule: "OP-080", detail: name };
  // Within a deployment it matters what is created: that is seen when the frame begins.
  if (name === "CREATE2" && scope.phase !== "deployment") return { rule: "OP-031", detail: name };
  if (CODE_READS.has(name)) return checkCodeRead(event, scope, context);
  return isStorageAccess(event) ? checkStorage(event, frame, scope.entity, context) : undefined;
}

function checkCodeRead(event: InstructionEvent, { phase }: Scope, context: Context): Finding | undefined {
  const address = addressOf(event.operand);
  const detail = `${event.name} of ${address}`;
  if (address === context.entryPoint) {
    // OP-051: the look that Solidity takes before a call.
    return event.name === "EXTCODESIZE" && event.next === "ISZERO" ? undefined : { rule: "OP-054", detail };
  }
  return isUsable(address, phase, context) ? undefined : { rule: "OP-041", detail };
}
