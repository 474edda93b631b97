import { type Address, type Hex, encodeFunctionData, erc20Abi, parseAbi, parseEther, parseEventLogs } from "viem";
import { entryPoint07Abi, type PackedUserOperation } from "viem/account-abstraction";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployModule } from "../../deploy/deployModule.ts";
import { frameCalls } from "../../ts-sdk/src/operation/frame.ts";
import { keyIdOf } from "../../ts-sdk/src/policy/signer.ts";
import { type TestAccount, makeAccount } from "./accounts.ts";
import { BENEFICIARY, type Chain, abiOf, deploy, send, sendAs, startChain } from "./chain.ts";
import { ENTRY_POINTS, ENTRY_POINT_VERSIONS } from "./entry-points.ts";
import { packOperation } from "./operations.ts";
import { type Call, type SessionKey, type TestPolicy, encodeExecute, grantKey, selectorOf, sessionOperation } from "./session-key.ts";

const MOCK_ERC20 = parseAbi(["function mint(address to, uint256 amount)"]);
const REVOKE = parseAbi(["function revoke(address account, bytes32 keyId)"]);
const RECIPIENT: Address = "0x00000000000000000000000000000000000a11ce";
const transfer = (amount: bigint) => encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [RECIPIENT, amount] });
const pull = (from: Address, amount: bigint) => encodeFunctionData({ abi: erc20Abi, functionName: "transferFrom", args: [from, RECIPIENT, amount] });

let chain: Chain;
let module: Address;
let token: Address;
beforeAll(async () => {
  chain = await startChain();
  module = await deployModule((name, args) => deploy(chain, name, args));
  token = await deploy(chain, "MockERC20", ["A", "A"]);
});
afterAll(() => chain.stop());

/** 100 of the token in a lifetime; what `transferFrom` moves is measured only. */
async function measuredPolicy(): Promise<TestPolicy> {
  const { timestamp } = await chain.client.getBlock();
  const exact = { kind: "exact", target: token, maxValue: 0n, conditions: [] } as const;
  return {
    settings: {
      validAfter: timestamp - 3_600n,
      validUntil: timestamp + 86_400n,
      nativeLimit: { amount: parseEther("1"), period: "lifetime" },
      rateLimit: undefined,
      maxUses: 0n,
      cooldown: 0n,
      measured: true,
    },
    header: { meters: [{ token, tag: 0, period: "lifetime", cap: 100n }], paymasters: [], pinnedCode: undefined },
    permissions: [
      { ...exact, mark: "charged", selector: selectorOf(transfer(0n)) },
      { ...exact, mark: "uncapped", selector: selectorOf(pull(RECIPIENT, 0n)) },
    ],
  };
}

describe.each(ENTRY_POINT_VERSIONS)("a bundle on EntryPoint %s", (version) => {
  const entryPoint = ENTRY_POINTS[version];
  let account: TestAccount;

  async function measured(session: SessionKey, inner: readonly Call[], lane = 0n): Promise<PackedUserOperation> {
    const { timestamp } = await chain.client.getBlock();
    const plain = inner.map(({ target, value = 0n, data = "0x" }) => ({ to: target, value, data }));
    const calls = frameCalls(module, plain).map(({ to, value, data }): Call => ({ target: to, value, data, permission: 0 }));
    return sessionOperation(chain, session, calls, { validAfter: timestamp - 1n, validUntil: timestamp + 60n }, { covered: inner, lane });
  }

  /** One call, by the owner's signature. */
  async function byOwner(target: Address, data: Hex, nonce = 0n): Promise<PackedUserOperation> {
    const userOp = packOperation(account.address, nonce, { callData: encodeExecute([{ target, data, permission: 0 }]) });
    const hash = await chain.client.readContract({ address: entryPoint, abi: entryPoint07Abi, functionName: "getUserOpHash", args: [userOp] });
    return { ...userOp, signature: await account.owner.sign({ hash }) };
  }

  /** Whether each operation's calls succeeded, in their order. */
  async function bundle(ops: readonly PackedUserOperation[]): Promise<boolean[]> {
    const data = encodeFunctionData({ abi: entryPoint07Abi, functionName: "handleOps", args: [ops, BENEFICIARY] });
    const { logs } = await send(chain, { to: entryPoint, data, gas: 10_000_000n });
    return parseEventLogs({ abi: entryPoint07Abi, eventName: "UserOperationEvent", logs }).map(({ args }) => args.success);
  }

  const spent = async (session: SessionKey): Promise<bigint> => {
    const state = (await chain.client.readContract({
      address: module,
      abi: await abiOf("ISessionKeyModule"),
      functionName: "keyState",
      args: [account.address, keyIdOf(session.key.address), []],
    })) as { usage: bigint };
    return (state.usage >> 92n) & ((1n << 96n) - 1n);
  };

  beforeAll(async () => {
    account = await makeAccount(chain, "7702", version, module);
    await sendAs(chain, chain.sender, token, encodeFunctionData({ abi: MOCK_ERC20, args: [account.address, 10n ** 6n] }));
    const allow = encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [account.address, 10n ** 6n] });
    await sendAs(chain, account.address, token, allow);
  });

  it("charges each of several keys what its own operations took, and nobody what the owner took between them", async () => {
    const policy = await measuredPolicy();
    const first = await grantKey(chain, version, account.address, module, policy);
    const second = await grantKey(chain, version, account.address, module, policy);
    const pulls = (amount: bigint): Call => ({ target: token, data: pull(account.address, amount), permission: 1 });
    const ops = [
      await measured(first, [{ target: token, data: transfer(10n), permission: 0 }, pulls(20n)]),
      await byOwner(token, transfer(5_000n)),
      await measured(second, [pulls(100n)], 1n),
      await measured(first, [pulls(40n)], 2n),
      await measured(first, [pulls(31n)], 3n),
    ];
    expect(await bundle(ops)).toEqual([true, true, true, true, false]);
    expect([await spent(first), await spent(second)]).toEqual([70n, 100n]);
  });

  it("stops a measured operation whose key the owner has revoked before it, and no other", async () => {
    const policy = await measuredPolicy();
    const [kept, revoked] = [await grantKey(chain, version, account.address, module, policy), await grantKey(chain, version, account.address, module, policy)];
    const call: Call = { target: token, data: transfer(1n), permission: 0 };
    const revoke = encodeFunctionData({ abi: REVOKE, args: [account.address, keyIdOf(revoked.key.address)] });
    const nonce = await chain.client.readContract({ address: entryPoint, abi: entryPoint07Abi, functionName: "getNonce", args: [account.address, 0n] });
    const ops = [await measured(revoked, [call], 11n), await byOwner(module, revoke, nonce), await measured(revoked, [call], 12n), await measured(kept, [call], 13n)];
    expect(await bundle(ops)).toEqual([true, true, false, true]);
  });
});
