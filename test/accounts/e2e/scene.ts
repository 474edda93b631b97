import { type Address, createPublicClient, encodeFunctionData, type Hex, http, parseAbi, parseEther, parseUnits } from "viem";
import { createBundlerClient, toPackedUserOperation, type UserOperation } from "viem/account-abstraction";
import { ENTRY_POINTS } from "../../../bench/chain.ts";
import type { Stack } from "../../../bundler-local/src/index.ts";
import {
  definePolicy,
  encodeGrantSessionKey,
  encodeInstallModule,
  equals,
  findAccount,
  type GrantSigner,
  isModuleInstalled,
  prepareGrantEntry,
  readKeyState,
  type SessionKeyAccount,
  signGrant,
  toNestedGrantSigner,
  toOwnersGrantSigner,
  toSessionKeyAccount,
  type ToSessionKeyAccountParameters,
  toSetOwner,
} from "../../../ts-sdk/src/index.ts";
import { type TestClient } from "../../erc7562/anvil.ts";
import { checkTrace } from "../../erc7562/check.ts";
import { traceValidation } from "../../erc7562/tracer.ts";
import { describeViolation } from "../../erc7562/violation.ts";
import type { Row } from "../matrix.ts";
import { accountChain, createAccount, dollarsOf, endow, newKey } from "../stack.ts";
import { tokenAbi } from "../world.ts";

/** What a session key may pay in all. */
export const CAP = parseUnits("100", 6);
/** An operation that landed and did what it says, after a validation without fault. */
export const DONE = { completed: true, violations: [], success: true };
const POLLING = 100;
const routeAbi = parseAbi(["function setOwnerRoute(bytes route)"]);
const hookAbi = parseAbi(["function checks(address account) view returns (uint256)"]);

type Signer = ToSessionKeyAccountParameters["signer"];
const bytesOf = (signer: Signer): Hex => ("signer" in signer ? signer.signer : signer.address);

/** An account with a session key that may pay a shop. */
export async function openScene(
  stack: Stack,
  { kind, version }: Pick<Row, "kind" | "version">,
  options: {
    /** Default: an EOA. */
    agent?: Signer;
    /** Contract that the account runs around the module in either role; the policy says so. */
    hook?: string;
  } = {},
) {
  const { chain: viemChain, rpcUrl, bundlerUrl } = stack;
  const { sessionKeyModule: module, usdc } = stack.addresses;
  const client = createPublicClient({ chain: viemChain, transport: http(rpcUrl), pollingInterval: POLLING, cacheTime: 0 });
  const bundler = createBundlerClient({ client, transport: http(bundlerUrl), pollingInterval: POLLING });
  const chain = accountChain(stack);
  const { agent = newKey() } = options;
  const shop = newKey().address;
  const owner = newKey();
  const { address: account, ownerValidator, route, nests } = await createAccount(chain, stack, kind, version, owner);
  await endow(chain, stack, account);
  const hook = options.hook === undefined ? undefined : await chain.deploy(options.hook);

  const asAccount = ({ to, data }: { to: Address; data: Hex }) => chain.send({ from: account, to, data });
  const { adapter, accountId } = await findAccount(client, { account });
  for (const type of ["validator", "executor"] as const) {
    if (await isModuleInstalled(client, { account, module, type })) continue;
    await asAccount(encodeInstallModule({ account, adapter, module, type, ownerValidator, hook }));
  }
  if (route !== undefined) await asAccount({ to: module, data: encodeFunctionData({ abi: routeAbi, args: [route] }) });
  const policy = definePolicy({
    validUntil: Math.floor(Date.now() / 1000) + 24 * 3600,
    nativeLimit: { amount: parseEther("10"), period: "year" },
    tokenLimits: [{ token: usdc, amount: CAP, period: "year" }],
    callPolicies: [{ target: usdc, abi: tokenAbi, functionName: "transfer", args: { to: equals(shop) } }],
    executeUserOp: hook !== undefined,
  });
  const { control, settings } = await readKeyState(client, { module, account, key: bytesOf(agent) });
  await asAccount(encodeGrantSessionKey({ module, key: bytesOf(agent), policy, epoch: control.epoch, serial: settings.serial + 1n }));

  const trace = async (operation: UserOperation) => {
    const entryPoint = ENTRY_POINTS[version];
    const traced = await traceValidation(chain.client as TestClient, entryPoint, toPackedUserOperation(operation));
    return { completed: traced.completed, violations: checkTrace(traced, { entryPoint, sender: account }).map(describeViolation) };
  };
  const call = (amount: bigint) => ({
    to: usdc,
    data: encodeFunctionData({ abi: tokenAbi, functionName: "transfer", args: [shop, amount] }),
  });

  const grantSigner = ((): GrantSigner => {
    if (kind === "factory") return toOwnersGrantSigner([toSetOwner(owner)]);
    if (nests) return toNestedGrantSigner(owner, { client, account });
    return adapter.toGrantSigner(owner, { account, chainId: stack.chainId, accountId });
  })();

  return {
    module,
    client,
    bundler,
    call,
    trace,
    open: (changes: Partial<ToSessionKeyAccountParameters> = {}): Promise<SessionKeyAccount> =>
      toSessionKeyAccount({ client, bundler, account, module, policy, signer: agent, ...changes }),
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
    /** How often the hook has run to its end. */
    async hookRuns(): Promise<bigint> {
      if (!hook) throw new Error("the account has no hook");
      return client.readContract({ address: hook, abi: hookAbi, functionName: "checks", args: [account] });
    },
    /** A key that the account's owner grants off chain, and that has yet to bring its grant. */
    async openCarrying(signer: Signer): Promise<SessionKeyAccount> {
      const entry = await prepareGrantEntry(client, { module, account, key: bytesOf(signer), policy });
      const deadline = BigInt(Math.floor(Date.now() / 1000) + 3600);
      const [carriedGrant] = await signGrant({ owner: grantSigner, entries: [entry], deadline });
      return toSessionKeyAccount({ client, bundler, account, module, policy, signer, ...(carriedGrant && { carriedGrant }) });
    },
  };
}
