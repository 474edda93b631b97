import { type Address, concat, encodeFunctionData, parseAbi, zeroHash } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Chain, deploy, deposit, startChain } from "./chain.ts";
import { checkTrace } from "./check.ts";
import type { Operation } from "./context.ts";
import { ENTRY_POINTS, ENTRY_POINT_VERSIONS } from "./entry-points.ts";
import { nonceOf, packOperation, withPaymaster } from "./operations.ts";
import { traceValidation } from "./tracer.ts";
import type { PackedUserOperation } from "viem/account-abstraction";

const FACTORY = parseAbi(["function create(bytes32 salt) returns (address)"]);
const CREATE = encodeFunctionData({ abi: FACTORY, args: [zeroHash] });

let chain: Chain;
/** Touches storage associated with the account, and nothing else that a rule knows. */
let cleanModule: Address;

beforeAll(async () => {
  chain = await startChain();
  cleanModule = await deploy(chain, "CleanValidator");
});
afterAll(() => chain.stop());

describe.each(ENTRY_POINT_VERSIONS)("on EntryPoint %s", (version) => {
  const entryPoint = ENTRY_POINTS[version];

  /** Every violation, as `phase: rule`. */
  async function findings(userOp: PackedUserOperation, named: Omit<Operation, "entryPoint" | "sender">): Promise<string[]> {
    const trace = await traceValidation(chain.client, entryPoint, userOp);
    expect(trace.completed).toBe(true);
    const violations = checkTrace(trace, { entryPoint, sender: userOp.sender, ...named });
    return [...new Set(violations.map(({ phase, rule }) => `${phase}: ${rule}`))];
  }

  describe("a factory", () => {
    async function creation(contract: string) {
      const factory = await deploy(chain, contract);
      const { result: sender } = await chain.client.simulateContract({ address: factory, abi: FACTORY, functionName: "create", args: [zeroHash] });
      await deposit(chain, version, sender);
      return { factory, userOp: packOperation(sender, nonceOf(cleanModule), { initCode: concat([factory, CREATE]) }) };
    }

    it("with a stake lets the new account use what is associated with it", async () => {
      const { factory, userOp } = await creation("ForwardingAccountFactory");
      expect(await findings(userOp, { factory, staked: [factory] })).toEqual([]);
    });

    it("without a stake does not", async () => {
      const { factory, userOp } = await creation("ForwardingAccountFactory");
      expect(await findings(userOp, { factory })).toEqual(["account: STO-022", "account: OP-070"]);
    });

    it("creates the account and nothing else", async () => {
      const { factory, userOp } = await creation("TwiceCreatingFactory");
      expect(await findings(userOp, { factory, staked: [factory] })).toEqual(["deployment: OP-031"]);
    });
  });

  describe("a paymaster", () => {
    async function payment(contract: string) {
      const account = await deploy(chain, "ForwardingAccount");
      const paymaster = await deploy(chain, contract);
      await deposit(chain, version, paymaster);
      return { paymaster, userOp: packOperation(account, nonceOf(cleanModule), { paymasterAndData: withPaymaster(paymaster) }) };
    }

    it("that keeps nothing needs no stake", async () => {
      const { paymaster, userOp } = await payment("AcceptingPaymaster");
      expect(await findings(userOp, { paymaster })).toEqual([]);
    });

    it("that keeps something does", async () => {
      const { paymaster, userOp } = await payment("CountingPaymaster");
      expect(await findings(userOp, { paymaster })).toEqual(["paymaster: STO-031"]);
      expect(await findings(userOp, { paymaster, staked: [paymaster] })).toEqual([]);
    });
  });

  it("an operation that the account refuses does not count as completed", async () => {
    const account = await deploy(chain, "ForwardingAccount");
    await deposit(chain, version, account);
    const userOp = packOperation(account, nonceOf(await deploy(chain, "RevertingValidator")));
    expect((await traceValidation(chain.client, entryPoint, userOp)).completed).toBe(false);
  });
});
