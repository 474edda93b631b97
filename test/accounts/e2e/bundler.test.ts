import { type Address, createPublicClient, encodeFunctionData, type Hex, http, parseEther, parseUnits } from "viem";
import { createBundlerClient, toPackedUserOperation, type UserOperation } from "viem/account-abstraction";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENTRY_POINTS } from "../../../bench/chain.ts";
import { type Stack, startStack } from "../../../bundler-local/src/index.ts";
import {
  definePolicy,
  encodeGrantSessionKey,
  encodeInstallModule,
  equals,
  findAccount,
  findRefusal,
  type GrantSigner,
  isModuleInstalled,
  prepareGrantEntry,
  readKeyState,
  type SessionKeyAccount,
  signGrant,
  toOwnersGrantSigner,
  toSessionKeyAccount,
  type ToSessionKeyAccountParameters,
  toSetOwner,
} from "../../../ts-sdk/src/index.ts";
import { type TestClient } from "../../erc7562/anvil.ts";
import { checkTrace } from "../../erc7562/check.ts";
import { traceValidation } from "../../erc7562/tracer.ts";
import { describeViolation } from "../../erc7562/violation.ts";
import { ROWS } from "../matrix.ts";
import { accountChain, createAccount, dollarsOf, endow, newKey } from "../stack.ts";
import { tokenAbi } from "../world.ts";

const CAP = parseUnits("100", 6);
const POLLING = 100;
/** An operation that landed and did what it says, after a validation without fault. */
const DONE = { completed: true, violations: [], success: true };

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ anyCodeSize: true });
});
afterAll(() => stack?.stop());

/** Every account on every EntryPoint that it knows, once. */
const PLACES = [...new Map(ROWS.map((row) => [`${row.kind} ${row.version}`, row])).values()];

describe.concurrent.each(PLACES)("$title, EntryPoint v$version, through Alto", ({ kind, version }) => {
  it("acts by a session key, breaks no rule of ERC-7562, and is refused above the cap", async () => {
    const { module, client, bundler, call, open, act, trace, received } = await scene(kind, version);
    const session = await open();
    expect(session.entryPoint.version).toBe(version);

    expect(await act(session, [1n])).toEqual(DONE);
    expect(await act(session, [2n, 3n], 1n)).toEqual(DONE);
    expect(await received()).toBe(6n);

    const refusal = await bundler.sendUserOperation({ account: session, calls: [call(CAP - 5n)] }).catch(findRefusal);
    expect(refusal).toMatchObject({ code: "SpendingLimitExceeded", attempted: CAP - 5n, left: CAP - 6n });

    // A thief asks nobody beforehand.
    const thief = await open({ precheck: false });
    const gas = { callGasLimit: 300_000n, verificationGasLimit: 450_000n, preVerificationGas: 100_000n };
    const stolen = await bundler.prepareUserOperation({ account: thief, calls: [call(CAP - 5n)], ...gas });
    const signature = await thief.signUserOperation(stolen);
    expect(await trace({ ...stolen, signature } as UserOperation)).toEqual({ completed: false, violations: [] });
    await expect(
      bundler.sendUserOperation({ ...stolen, signature, entryPointAddress: thief.entryPoint.address }),
    ).rejects.toThrow(/AA23/);
    expect(await received()).toBe(6n);
    expect((await readKeyState(client, { module, account: session.address, key: session.key })).usage.uses).toBe(3n);
  });

  it("carries a grant that its owner signed off chain, and breaks no rule of ERC-7562 with it", async () => {
    const { open, act, received, grantSigner, entry } = await scene(kind, version);
    const signer = newKey();
    const deadline = BigInt(Math.floor(Date.now() / 1000) + 3600);
    const [carriedGrant] = await signGrant({ owner: await grantSigner(), entries: [await entry(signer.address)], deadline });
    const session = await open({ signer, ...(carriedGrant && { carriedGrant }) });
    expect(await act(session, [7n])).toEqual(DONE);
    expect(await act(session, [8n])).toEqual(DONE);
    expect(await received()).toBe(15n);
  });
});

/** An account with a session key that may pay a shop. */
async function scene(kind: (typeof ROWS)[number]["kind"], version: (typeof ROWS)[number]["version"]) {
  const { chain: viemChain, rpcUrl, bundlerUrl } = stack;
  const { sessionKeyModule: module, usdc } = stack.addresses;
  const client = createPublicClient({ chain: viemChain, transport: http(rpcUrl), pollingInterval: POLLING, cacheTime: 0 });
  const bundler = createBundlerClient({ client, transport: http(bundlerUrl), pollingInterval: POLLING });
  const chain = accountChain(stack);
  const agent = newKey();
  const shop = newKey().address;
  const owner = newKey();
  const { address: account, ownerValidator } = await createAccount(chain, stack, kind, version, owner);
  await endow(chain, stack, account);

  const asAccount = ({ to, data }: { to: Address; data: Hex }) => chain.send({ from: account, to, data });
  const { adapter, accountId } = await findAccount(client, { account });
  for (const type of ["validator", "executor"] as const) {
    if (await isModuleInstalled(client, { account, module, type })) continue;
    await asAccount(encodeInstallModule({ account, adapter, module, type, ownerValidator }));
  }
  const policy = definePolicy({
    validUntil: Math.floor(Date.now() / 1000) + 24 * 3600,
    nativeLimit: { amount: parseEther("10"), period: "year" },
    tokenLimits: [{ token: usdc, amount: CAP, period: "year" }],
    callPolicies: [{ target: usdc, abi: tokenAbi, functionName: "transfer", args: { to: equals(shop) } }],
  });
  const { control, settings } = await readKeyState(client, { module, account, key: agent.address });
  await asAccount(encodeGrantSessionKey({ module, key: agent.address, policy, epoch: control.epoch, serial: settings.serial + 1n }));

  const trace = async (operation: UserOperation) => {
    const entryPoint = ENTRY_POINTS[version];
    const traced = await traceValidation(chain.client as TestClient, entryPoint, toPackedUserOperation(operation));
    return { completed: traced.completed, violations: checkTrace(traced, { entryPoint, sender: account }).map(describeViolation) };
  };
  const call = (amount: bigint) => ({
    to: usdc,
    data: encodeFunctionData({ abi: tokenAbi, functionName: "transfer", args: [shop, amount] }),
  });

  return {
    module,
    client,
    bundler,
    call,
    trace,
    open: (options: Partial<ToSessionKeyAccountParameters> = {}): Promise<SessionKeyAccount> =>
      toSessionKeyAccount({ client, bundler, account, module, policy, signer: agent, ...options }),
    /** Pays the shop by one operation: what the checker says of it, and how it ended. */
    async act(session: SessionKeyAccount, amounts: readonly bigint[], key = 0n) {
      const nonce = await session.getNonce({ key });
      const operation = await bundler.prepareUserOperation({ account: session, calls: amounts.map(call), nonce });
      const signed = { ...operation, signature: await session.signUserOperation(operation) };
      const traced = await trace(signed as UserOperation);
      const hash = await bundler.sendUserOperation({ ...signed, entryPointAddress: session.entryPoint.address });
      const { success } = await bundler.waitForUserOperationReceipt({ hash });
      return { ...traced, success };
    },
    received: () => dollarsOf(chain, stack, shop),
    entry: (key: Address) => prepareGrantEntry(client, { module, account, key, policy }),
    grantSigner: async (): Promise<GrantSigner> =>
      kind === "factory"
        ? toOwnersGrantSigner([toSetOwner(owner)])
        : adapter.toGrantSigner(owner, { account, chainId: stack.chainId, accountId }),
  };
}
