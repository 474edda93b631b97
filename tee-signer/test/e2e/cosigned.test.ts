import { createBundlerClient, type SmartAccount } from "viem/account-abstraction";
import { erc20Abi, type Hex, http } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CosignRequest,
  definePolicy,
  grantSessionKey,
  type KeySigner,
  type OperationCosignRequest,
  type Policy,
  requestCosignature,
  sendCosignedOperation,
  signCosignRequest,
  toP256Signer,
} from "../../../ts-sdk/src/index.ts";
import { softwareP256 } from "../../../test/utils/passkey.ts";
import { createSignerAgent, type SignerSmartAccount, toSignerOwnerAccount, toSignerSessionAccount } from "../../src/client/index.ts";
import { type OnStack, type OpenedSession, startOnStack } from "./onStack.ts";

const THRESHOLD = 1_000_000n;

let on: OnStack;
beforeAll(async () => {
  on = await startOnStack();
});
afterAll(() => on?.stop());

/** A session's key in the signer, under a policy that wants a person's signature too above a threshold. */
describe.each<[string, () => KeySigner | undefined]>([
  ["an EOA", () => undefined],
  ["a P-256 key, which a verifier checks", () => toP256Signer({ ...softwareP256(), p256: "solidity" })],
])("a session whose co-signer is %s", (_title, newKey) => {
  let account: SignerSmartAccount;
  let session: OpenedSession;
  let policy: Policy;
  const key = newKey();

  const person = () => key ?? on.stack.accounts.owner;
  const confirm = (request: CosignRequest): Promise<Hex> => signCosignRequest(on.reader(), { request, module: account.module, signer: person(), confirm: () => true });
  const bundlerOf = <account extends SmartAccount>(as: account) => createBundlerClient({ account: as, client: on.reader(), transport: http(on.stack.bundlerUrl), pollingInterval: 100 });
  const agentWith = (cosign?: typeof confirm) =>
    toSignerSessionAccount({
      client: on.reader(),
      bundler: createBundlerClient({ client: on.reader(), transport: http(on.stack.bundlerUrl) }),
      policy,
      agent: createSignerAgent({ url: on.signer.running.url, token: session.token }),
      ...(key && { coSigner: key }),
      ...(cosign && { cosign }),
    });

  beforeAll(async () => {
    account = await on.createAccount();
    session = await on.openSession(account, { max_per_tx: "10000000", max_total: "100000000" });
    await on.fund(account, 100_000_000n);
    const { usdc } = on.stack.addresses;
    policy = definePolicy({
      validUntil: (await on.reader().getBlock()).timestamp + 3_600n,
      nativeLimit: { amount: 10n ** 18n, period: "year" },
      tokenLimits: [{ token: usdc, amount: 100_000_000n, period: "year" }],
      callPolicies: [{ target: usdc, abi: erc20Abi, functionName: "transfer" }],
      coSigner: { signer: key ?? on.stack.accounts.owner.address, thresholds: [{ token: usdc, above: THRESHOLD }] },
    });
    const owner = await toSignerOwnerAccount({ client: on.reader(), owner: on.owner, account });
    await on.deploy(owner);
    await grantSessionKey(bundlerOf(owner), { module: account.module, key: session.session_key, policy });
  });

  it("pays alone up to the threshold, with the signer's signature as the module reads it", async () => {
    expect(await on.pay(await agentWith(), THRESHOLD)).toBe(true);
  });

  it("pays more with the person at hand, who is shown what the key in the signer has signed", async () => {
    expect(await on.pay(await agentWith(confirm), THRESHOLD + 1n)).toBe(true);
  });

  it("hands out a request that the person signs later, and anybody sends", async () => {
    const as = await agentWith();
    const call = { to: on.stack.addresses.usdc, abi: erc20Abi, functionName: "transfer", args: [on.stack.accounts.liquidityProvider.address, THRESHOLD + 2n] } as const;
    const bundler = bundlerOf(as);
    const request = (await requestCosignature(bundler, { account: as, calls: [call] })) as OperationCosignRequest;
    const hash = await sendCosignedOperation(bundler, { request, cosignature: await confirm(request) });
    expect((await bundler.waitForUserOperationReceipt({ hash })).success).toBe(true);
  });

  it("is still held to the signer's own cap, whoever co-signs", async () => {
    await expect(on.pay(await agentWith(confirm), 10_000_001n)).rejects.toThrow(/token_per_tx_exceeded|Asked for 10000001/);
  });
});
