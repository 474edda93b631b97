import { type Address, type Hex, encodeFunctionData, erc20Abi, parseAbi, parseEther, zeroAddress } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployModule } from "../../deploy/deployModule.ts";
import { ACCOUNT_KINDS, type TestAccount, makeAccount } from "./accounts.ts";
import { type Chain, abiOf, deploy, handleOp, sendAs, startChain, succeeded } from "./chain.ts";
import { checkTrace } from "./check.ts";
import { ENTRY_POINTS, ENTRY_POINT_VERSIONS } from "./entry-points.ts";
import { type Call, type SessionKey, type TestPolicy, grantKey, selectorOf, sessionOperation } from "./session-key.ts";
import { traceValidation } from "./tracer.ts";
import { describeViolation } from "./violation.ts";

const MOCK_ERC20 = parseAbi(["function mint(address to, uint256 amount)"]);
/** A Wednesday, ten minutes into an hour: no period ends while the tests run. */
const NOON = BigInt(Date.UTC(2027, 5, 9, 12, 10) / 1000);
/** Even as a number, as the mock checker wants the first argument. */
const RECIPIENT: Address = "0x00000000000000000000000000000000000a11ce";
const CLEAN = { violations: [], isExecuted: true };
const DAY = 4n;

let chain: Chain;
let module: Address;
let token: Address;
let stateless: Address;
let clock: Address;

beforeAll(async () => {
  chain = await startChain(["--timestamp", String(NOON)]);
  module = await deployModule((name, args) => deploy(chain, name, args));
  token = await deploy(chain, "MockERC20", ["A", "A"]);
  stateless = await deploy(chain, "MockChecker");
  clock = await deploy(chain, "ClockChecker");
});
afterAll(() => chain.stop());

const transfer = (amount: bigint): Hex => encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [RECIPIENT, amount] });

/** Numbered meters in both places, a further rate limit, and a checker. */
const policyWith = (checker: Address): TestPolicy => ({
  settings: {
    validAfter: NOON - 3_600n,
    validUntil: NOON + 86_400n,
    nativeLimit: { amount: parseEther("1"), period: "day" },
    rateLimit: { count: 100n, period: "hour" },
    maxUses: 1_000n,
    cooldown: 0n,
  },
  header: {
    meters: [
      { token: "0x0000000000000000000000000000000000000001", tag: 0, period: "day", cap: 1_000n },
      { token: "0x0000000000000000000000000000000000000002", tag: 255, period: "week", cap: 50n },
    ],
    paymasters: [],
    checker,
    pinnedCode: undefined,
  },
  permissions: [
    {
      kind: "exact",
      mark: "uncapped",
      target: token,
      selector: selectorOf(transfer(0n)),
      maxValue: 0n,
      conditions: [],
      charges: [{ meterIndex: 0, source: "amount", path: "0x0101" }],
    },
  ],
});

describe.each(ENTRY_POINT_VERSIONS)("on EntryPoint %s", (version) => {
  const entryPoint = ENTRY_POINTS[version];

  describe.each(ACCOUNT_KINDS)("the %s account, with ceilings on native and on the token", (kind) => {
    let account: TestAccount;

    beforeAll(async () => {
      account = await makeAccount(chain, kind, version, module);
      await sendAs(chain, chain.sender, token, encodeFunctionData({ abi: MOCK_ERC20, args: [account.address, 10n ** 24n] }));
      const abi = await abiOf("SessionKeyAdministration");
      for (const args of [
        [zeroAddress, DAY, parseEther("1")],
        [token, DAY, 1_000n],
      ]) {
        await sendAs(chain, account.address, module, encodeFunctionData({ abi, functionName: "setCeiling", args }));
      }
    });

    async function outcome(session: SessionKey, calls: readonly Call[]) {
      const { timestamp } = await chain.client.getBlock();
      const userOp = await sessionOperation(chain, session, calls, { validAfter: timestamp - 1n, validUntil: timestamp + 60n });
      const trace = await traceValidation(chain.client, entryPoint, userOp);
      const violations = checkTrace(trace, { entryPoint, sender: account.address });
      return { violations, isExecuted: trace.completed && succeeded(await handleOp(chain, version, userOp)) };
    }

    it("breaks no rule with a stateless checker, in the first and in a later operation", async () => {
      const session = await grantKey(chain, version, account.address, module, policyWith(stateless));
      const call: Call = { target: token, data: transfer(1n), permission: 0 };
      expect(await outcome(session, [call])).toEqual(CLEAN);
      expect(await outcome(session, [call, { ...call, permission: "repeated" }])).toEqual(CLEAN);
    });

    it("is told apart from one whose checker reads the clock", async () => {
      const session = await grantKey(chain, version, account.address, module, policyWith(clock));
      const { violations, isExecuted } = await outcome(session, [{ target: token, data: transfer(1n), permission: 0 }]);
      expect(violations.map(describeViolation).join()).toContain("TIMESTAMP");
      expect(isExecuted).toBe(true);
    });
  });
});
