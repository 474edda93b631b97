import { createBundlerClient, type SmartAccount } from "viem/account-abstraction";
import { type Address, encodeFunctionData, erc20Abi, http } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type CallRequest, definePolicy, findRefusal, grantSessionKey, type Policy } from "../../../ts-sdk/src/index.ts";
import { createSignerAgent, type SignerOwnedAccount, toSignerOwnerAccount, toSignerSessionAccount } from "../../src/client/index.ts";
import { type OnStack, type OpenedSession, startOnStack } from "./onStack.ts";

/** A session's key in the signer whose policy measures what leaves the account: the signer counts the calls, the chain what they did. */

let on: OnStack;
let account: SignerOwnedAccount;
let session: OpenedSession;
let policy: Policy;
beforeAll(async () => {
  on = await startOnStack();
  const { usdc } = on.stack.addresses;
  account = await on.createAccount();
  session = await on.openSession(account, { max_per_tx: "60", max_total: "1000" });
  await on.fund(account, 1_000n);
  policy = definePolicy({
    validUntil: (await on.reader().getBlock()).timestamp + 3_600n,
    nativeLimit: { amount: 10n ** 18n, period: "year" },
    tokenLimits: [{ token: usdc, amount: 100n, period: "year" }],
    measured: {},
    callPolicies: [{ target: usdc, abi: erc20Abi, functionName: "transfer" }],
  });
  const owner = await toSignerOwnerAccount({ client: on.reader(), owner: on.owner, account });
  await on.deploy(owner);
  await grantSessionKey(bundlerOf(owner), { module: account.module, key: session.session_key, policy });
});
afterAll(() => on?.stop());

const bundlerOf = <account extends SmartAccount>(as: account) =>
  createBundlerClient({ account: as, client: on.reader(), transport: http(on.stack.bundlerUrl), pollingInterval: 100 });
const agent = () =>
  toSignerSessionAccount({
    client: on.reader(),
    bundler: createBundlerClient({ client: on.reader(), transport: http(on.stack.bundlerUrl) }),
    policy,
    agent: createSignerAgent({ url: on.signer.running.url, token: session.token }),
  });
const pays = (amount: bigint): CallRequest => ({
  to: on.stack.addresses.usdc,
  data: encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [on.stack.accounts.liquidityProvider.address as Address, amount] }),
});

const pay = async (...calls: CallRequest[]): Promise<boolean> => {
  const bundler = bundlerOf(await agent());
  return (await bundler.waitForUserOperationReceipt({ hash: await bundler.sendUserOperation({ calls }) })).success;
};

it("is held to the signer's cap where that is the stricter one", async () => {
  await expect(pay(pays(30n), pays(31n))).rejects.toThrow(/Asked for 61 units/);
});

it("pays within its frame, and is charged on chain", async () => {
  expect(await pay(pays(20n), pays(40n))).toBe(true);
  expect((await (await agent()).readKeyState()).usage.meterSpent).toBe(60n);
});

it("is held to the chain's cap where that is the stricter one", async () => {
  const refusal = findRefusal(await pay(pays(41n)).catch((error: unknown) => error));
  expect(refusal).toMatchObject({ code: "SpendingLimitExceeded", used: 60n, attempted: 41n });
  expect(await pay(pays(40n))).toBe(true);
});
