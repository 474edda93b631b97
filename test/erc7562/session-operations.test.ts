import { type Address, type Hex, encodeFunctionData, erc20Abi, pad, parseAbi, parseEther, zeroAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Permission } from "../../ts-sdk/src/policy/permissions.ts";
import { ACCOUNT_KINDS, type TestAccount, makeAccount } from "./accounts.ts";
import { type Chain, deploy, deposit, handleOp, sendAs, startChain, succeeded } from "./chain.ts";
import { checkTrace } from "./check.ts";
import { ENTRY_POINTS, ENTRY_POINT_VERSIONS } from "./entry-points.ts";
import { withPaymaster } from "./operations.ts";
import { type Call, type OperationOptions, type SessionKey, type TestPolicy, codeHashOf, grantKey, selectorOf, sessionOperation } from "./session-key.ts";
import { traceValidation } from "./tracer.ts";
import { describeViolation } from "./violation.ts";

const MOCK_ERC20 = parseAbi(["function mint(address to, uint256 amount)"]);
/** A Wednesday, ten minutes into an hour: no period ends while the tests run. */
const NOON = BigInt(Date.UTC(2027, 5, 9, 12, 10) / 1000);
const RECIPIENT: Address = "0x00000000000000000000000000000000000a11ce";
const SPENDER: Address = "0x0000000000000000000000000000000000005bed";
const CLEAN = { violations: [], isExecuted: true };
/** What the sponsor's data must begin with. */
const PREFIX: Hex = "0xc0ffee";

let chain: Chain;
let module: Address;
let tokenA: Address;
let tokenB: Address;
/** A token without a meter. */
let unmetered: Address;
let paymaster: Address;

beforeAll(async () => {
  chain = await startChain(["--timestamp", String(NOON)]);
  module = await deploy(chain, "SessionKeyModule", [await deploy(chain, "SessionKeyExtension", [await deploy(chain, "SignedGrantExtension")])]);
  tokenA = await deploy(chain, "MockERC20", ["A", "A"]);
  tokenB = await deploy(chain, "MockERC20", ["B", "B"]);
  unmetered = await deploy(chain, "MockERC20", ["C", "C"]);
  paymaster = await deploy(chain, "AcceptingPaymaster");
  for (const version of ENTRY_POINT_VERSIONS) await deposit(chain, version, paymaster);
});
afterAll(() => chain.stop());

const transfer = (amount: bigint) => encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [RECIPIENT, amount] });
const approve = (amount: bigint) => encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [SPENDER, amount] });
/** A function that any token has and that moves nothing. */
const totalSupply = encodeFunctionData({ abi: erc20Abi, functionName: "totalSupply" });

const permission = (kind: Permission["kind"], mark: Permission["mark"], target: Address, data: Hex, more: Partial<Permission> = {}): Permission => ({
  kind,
  mark,
  target,
  selector: data === "0x" ? "0x00000000" : selectorOf(data),
  maxValue: 0n,
  conditions: [],
  ...more,
});

/** Positions in the policy's permissions. */
const TRANSFER_A = 0;
const TRANSFER_B = 1;
const APPROVE_A = 2;
const ANY_TARGET = 3;
const ANY_SELECTOR = 4;
const PAY = 5;

/** Every rule at once: two meters on one token, a third on another, all lists, all limits, pinned code. */
async function fullPolicy(account: Address): Promise<TestPolicy> {
  return {
    settings: {
      validAfter: NOON - 3_600n,
      validUntil: NOON + 86_400n,
      nativeLimit: { amount: parseEther("1"), period: "day" },
      rateLimit: { count: 100n, period: "hour" },
      maxUses: 1_000n,
      cooldown: 1n,
    },
    header: {
      meters: [
        { token: tokenA, tag: 0, period: "day", cap: 1_000n },
        { token: tokenA, tag: 1, period: "month", cap: 10_000n },
        { token: tokenB, tag: 0, period: "lifetime", cap: 10n ** 24n },
        { token: tokenB, tag: 1, period: "operation", cap: 10n ** 24n },
      ],
      paymasters: [
        { address: paymaster, prefix: PREFIX, mode: "sponsor" },
        { address: paymaster, prefix: "0x", mode: "token", meterIndex: 2, rate: 2_000n * 10n ** 18n },
      ],
      pinnedCode: await codeHashOf(chain, account),
    },
    permissions: [
      permission("exact", "charged", tokenA, transfer(0n), { conditions: [[{ path: [{ step: "word", index: 0 }], operator: "equal", value: pad(RECIPIENT) }]] }),
      permission("exact", "charged", tokenB, transfer(0n)),
      permission("exact", "charged", tokenA, approve(0n), { conditions: [[{ path: [{ step: "word", index: 0 }], operator: "equal", value: pad(SPENDER) }]] }),
      permission("anyTarget", "movesNothing", zeroAddress, totalSupply),
      permission("anySelector", "movesNothing", unmetered, "0x"),
      permission("emptyCalldata", "movesNothing", RECIPIENT, "0x", { maxValue: parseEther("0.01") }),
    ],
  };
}

describe.each(ENTRY_POINT_VERSIONS)("on EntryPoint %s", (version) => {
  const entryPoint = ENTRY_POINTS[version];

  describe.each(ACCOUNT_KINDS)("a session key of the %s account", (kind) => {
    let account: TestAccount;
    let policy: TestPolicy;

    beforeAll(async () => {
      account = await makeAccount(chain, kind, version, module);
      policy = await fullPolicy(account.address);
      for (const token of [tokenA, tokenB]) {
        const mint = encodeFunctionData({ abi: MOCK_ERC20, args: [account.address, 10n ** 24n] });
        await sendAs(chain, chain.sender, token, mint);
      }
    });

    let snapshot: Hex;
    beforeEach(async () => void (snapshot = await chain.client.snapshot()));
    afterEach(() => chain.client.revert({ id: snapshot }));

    const newKey = () => grantKey(chain, version, account.address, module, policy);

    async function operation(session: SessionKey, calls: readonly Call[], options?: OperationOptions) {
      const { timestamp } = await chain.client.getBlock();
      return sessionOperation(chain, session, calls, { validAfter: timestamp - 1n, validUntil: timestamp + 60n }, options);
    }

    /** What the checker says of the operation, and whether it then does on chain what it is meant to do. */
    async function outcome(session: SessionKey, calls: readonly Call[], options?: OperationOptions) {
      const userOp = await operation(session, calls, options);
      const trace = await traceValidation(chain.client, entryPoint, userOp);
      const named = options?.paymasterAndData ? { paymaster } : {};
      const violations = checkTrace(trace, { entryPoint, sender: account.address, ...named }).map(describeViolation);
      return { violations, isExecuted: trace.completed && succeeded(await handleOp(chain, version, userOp)) };
    }

    /** Past the window of the last operation and the cooldown behind it. */
    const laterOn = async () => {
      await chain.client.increaseTime({ seconds: 100 });
      await chain.client.mine({ blocks: 1 });
    };

    it("breaks no rule with its first operation, nor with its second", async () => {
      const session = await newKey();
      expect(await outcome(session, [{ target: tokenA, data: transfer(1n), permission: TRANSFER_A }])).toEqual(CLEAN);
      await laterOn();
      expect(await outcome(session, [{ target: tokenA, data: transfer(2n), permission: TRANSFER_A }])).toEqual(CLEAN);
    });

    it("breaks no rule with a single call in batch mode, nor in try mode", async () => {
      const session = await newKey();
      const calls: Call[] = [{ target: tokenA, data: transfer(1n), permission: TRANSFER_A }];
      expect(await outcome(session, calls, { batch: true })).toEqual(CLEAN);
      await laterOn();
      expect(await outcome(session, calls, { tryMode: true, lane: 7n })).toEqual(CLEAN);
    });

    it("breaks no rule with a batch over every meter, whose leaves repeat", async () => {
      const calls: Call[] = [
        { target: tokenA, data: transfer(1n), permission: TRANSFER_A },
        { target: tokenA, data: transfer(2n), permission: "repeated" },
        { target: tokenB, data: transfer(3n), permission: TRANSFER_B },
        { target: tokenA, data: approve(4n), permission: APPROVE_A },
        { target: RECIPIENT, value: 5n, permission: PAY },
        { target: RECIPIENT, value: 6n, permission: "repeated" },
      ];
      const session = await newKey();
      expect(await outcome(session, calls)).toEqual(CLEAN);
      await laterOn();
      expect(await outcome(session, calls)).toEqual(CLEAN);
    });

    it("breaks no rule under a wildcard", async () => {
      const session = await newKey();
      expect(await outcome(session, [{ target: unmetered, data: totalSupply, permission: ANY_TARGET }])).toEqual(CLEAN);
      await laterOn();
      expect(await outcome(session, [{ target: unmetered, data: totalSupply, permission: ANY_SELECTOR }])).toEqual(CLEAN);
    });

    it("breaks no rule with a payment", async () => {
      expect(await outcome(await newKey(), [{ target: RECIPIENT, value: 1n, permission: PAY }])).toEqual(CLEAN);
    });

    it("breaks no rule with a sponsor, nor with a paymaster that takes tokens", async () => {
      const session = await newKey();
      const calls: Call[] = [{ target: tokenA, data: transfer(1n), permission: TRANSFER_A }];
      expect(await outcome(session, calls, { paymasterAndData: withPaymaster(paymaster, PREFIX) })).toEqual(CLEAN);
      await laterOn();
      expect(await outcome(session, calls, { paymasterAndData: withPaymaster(paymaster) })).toEqual(CLEAN);
    });

    it("breaks no rule in the day after", async () => {
      const session = await newKey();
      const calls: Call[] = [{ target: tokenA, data: transfer(1_000n), permission: TRANSFER_A }];
      await handleOp(chain, version, await operation(session, calls));
      await chain.client.setNextBlockTimestamp({ timestamp: NOON + 43_200n });
      await chain.client.mine({ blocks: 1 });
      expect(await outcome(session, calls)).toEqual(CLEAN);
    });

    it("breaks no rule with a wrong signature, which is refused without one", async () => {
      const signedBy = privateKeyToAccount(generatePrivateKey());
      const userOp = await operation(await newKey(), [{ target: tokenA, data: transfer(1n), permission: TRANSFER_A }], { signedBy });
      const trace = await traceValidation(chain.client, entryPoint, userOp);
      expect(trace.completed).toBe(false);
      expect(checkTrace(trace, { entryPoint, sender: account.address }).map(describeViolation)).toEqual([]);
      await expect(handleOp(chain, version, userOp)).rejects.toThrow("AA24 signature error");
    });

    it("is really looked at: for another sender the same slots are nobody's", async () => {
      const userOp = await operation(await newKey(), [{ target: tokenA, data: transfer(1n), permission: TRANSFER_A }]);
      const trace = await traceValidation(chain.client, entryPoint, userOp);
      const strangers = trace.events.map((event) => (event.type === "hash" ? { ...event, firstWord: event.firstWord ^ 1n } : event));
      const violations = checkTrace({ ...trace, events: strangers }, { entryPoint, sender: account.address });
      // written are the usage word, and the meter word of token A's second meter
      expect(new Set(violations.map(({ rule, contract }) => `${rule} ${contract}`))).toEqual(new Set([`STO-021 ${module}`]));
      expect(violations.filter(({ detail }) => detail.startsWith("SSTORE")).length).toBe(2);
    });
  });
});
