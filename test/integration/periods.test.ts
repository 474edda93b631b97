import { type Abi, type Address, type Hex, encodeFunctionData, erc20Abi, parseAbi, parseGwei } from "viem";
import { entryPoint07Abi, type PackedUserOperation } from "viem/account-abstraction";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Permission } from "../../ts-sdk/src/policy/permissions.ts";
import type { Period } from "../../ts-sdk/src/policy/periods.ts";
import { makeAccount } from "../erc7562/accounts.ts";
import { BENEFICIARY, type Chain, abiOf, deploy, deposit, send, sendAs, startChain, succeeded } from "../erc7562/chain.ts";
import { ENTRY_POINTS, ENTRY_POINT_VERSIONS } from "../erc7562/entry-points.ts";
import { withPaymaster } from "../erc7562/operations.ts";
import { type Call, type SessionKey, type TestPolicy, type Window, grantKey, selectorOf, sessionOperation } from "../erc7562/session-key.ts";
import { BOUNDARIES, type CalendarPeriod, NO_BOUNDARIES, secondsOf } from "./boundaries.ts";
import { type Refusal, readRefusal } from "./refusal.ts";

const MOCK_ERC20 = parseAbi(["function mint(address to, uint256 amount)"]);
const PERIODS = Object.keys(BOUNDARIES) as CalendarPeriod[];
const RECIPIENT: Address = "0x00000000000000000000000000000000000a11ce";
/** Before everything that is tested. */
const GENESIS = secondsOf("1999-06-01T00:00:00");
const KEY_EXPIRES = secondsOf("2300-01-01T00:00:00");
const NEVER = 2 ** 48 - 1;

const TOKEN_CAP = 100n;
const NATIVE_CAP = parseGwei("1000");
/** One call more than {@link spendEverything} makes. */
const RATE_LIMIT = 4n;

/** Positions in the policy's permissions. */
const TRANSFER_A = 0;
const TRANSFER_B = 1;
const PAY = 2;

let chain: Chain;
let module: Address;
let moduleAbi: Abi;
let tokenA: Address;
let tokenB: Address;
let sponsor: Address;

beforeAll(async () => {
  chain = await startChain(["--timestamp", String(GENESIS)]);
  module = await deploy(chain, "SessionKeyModule", [await deploy(chain, "SessionKeyExtension", [await deploy(chain, "SignedGrantExtension")])]);
  moduleAbi = await abiOf("SessionKeyModule");
  tokenA = await deploy(chain, "MockERC20", ["A", "A"]);
  tokenB = await deploy(chain, "MockERC20", ["B", "B"]);
  sponsor = await deploy(chain, "AcceptingPaymaster");
});
afterAll(() => chain.stop());

const transfer = (amount: bigint) => encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [RECIPIENT, amount] });

const spendA = (amount: bigint): Call => ({ target: tokenA, data: transfer(amount), permission: TRANSFER_A });
const spendB = (amount: bigint): Call => ({ target: tokenB, data: transfer(amount), permission: TRANSFER_B });
const pay = (value: bigint): Call => ({ target: RECIPIENT, value, permission: PAY });
/** Every cap to its last unit; the rate limit all but one call. */
const spendEverything = () => [spendA(TOKEN_CAP), spendB(TOKEN_CAP), pay(NATIVE_CAP)];

/** The period of each kind of counter: native, rate, the first meter and a later one. */
type Calendar = Record<"native" | "rate" | "tokenA" | "tokenB", Period>;

function policyOf({ native, rate, ...meters }: Calendar): TestPolicy {
  const permission = { conditions: [], maxValue: 0n, mark: "charged", kind: "exact", selector: selectorOf(transfer(0n)) } as const;
  const permissions: readonly Permission[] = [
    { ...permission, target: tokenA },
    { ...permission, target: tokenB },
    { ...permission, target: RECIPIENT, kind: "emptyCalldata", mark: "movesNothing", selector: "0x00000000", maxValue: NATIVE_CAP * 2n },
  ];
  return {
    settings: {
      validAfter: GENESIS,
      validUntil: KEY_EXPIRES,
      nativeLimit: { amount: NATIVE_CAP, period: native },
      rateLimit: rate === "operation" ? undefined : { count: RATE_LIMIT, period: rate },
      maxUses: 0n,
      cooldown: 0n,
    },
    header: {
      meters: [
        { token: tokenA, tag: 0, period: meters.tokenA, cap: TOKEN_CAP },
        { token: tokenB, tag: 0, period: meters.tokenB, cap: TOKEN_CAP },
      ],
      // A sponsor, so that gas is in nobody's way.
      paymasters: [{ address: sponsor, prefix: "0x", mode: "sponsor" }],
      pinnedCode: undefined,
    },
    permissions,
  };
}

describe.each(ENTRY_POINT_VERSIONS)("on EntryPoint %s", (version) => {
  const entryPoint = ENTRY_POINTS[version];
  /** How long after `validAfter` an operation is due: v0.7 takes that very second, v0.8 and v0.9 the one after it. */
  const lag = version === "v0.7" ? 0n : 1n;
  let account: Address;
  let snapshot: Hex;
  let lane = 0n;

  beforeAll(async () => {
    account = (await makeAccount(chain, "7702", version, module)).address;
    await deposit(chain, version, sponsor);
    for (const token of [tokenA, tokenB]) {
      await sendAs(chain, chain.sender, token, encodeFunctionData({ abi: MOCK_ERC20, args: [account, 10n ** 9n] }));
    }
  });
  beforeEach(async () => void (snapshot = await chain.client.snapshot()));
  afterEach(() => chain.client.revert({ id: snapshot }));

  const keyOf = (calendar: Calendar) => grantKey(chain, version, account, module, policyOf(calendar));
  const keyWith = (period: Period) => keyOf({ native: period, rate: period, tokenA: period, tokenB: period });

  /** Each operation in a lane of its own, so that none waits for another's nonce. */
  const sign = (session: SessionKey, window: Window, calls: readonly Call[]) =>
    sessionOperation(chain, session, calls, window, { lane: ++lane, paymasterAndData: withPaymaster(sponsor) });

  const bundle = (userOp: PackedUserOperation) =>
    encodeFunctionData({ abi: entryPoint07Abi, functionName: "handleOps", args: [[userOp], BENEFICIARY] });

  /** Puts the operation into a block of that time, and sees it executed. */
  async function execute(time: bigint, userOp: PackedUserOperation): Promise<void> {
    await chain.client.setNextBlockTimestamp({ timestamp: time });
    const receipt = await send(chain, { to: entryPoint, data: bundle(userOp), gas: 2_000_000n });
    expect((await chain.client.getBlock({ blockHash: receipt.blockHash })).timestamp).toBe(time);
    expect(succeeded(receipt)).toBe(true);
  }

  /** What the EntryPoint says to the operation in a block of that time; nothing if it takes it. */
  async function refusal(time: bigint, userOp: PackedUserOperation): Promise<Refusal | undefined> {
    try {
      await chain.client.call({ account: chain.sender, to: entryPoint, data: bundle(userOp), blockOverrides: { time } });
      return undefined;
    } catch (error) {
      return readRefusal(error, moduleAbi);
    }
  }

  /** One unit more of each counter is refused, by the error of its limit, which names the reset. */
  async function expectNothingLeft(time: bigint, session: SessionKey, window: Window, resetsAt: number): Promise<void> {
    const over: [readonly Call[], string, readonly unknown[]][] = [
      [[spendA(1n)], "SpendingLimitExceeded", [tokenA, 0n, TOKEN_CAP, TOKEN_CAP, 1n, BigInt(resetsAt)]],
      [[spendB(1n)], "SpendingLimitExceeded", [tokenB, 0n, TOKEN_CAP, TOKEN_CAP, 1n, BigInt(resetsAt)]],
      [[pay(1n)], "NativeLimitExceeded", [NATIVE_CAP, NATIVE_CAP, 1n, BigInt(resetsAt)]],
      [[pay(0n), pay(0n)], "RateLimitExceeded", [RATE_LIMIT, RATE_LIMIT - 1n, 2n, BigInt(resetsAt)]],
    ];
    for (const [calls, error, args] of over) {
      expect(await refusal(time, await sign(session, window, calls))).toEqual({ reason: "AA23 reverted", error, args });
    }
  }

  describe.each(PERIODS)("a limit per %s", (period) => {
    it.each(BOUNDARIES[period])("is spent in the last second before %s and whole in the first behind it", async (utc) => {
      const boundary = secondsOf(utc);
      const session = await keyWith(period);
      const before = { validAfter: boundary - 2n, validUntil: boundary - 1n };
      const after = { validAfter: boundary, validUntil: boundary + 1n };

      await execute(boundary - 1n, await sign(session, before, spendEverything()));
      await expectNothingLeft(boundary - 1n, session, before, Number(boundary));

      // The budget of the next window is out of reach: not by a window that spans both, nor by coming early.
      const spanning = await sign(session, { validAfter: boundary - 1n, validUntil: boundary }, [spendA(1n)]);
      expect(await refusal(boundary - 1n, spanning)).toMatchObject({ error: "WindowCrossesPeriod" });
      const next = await sign(session, after, spendEverything());
      expect(await refusal(boundary + lag - 1n, next)).toEqual({ reason: "AA22 expired or not due", error: undefined, args: [] });

      await execute(boundary + lag, next);
      expect(await refusal(boundary + lag, await sign(session, after, [spendA(1n)]))).toMatchObject({ error: "SpendingLimitExceeded" });
    });

    it.each(NO_BOUNDARIES[period])("goes on over %s", async (utc) => {
      const instant = secondsOf(utc);
      const session = await keyWith(period);
      const window = { validAfter: instant - 2n, validUntil: instant + 1n };
      await execute(instant - 1n, await sign(session, window, [spendA(TOKEN_CAP - 1n)]));
      await execute(instant, await sign(session, window, [spendA(1n)]));
      expect(await refusal(instant + 1n, await sign(session, window, [spendA(1n)]))).toMatchObject({ error: "SpendingLimitExceeded" });
    });
  });

  it("each limit of a key keeps its own calendar", async () => {
    const session = await keyOf({ rate: "hour", native: "day", tokenA: "week", tokenB: "month" });
    const at = (utc: string) => ({ validAfter: secondsOf(utc), validUntil: secondsOf(utc) + 1n });
    const spend = async (utc: string, calls: readonly Call[]) => execute(secondsOf(utc) + 1n, await sign(session, at(utc), calls));
    const errorOf = async (utc: string, calls: readonly Call[]) =>
      (await refusal(secondsOf(utc) + 1n, await sign(session, at(utc), calls)))?.error;

    await spend("2027-05-29T13:59:58", spendEverything());

    const nextHour = "2027-05-29T14:00:00";
    await spend(nextHour, [pay(0n), pay(0n)]);
    expect(await errorOf(nextHour, [pay(1n)])).toBe("NativeLimitExceeded");
    expect(await errorOf(nextHour, [spendA(1n)])).toBe("SpendingLimitExceeded");
    expect(await errorOf(nextHour, [spendB(1n)])).toBe("SpendingLimitExceeded");

    const nextDay = "2027-05-30T00:00:00";
    await spend(nextDay, [pay(NATIVE_CAP)]);
    expect(await errorOf(nextDay, [spendA(1n)])).toBe("SpendingLimitExceeded");
    expect(await errorOf(nextDay, [spendB(1n)])).toBe("SpendingLimitExceeded");

    const monday = "2027-05-31T00:00:00";
    await spend(monday, [spendA(TOKEN_CAP)]);
    expect(await errorOf(monday, [spendB(1n)])).toBe("SpendingLimitExceeded");

    const nextMonth = "2027-06-01T00:00:00";
    await spend(nextMonth, [spendB(TOKEN_CAP)]);
    expect(await errorOf(nextMonth, [spendA(1n)])).toBe("SpendingLimitExceeded");
  });

  it("a limit over the key's lifetime never resets", async () => {
    const session = await keyWith("lifetime");
    const [first, last] = [secondsOf("1999-12-31T23:59:59"), secondsOf("2100-03-01T00:00:00")];
    await execute(first, await sign(session, { validAfter: first - 1n, validUntil: first }, spendEverything()));
    await expectNothingLeft(last, session, { validAfter: last - 1n, validUntil: last }, NEVER);
    // There is no window of a lifetime that an operation could cross.
    const decades = await sign(session, { validAfter: first - 1n, validUntil: last }, [pay(0n)]);
    expect(await refusal(last, decades)).toBeUndefined();
  });

  it("a limit per operation is whole for each, and for no more than it", async () => {
    const session = await keyWith("operation");
    const time = secondsOf("2026-11-21T12:00:00");
    const window = { validAfter: time - 1n, validUntil: time + 100n };
    await execute(time, await sign(session, window, spendEverything()));
    await execute(time + 1n, await sign(session, window, spendEverything()));
    const twice = await sign(session, window, [spendA(TOKEN_CAP), { ...spendA(1n), permission: "repeated" }]);
    expect(await refusal(time + 2n, twice)).toEqual({
      reason: "AA23 reverted",
      error: "SpendingLimitExceeded",
      args: [tokenA, 0n, TOKEN_CAP, 0n, TOKEN_CAP + 1n, BigInt(NEVER)],
    });
  });
});
