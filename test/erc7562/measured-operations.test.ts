import { type Address, type Hex, encodeFunctionData, erc20Abi, parseAbi, parseEther } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deployModule } from "../../deploy/deployModule.ts";
import { frameCalls } from "../../ts-sdk/src/operation/frame.ts";
import { encodeHeader } from "../../ts-sdk/src/policy/header.ts";
import type { Permission } from "../../ts-sdk/src/policy/permissions.ts";
import { ACCOUNT_KINDS, type TestAccount, makeAccount } from "./accounts.ts";
import { type Chain, deploy, handleOp, sendAs, startChain, succeeded } from "./chain.ts";
import { checkTrace } from "./check.ts";
import { ENTRY_POINTS, ENTRY_POINT_VERSIONS } from "./entry-points.ts";
import { type Call, type SessionKey, type TestPolicy, grantKey, selectorOf, sessionOperation } from "./session-key.ts";
import { traceValidation } from "./tracer.ts";
import { describeViolation } from "./violation.ts";

const MOCK_ERC20 = parseAbi(["function mint(address to, uint256 amount)"]);
const CEILINGS = parseAbi(["function setCeiling(address token, uint256 period, uint256 cap)"]);
/** A Wednesday, ten minutes into an hour: no period ends while the tests run. */
const NOON = BigInt(Date.UTC(2027, 5, 9, 12, 10) / 1000);
const RECIPIENT: Address = "0x00000000000000000000000000000000000a11ce";
const CLEAN = { violations: [], isExecuted: true };
const DAY = 4n;
/** Bytes of header, 37 each: as many as a grant takes, so that the record reaches its last slot with the approvals below. */
const RULES = 70;
const APPROVALS = 14;

let chain: Chain;
let module: Address;
let token: Address;

beforeAll(async () => {
  chain = await startChain(["--timestamp", String(NOON)]);
  module = await deployModule((name, args) => deploy(chain, name, args));
  token = await deploy(chain, "MockERC20", ["A", "A"]);
});
afterAll(() => chain.stop());

const transfer = (amount: bigint) => encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [RECIPIENT, amount] });
const approveNothing = encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [RECIPIENT, 0n] });

const charged = (data: Hex): Permission => ({ kind: "exact", mark: "charged", target: token, selector: selectorOf(data), maxValue: 0n, conditions: [] });

function policyWith(frame: TestPolicy["header"]["frame"]): TestPolicy {
  return {
    settings: {
      validAfter: NOON - 3_600n,
      validUntil: NOON + 86_400n,
      nativeLimit: { amount: parseEther("1"), period: "day" },
      rateLimit: undefined,
      maxUses: 0n,
      cooldown: 0n,
      measured: true,
    },
    header: { meters: [{ token, tag: 0, period: "day", cap: 1_000n }], paymasters: [], pinnedCode: undefined, ...(frame && { frame }) },
    permissions: frame ? [charged(transfer(0n)), charged(approveNothing)] : [charged(transfer(0n))],
  };
}

/** The calls in their frame; its ends have no leaf. */
function framed(calls: readonly Call[]): { calls: readonly Call[]; covered: readonly Call[] } {
  const plain = calls.map(({ target, value = 0n, data = "0x" }) => ({ to: target, value, data }));
  const all = frameCalls(module, plain);
  return { covered: calls, calls: all.map(({ to, value, data }) => ({ target: to, value, data, permission: 0 })) };
}

describe.each(ENTRY_POINT_VERSIONS)("on EntryPoint %s", (version) => {
  const entryPoint = ENTRY_POINTS[version];

  describe.each(ACCOUNT_KINDS)("a measured key of the %s account", (kind) => {
    let account: TestAccount;
    beforeAll(async () => {
      account = await makeAccount(chain, kind, version, module);
      await sendAs(chain, chain.sender, token, encodeFunctionData({ abi: MOCK_ERC20, args: [account.address, 10n ** 6n] }));
    });

    let snapshot: Hex;
    beforeEach(async () => void (snapshot = await chain.client.snapshot()));
    afterEach(() => chain.client.revert({ id: snapshot }));

    async function outcome(session: SessionKey, inner: readonly Call[]) {
      const { timestamp } = await chain.client.getBlock();
      const { calls, covered } = framed(inner);
      const window = { validAfter: timestamp - 1n, validUntil: timestamp + 60n };
      const userOp = await sessionOperation(chain, session, calls, window, { covered });
      const trace = await traceValidation(chain.client, entryPoint, userOp);
      const violations = checkTrace(trace, { entryPoint, sender: account.address });
      return { trace, violations: violations.map(describeViolation), isExecuted: trace.completed && succeeded(await handleOp(chain, version, userOp)) };
    }

    const verdict = async (session: SessionKey, inner: readonly Call[]) => {
      const { violations, isExecuted } = await outcome(session, inner);
      return { violations, isExecuted };
    };

    it("breaks no rule with its first operation, nor with its second", async () => {
      const session = await grantKey(chain, version, account.address, module, policyWith(undefined));
      const calls: Call[] = [{ target: token, data: transfer(1n), permission: 0 }];
      expect(await verdict(session, calls)).toEqual(CLEAN);
      expect(await verdict(session, calls)).toEqual(CLEAN);
    });

    it("breaks no rule with the longest record, under a ceiling", async () => {
      const received = Array.from({ length: RULES }, (_, i): { token: Address; amount: bigint } => ({
        token: `0x${(0x10000 + i).toString(16).padStart(40, "0")}`,
        amount: 1n,
      }));
      const policy = policyWith({ ephemeral: [token], received });
      // Four words, one of the meter, the header's, two of each approval, one of the ceiling: within 128, and near it.
      const words = 4 + 1 + Math.ceil((encodeHeader(policy.header).length / 2 - 1) / 32) + 2 * APPROVALS + 1;
      expect(words).toBeGreaterThan(112);
      expect(words).toBeLessThanOrEqual(128);
      await sendAs(chain, account.address, module, encodeFunctionData({ abi: CEILINGS, args: [token, DAY, 10_000n] }));
      const session = await grantKey(chain, version, account.address, module, policy);
      const calls = Array.from({ length: APPROVALS }, (): Call => ({ target: token, data: approveNothing, permission: 1 }));
      const { trace, violations } = await outcome(session, calls);
      expect(violations).toEqual([]);
      expect(trace.completed).toBe(true);
    });

    it("is really looked at: for another sender the transient slots are nobody's", async () => {
      const session = await grantKey(chain, version, account.address, module, policyWith(undefined));
      const { trace } = await outcome(session, [{ target: token, data: transfer(1n), permission: 0 }]);
      const strangers = trace.events.map((event) => (event.type === "hash" ? { ...event, firstWord: event.firstWord ^ 1n } : event));
      const violations = checkTrace({ ...trace, events: strangers }, { entryPoint, sender: account.address });
      // The record's head, key and root, what the calls charge, and two words of header.
      expect(violations.filter(({ detail }) => detail.startsWith("TSTORE")).length).toBe(6);
    });
  });
});
