import { type Address, type Hex, concat, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Chain, deploy, deposit, startChain } from "./chain.ts";
import { checkTrace } from "./check.ts";
import { ENTRY_POINTS, ENTRY_POINT_VERSIONS } from "./entry-points.ts";
import { nonceOf, packOperation, withPaymaster } from "./operations.ts";
import { traceValidation } from "./tracer.ts";
import type { RuleId } from "./violation.ts";

/** Where the hand-written modules, and what they call, are put. */
const MODULE: Address = "0x7000000000000000000000000000000000000001";
const INNER: Address = "0x7000000000000000000000000000000000000002";
const NOBODY: Address = "0x7000000000000000000000000000000000000003";

/** Returns the word 0: the operation is accepted. */
const ACCEPT: Hex = "0x5f5f5260205ff3";

const push = (address: Address): Hex => concat(["0x73", address]);
/** `PUSH2 gas · CALL`, or another call instruction, without arguments and values; drops the result. */
const call = (instruction: Hex, to: Address, gas: Hex = "0x612710"): Hex => {
  const takesValue = instruction === "0xf1" || instruction === "0xf2";
  return concat([takesValue ? "0x5f5f5f5f5f" : "0x5f5f5f5f", push(to), gas, instruction, "0x50"]);
};

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
  ["INVALID in a call", call("0xf1", INNER), ["OP-011"], "0xfe"],
  ["an unassigned instruction in a call", call("0xf1", INNER), ["OP-013"], "0x0c"],
  ["SELFDESTRUCT in a call", call("0xf1", INNER), ["OP-011"], "0x5fff"],
  ["REVERT in a call", call("0xf1", INNER), [], "0x5f5ffd"],
  ["no gas left in a call", call("0xf1", INNER), ["OP-020"], "0x5b5f56"],
  ["SELFBALANCE", "0x4750", ["OP-080"]],
  ["BALANCE", concat([push(INNER), "0x3150"]), ["OP-080"]],
  ["GAS and POP", "0x5a50", ["OP-012"]],
  ["GAS and CALL", call("0xf1", INNER, "0x5a"), [], "0x00"],
  ["GAS and CALLCODE", call("0xf2", INNER, "0x5a"), [], "0x00"],
  ["GAS and DELEGATECALL", call("0xf4", INNER, "0x5a"), [], "0x00"],
  ["GAS and STATICCALL", call("0xfa", INNER, "0x5a"), [], "0x00"],
  ["CALL to nobody", call("0xf1", NOBODY), ["OP-041"]],
  ["CALLCODE of nobody", call("0xf2", NOBODY), ["OP-041"]],
  ["DELEGATECALL of nobody", call("0xf4", NOBODY), ["OP-041"]],
  ["STATICCALL to nobody", call("0xfa", NOBODY), ["OP-041"]],
  ["EXTCODESIZE of nobody", concat([push(NOBODY), "0x3b50"]), ["OP-041"]],
  ["EXTCODECOPY of nobody", concat(["0x5f5f5f", push(NOBODY), "0x3c"]), ["OP-041"]],
  ["EXTCODEHASH of nobody", concat([push(NOBODY), "0x3f50"]), ["OP-041"]],
  ["EXTCODESIZE of a contract", concat([push(INNER), "0x3b50"]), [], "0x00"],
  ["SLOAD of a slot of its own", "0x5f5450", ["STO-021"]],
  ["SSTORE to a slot of its own", "0x5f5f55", ["STO-021"]],
  ["TLOAD of a slot of its own", "0x5f5c50", ["OP-070"]],
  ["TSTORE to a slot of its own", "0x5f5f5d", ["OP-070"]],
  ["SLOAD in another contract", call("0xf1", INNER), ["STO-021"], "0x5f545000"],
  ["SLOAD in code borrowed from another contract", call("0xf4", INNER), ["STO-021"], "0x5f545000"],
];

let chain: Chain;
let account: Address;

beforeAll(async () => {
  chain = await startChain();
  account = await deploy(chain, "ForwardingAccount");
  for (const version of ENTRY_POINT_VERSIONS) await deposit(chain, version, account);
});
afterAll(() => chain.stop());

describe.each(ENTRY_POINT_VERSIONS)("on EntryPoint %s", (version) => {
  const entryPoint = ENTRY_POINTS[version];

  async function rulesBroken(code: Hex, inner: Hex = "0x00"): Promise<readonly RuleId[]> {
    await chain.client.setCode({ address: MODULE, bytecode: concat([code, ACCEPT]) });
    await chain.client.setCode({ address: INNER, bytecode: inner });
    const trace = await traceValidation(chain.client, entryPoint, packOperation(account, nonceOf(MODULE)));
    expect(trace.completed).toBe(true);
    return checkTrace(trace, { entryPoint, sender: account }).map(({ rule }) => rule);
  }

  it.each(PROGRAMS)("%s", async (_name, code, rules, inner) => {
    expect(await rulesBroken(code, inner)).toEqual(rules);
  });

  it("tells where and what it was", async () => {
    await chain.client.setCode({ address: MODULE, bytecode: concat(["0x5b4250", call("0xf1", INNER), ACCEPT]) });
    await chain.client.setCode({ address: INNER, bytecode: "0x600754" });
    const trace = await traceValidation(chain.client, entryPoint, packOperation(account, nonceOf(MODULE)));
    expect(checkTrace(trace, { entryPoint, sender: account })).toEqual([
      { rule: "OP-011", phase: "account", contract: MODULE, pc: 1, detail: "TIMESTAMP" },
      { rule: "STO-021", phase: "account", contract: INNER, pc: 2, detail: `SLOAD of slot ${toHex(7, { size: 32 })} of ${INNER}` },
    ]);
  });

  it("a slot that is the account's address is associated with it", async () => {
    expect(await rulesBroken(concat([push(account), "0x5450"]))).toEqual([]);
  });

  it("the EntryPoint's code may be looked for, and nothing else be asked of it", async () => {
    expect(await rulesBroken(concat([push(entryPoint), "0x3b1550"]))).toEqual([]);
    expect(await rulesBroken(concat([push(entryPoint), "0x3b50"]))).toEqual(["OP-054"]);
    expect(await rulesBroken(concat([push(entryPoint), "0x3f50"]))).toEqual(["OP-054"]);
    // Its fallback takes payments, but from the account alone.
    expect(await rulesBroken(call("0xf1", entryPoint))).toEqual(["OP-054"]);
  });

  describe("an account", () => {
    const SENDER: Address = "0x7000000000000000000000000000000000000004";
    /** `depositTo(account)` of the EntryPoint with 1 wei. */
    const depositFor = (address: Address) =>
      concat(["0x63b760faf960e01b5f52", push(address), "0x6004525f5f60245f6001", push(entryPoint), "0x5af150"]);

    beforeAll(() => deposit(chain, version, SENDER));

    async function rulesBrokenBy(code: Hex): Promise<readonly RuleId[]> {
      await chain.client.setCode({ address: SENDER, bytecode: concat([code, ACCEPT]) });
      await chain.client.setBalance({ address: SENDER, value: 10n });
      const trace = await traceValidation(chain.client, entryPoint, packOperation(SENDER, 0n));
      expect(trace.completed).toBe(true);
      return checkTrace(trace, { entryPoint, sender: SENDER }).map(({ rule }) => rule);
    }

    it("may use its own storage", async () => {
      expect(await rulesBrokenBy("0x5f5450600160015560025c50600160035d")).toEqual([]);
    });

    it("may pay the EntryPoint for itself and for nobody else", async () => {
      expect(await rulesBrokenBy(concat(["0x5f5f5f5f6001", push(entryPoint), "0x5af150"]))).toEqual([]);
      expect(await rulesBrokenBy(depositFor(SENDER))).toEqual([]);
      expect(await rulesBrokenBy(depositFor(NOBODY))).toEqual(["OP-054"]);
    });

    it("may send value to nobody but the EntryPoint", async () => {
      expect(await rulesBrokenBy(concat(["0x5f5f5f5f6001", push(account), "0x5af150"]))).toEqual(["OP-061"]);
      // What a proxy delegates carries the same wei, not more of it.
      await chain.client.setCode({ address: MODULE, bytecode: "0x00" });
      await chain.client.setCode({ address: INNER, bytecode: call("0xf4", MODULE, "0x5a") });
      expect(await rulesBrokenBy(concat(["0x5f5f5f5f6001", push(INNER), "0x5af150"]))).toEqual(["OP-061"]);
    });
  });

  describe("a paymaster", () => {
    const PAYMASTER: Address = "0x7000000000000000000000000000000000000005";
    /** Returns no context and the word 0: the operation is paid for. */
    const SPONSOR: Hex = "0x60405f5260605ff3";

    beforeAll(() => deposit(chain, version, PAYMASTER));

    async function rulesBrokenBy(code: Hex, inner: Hex, isStaked: boolean): Promise<readonly RuleId[]> {
      await chain.client.setCode({ address: MODULE, bytecode: ACCEPT });
      await chain.client.setCode({ address: INNER, bytecode: inner });
      await chain.client.setCode({ address: PAYMASTER, bytecode: concat([code, SPONSOR]) });
      const userOp = packOperation(account, nonceOf(MODULE), { paymasterAndData: withPaymaster(PAYMASTER) });
      const trace = await traceValidation(chain.client, entryPoint, userOp);
      expect(trace.completed).toBe(true);
      const operation = { entryPoint, sender: account, paymaster: PAYMASTER, staked: isStaked ? [PAYMASTER] : [] };
      return checkTrace(trace, operation).map(({ rule }) => rule);
    }

    /** What a stake buys, and what it does not. */
    const STAKED: readonly [name: string, code: Hex, unstaked: readonly RuleId[], staked: readonly RuleId[], inner?: Hex][] = [
      ["its own storage", "0x5f54505f5f55", ["STO-031", "STO-031"], []],
      ["a balance", "0x4750", ["OP-080"], []],
      ["a read in another contract", call("0xf1", INNER), ["STO-021"], [], "0x5f545000"],
      ["a write in another contract", call("0xf1", INNER, "0x61ffff"), ["STO-021"], ["STO-021"], "0x5f5f5500"],
      ["a write to what is associated with it", call("0xf1", INNER, "0x61ffff"), ["STO-021"], [], concat(["0x5f", push(PAYMASTER), "0x5500"])],
      ["the clock", "0x4250", ["OP-011"], ["OP-011"]],
    ];
    it.each(STAKED)("%s", async (_name, code, unstaked, staked, inner = "0x00") => {
      expect(await rulesBrokenBy(code, inner, false)).toEqual(unstaked);
      expect(await rulesBrokenBy(code, inner, true)).toEqual(staked);
    });
  });
});
