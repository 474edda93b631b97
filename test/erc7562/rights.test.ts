import { type Address, type Hex, concat } from "viem";
import type { PackedUserOperation } from "viem/account-abstraction";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACCEPT, CALL, DELEGATECALL, INNER, MODULE, NOBODY, SPONSOR, STOP, call, push } from "./bytecode.ts";
import { type Chain, deploy, deposit, startChain } from "./chain.ts";
import { checkTrace } from "./check.ts";
import { ENTRY_POINTS, ENTRY_POINT_VERSIONS } from "./entry-points.ts";
import { nonceOf, packOperation, withPaymaster } from "./operations.ts";
import { traceValidation } from "./tracer.ts";
import type { RuleId } from "./violation.ts";

/** Hand-written, as {@link MODULE} is. */
const SENDER: Address = "0x7000000000000000000000000000000000000004";
const PAYMASTER: Address = "0x7000000000000000000000000000000000000005";

let chain: Chain;
let account: Address;

beforeAll(async () => {
  chain = await startChain();
  account = await deploy(chain, "ForwardingAccount");
  for (const version of ENTRY_POINT_VERSIONS) {
    for (const address of [account, SENDER, PAYMASTER]) await deposit(chain, version, address);
  }
});
afterAll(() => chain.stop());

/** What account, module and paymaster may do because of who they are, towards each EntryPoint. */
describe.each(ENTRY_POINT_VERSIONS)("on EntryPoint %s", (version) => {
  const entryPoint = ENTRY_POINTS[version];

  async function rulesBroken(userOp: PackedUserOperation, parties: { paymaster?: Address; staked?: Address[] } = {}): Promise<readonly RuleId[]> {
    const trace = await traceValidation(chain.client, entryPoint, userOp);
    expect(trace.completed).toBe(true);
    return checkTrace(trace, { entryPoint, sender: userOp.sender, ...parties }).map(({ rule }) => rule);
  }

  async function byModule(code: Hex): Promise<readonly RuleId[]> {
    await chain.client.setCode({ address: MODULE, bytecode: concat([code, ACCEPT]) });
    return rulesBroken(packOperation(account, nonceOf(MODULE)));
  }

  async function byAccount(code: Hex): Promise<readonly RuleId[]> {
    await chain.client.setCode({ address: SENDER, bytecode: concat([code, ACCEPT]) });
    await chain.client.setBalance({ address: SENDER, value: 10n });
    return rulesBroken(packOperation(SENDER, 0n));
  }

  it("a module may look for the EntryPoint's code, and ask nothing else of it", async () => {
    expect(await byModule(concat([push(entryPoint), "0x3b1550"]))).toEqual([]);
    expect(await byModule(concat([push(entryPoint), "0x3b50"]))).toEqual(["OP-054"]);
    expect(await byModule(concat([push(entryPoint), "0x3f50"]))).toEqual(["OP-054"]);
    // The fallback takes payments, but from the account alone.
    expect(await byModule(call(CALL, entryPoint))).toEqual(["OP-054"]);
  });

  it("an account may use its own storage", async () => {
    expect(await byAccount("0x5f5450600160015560025c50600160035d")).toEqual([]);
  });

  it("an account may pay the EntryPoint for itself and for nobody else", async () => {
    const depositTo = (address: Address) =>
      concat(["0x63b760faf960e01b5f52", push(address), "0x6004525f5f60245f6001", push(entryPoint), "0x5af150"]);
    expect(await byAccount(call(CALL, entryPoint, { value: 1 }))).toEqual([]);
    expect(await byAccount(depositTo(SENDER))).toEqual([]);
    expect(await byAccount(depositTo(NOBODY))).toEqual(["OP-054"]);
  });

  it("an account may send value to nobody else", async () => {
    await chain.client.setCode({ address: INNER, bytecode: STOP });
    expect(await byAccount(call(CALL, INNER, { value: 1 }))).toEqual(["OP-061"]);
    // What a proxy delegates carries the same wei, not more of it.
    await chain.client.setCode({ address: MODULE, bytecode: STOP });
    await chain.client.setCode({ address: INNER, bytecode: call(DELEGATECALL, MODULE) });
    expect(await byAccount(call(CALL, INNER, { value: 1 }))).toEqual(["OP-061"]);
  });

  /** What a paymaster's stake buys, and what it does not. */
  const PAYMASTERS: readonly [name: string, code: Hex, unstaked: readonly RuleId[], staked: readonly RuleId[], inner?: Hex][] = [
    ["its own storage", "0x5f54505f5f55", ["STO-031", "STO-031"], []],
    ["a balance", "0x4750", ["OP-080"], []],
    ["a read in another contract", call(CALL, INNER), ["STO-021"], [], "0x5f545000"],
    ["a write in another contract", call(CALL, INNER), ["STO-021"], ["STO-021"], "0x5f5f5500"],
    ["a write there to what is associated with it", call(CALL, INNER), ["STO-021"], [], concat(["0x5f", push(PAYMASTER), "0x5500"])],
    ["the clock", "0x4250", ["OP-011"], ["OP-011"]],
  ];
  it.each(PAYMASTERS)("a paymaster's stake and %s", async (_name, code, unstaked, staked, inner = STOP) => {
    await chain.client.setCode({ address: MODULE, bytecode: ACCEPT });
    await chain.client.setCode({ address: INNER, bytecode: inner });
    await chain.client.setCode({ address: PAYMASTER, bytecode: concat([code, SPONSOR]) });
    const userOp = packOperation(account, nonceOf(MODULE), { paymasterAndData: withPaymaster(PAYMASTER) });
    expect(await rulesBroken(userOp, { paymaster: PAYMASTER })).toEqual(unstaked);
    expect(await rulesBroken(userOp, { paymaster: PAYMASTER, staked: [PAYMASTER] })).toEqual(staked);
  });
});
