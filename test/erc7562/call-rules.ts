import { encodeFunctionData, parseAbi } from "viem";
import { type Context, type Finding, isUsable } from "./context.ts";
import type { Scope } from "./frames.ts";
import { type EnterEvent, isCreation } from "./trace.ts";

/** Addresses up to here are kept for precompiles. */
const LAST_RESERVED = 0xffffn;

const DEPOSIT = parseAbi(["function depositTo(address account)"]);

/** The rules that a frame breaks by beginning. */
export function checkEnter(event: EnterEvent, { phase }: Scope, context: Context): Finding[] {
  const { kind, to, value } = event;
  if (isCreation(event)) {
    // Once is enough: a second creation at the same address fails.
    return kind === "CREATE2" && phase === "deployment" && to !== context.sender ? [{ rule: "OP-031", detail: `CREATE2 of ${to}` }] : [];
  }
  const detail = `${kind} to ${to} with ${value} wei`;
  if (to === context.entryPoint) return mayPayEntryPoint(event, context) ? [] : [{ rule: "OP-054", detail }];
  const findings: Finding[] = [];
  // A delegated frame shows its parent's value, which nobody sends a second time.
  if (value > 0n && kind !== "DELEGATECALL") findings.push({ rule: "OP-061", detail });
  const address = BigInt(to);
  if (address > 0n && address <= LAST_RESERVED) {
    if (!context.precompiles.includes(Number(address))) findings.push({ rule: "OP-062", detail });
  } else if (!isUsable(to, phase, context)) {
    findings.push({ rule: "OP-041", detail });
  }
  return findings;
}

/** OP-052 and OP-053: a deposit for the sender, or the plain payment that `validateUserOp` owes. */
function mayPayEntryPoint(event: EnterEvent, { sender, factory }: Context): boolean {
  if (event.kind !== "CALL") return false;
  if (event.input === "0x") return event.from === sender;
  const deposit = encodeFunctionData({ abi: DEPOSIT, args: [sender] });
  return event.input.toLowerCase() === deposit.toLowerCase() && (event.from === sender || event.from === factory);
}
