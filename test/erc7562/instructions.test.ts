import { type Address, type Hex, concat, toHex } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ACCEPT, CALL, CALLCODE, DELEGATECALL, INNER, MODULE, NOBODY, STATICCALL, STOP, call, push } from "./bytecode.ts";
import { type Chain, deploy, deposit, startChain } from "./chain.ts";
import { checkTrace } from "./check.ts";
import { ENTRY_POINTS } from "./entry-points.ts";
import { nonceOf, packOperation } from "./operations.ts";
import { traceValidation } from "./tracer.ts";
import type { RuleId, Violation } from "./violation.ts";

/** Instructions know nothing of EntryPoints, so one will do. */
const VERSION = "v0.9";
const entryPoint = ENTRY_POINTS[VERSION];

/** Gas that an inner call may burn to the last unit: 10,000. */
const LITTLE = { gas: "0x612710" } as const;

/** Bytes that a module runs before it accepts, by name; `inner` is the code of what it may call. */
const PROGRAMS: readonly [name: string, code: Hex, rules: readonly RuleId[], inner?: Hex][] = [
  ["nothing", "0x", []],
  ["ORIGIN", "0x3250", ["OP-011"]],
  ["GASPRICE", "0x3a50", ["OP-011"]],
  ["BLOCKHASH", "0x5f4050", ["OP-011"]],
  ["COINBASE", "0x4150", ["OP-011"]],
  ["TIMESTAMP", "0x4250", ["OP-011"]],
  ["NUMBER", "0x4350", ["OP-011"]],
  ["PREVRANDAO", "0x4450", ["OP-011"]],
  ["GASLIMIT", "0x4550", ["OP-011"]],
  ["BASEFEE", "0x4850", ["OP-011"]],
  ["BLOBHASH", "0x5f4950", ["OP-011"]],
  ["BLOBBASEFEE", "0x4a50", ["OP-011"]],
  ["CREATE", "0x5f5f5ff050", ["OP-011"]],
  ["CREATE2", "0x5f5f5f5ff550", ["OP-031"]],
  ["INVALID in a call", call(CALL, INNER, LITTLE), ["OP-011"], "0xfe"],
  ["an unassigned instruction in a call", call(CALL, INNER, LITTLE), ["OP-013"], "0x0c"],
  ["SELFDESTRUCT in a call", call(CALL, INNER, LITTLE), ["OP-011"], "0x5fff"],
  ["REVERT in a call", call(CALL, INNER, LITTLE), [], "0x5f5ffd"],
  ["no gas left in a call", call(CALL, INNER, LITTLE), ["OP-020"], "0x5b5f56"],
  ["SELFBALANCE", "0x4750", ["OP-080"]],
  ["BALANCE", concat([push(INNER), "0x3150"]), ["OP-080"]],
  ["GAS and POP", "0x5a50", ["OP-012"]],
  ["GAS and CALL", call(CALL, INNER), [], STOP],
  ["GAS and CALLCODE", call(CALLCODE, INNER), [], STOP],
  ["GAS and DELEGATECALL", call(DELEGATECALL, INNER), [], STOP],
  ["GAS and STATICCALL", call(STATICCALL, INNER), [], STOP],
  ["CALL to nobody", call(CALL, NOBODY), ["OP-041"]],
  ["CALLCODE of nobody", call(CALLCODE, NOBODY), ["OP-041"]],
  ["DELEGATECALL of nobody", call(DELEGATECALL, NOBODY), ["OP-041"]],
  ["STATICCALL to nobody", call(STATICCALL, NOBODY), ["OP-041"]],
  ["EXTCODESIZE of nobody", concat([push(NOBODY), "0x3b50"]), ["OP-041"]],
  ["EXTCODECOPY of nobody", concat(["0x5f5f5f", push(NOBODY), "0x3c"]), ["OP-041"]],
  ["EXTCODEHASH of nobody", concat([push(NOBODY), "0x3f50"]), ["OP-041"]],
  ["EXTCODESIZE of a contract", concat([push(INNER), "0x3b50"]), [], STOP],
  ["SLOAD of a slot of its own", "0x5f5450", ["STO-021"]],
  ["SSTORE to a slot of its own", "0x5f5f55", ["STO-021"]],
  ["TLOAD of a slot of its own", "0x5f5c50", ["OP-070"]],
  ["TSTORE to a slot of its own", "0x5f5f5d", ["OP-070"]],
  ["SLOAD in another contract", call(CALL, INNER), ["STO-021"], "0x5f545000"],
  ["SLOAD in code borrowed from another contract", call(DELEGATECALL, INNER), ["STO-021"], "0x5f545000"],
];

let chain: Chain;
let account: Address;

beforeAll(async () => {
  chain = await startChain();
  account = await deploy(chain, "ForwardingAccount");
  await deposit(chain, VERSION, account);
});
afterAll(() => chain.stop());

async function violationsOf(code: Hex, inner: Hex = STOP): Promise<readonly Violation[]> {
  await chain.client.setCode({ address: MODULE, bytecode: concat([code, ACCEPT]) });
  await chain.client.setCode({ address: INNER, bytecode: inner });
  const trace = await traceValidation(chain.client, entryPoint, packOperation(account, nonceOf(MODULE)));
  expect(trace.completed).toBe(true);
  return checkTrace(trace, { entryPoint, sender: account });
}

it.each(PROGRAMS)("%s", async (_name, code, rules, inner) => {
  expect((await violationsOf(code, inner)).map(({ rule }) => rule)).toEqual(rules);
});

it("a slot that is the account's address is associated with it", async () => {
  expect(await violationsOf(concat([push(account), "0x5450"]))).toEqual([]);
});

it("a violation tells where and what it was", async () => {
  expect(await violationsOf(concat(["0x5b4250", call(CALL, INNER)]), "0x600754")).toEqual([
    { rule: "OP-011", phase: "account", contract: MODULE, pc: 1, detail: "TIMESTAMP" },
    { rule: "STO-021", phase: "account", contract: INNER, pc: 2, detail: `SLOAD of slot ${toHex(7, { size: 32 })} of ${INNER}` },
  ]);
});
