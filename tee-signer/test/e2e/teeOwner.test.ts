import { readFileSync } from "node:fs";
import { join } from "node:path";
import { erc20Abi, type Hex, hexToBigInt, http, parseEther, type PublicClient } from "viem";
import { createBundlerClient } from "viem/account-abstraction";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Stack } from "../../../bundler-local/src/index.ts";
import {
  definePolicy,
  equals,
  getSessionKey,
  grantSessionKey,
  pauseSessionKey,
  type Policy,
  resumeSessionKey,
  revokeSessionKey,
  TeeAttestationRefusedError,
  type TeeOwnerAccount,
  toOwnedAccount,
  toTeeOwnerAccount,
  updateSessionKey,
} from "../../../ts-sdk/src/index.ts";
import { type AttestationPolicy, verifyAttestation } from "../../src/attestation/index.ts";
import { createSignerAgent, createSignerEnclave, ownerPolicyHash, type SignerOwnedAccount, toSignerSessionAccount } from "../../src/client/index.ts";
import { ROOT_FILE, SIMULATED_MEASUREMENT } from "../../src/simulator/platform.ts";
import { type TestSigner } from "../signer.ts";
import { type OnStack, type OpenedSession, startOnStack } from "./onStack.ts";

const RULES = { max_gas_cost_native: parseEther("0.1").toString() };
const OTHER_CODE: Hex = `0x${"52".repeat(32)}`;

/** The signer's processes on the simulator, the real verifier, a real chain and a real bundler. */
describe("an account whose owner is attested", () => {
  let on: OnStack;
  let stack: Stack;
  let signer: TestSigner;
  let account: SignerOwnedAccount;
  let address: Hex;
  let session: OpenedSession;
  let policy: Policy;

  beforeAll(async () => {
    on = await startOnStack();
    ({ stack, signer } = on);
    account = await on.createAccount(RULES);
    address = account.owners[0] ?? "0x";
    session = await on.openSession(account, { max_per_tx: "1000", max_total: "1000" });
    await on.fund(account, 1_000n);
    policy = await policyOf(100n);
  });
  afterAll(() => on?.stop());

  const reader = (): PublicClient => on.reader();
  const trusted = (): string => readFileSync(join(signer.folder, "simulator", ROOT_FILE), "utf8");
  const teeOwner = ({ root = trusted(), measurement = SIMULATED_MEASUREMENT, rules = RULES, acceptSimulated = true } = {}): TeeOwnerAccount => {
    const accepted: AttestationPolicy = { simulated: { acceptSimulated: true, roots: [root], measurements: [measurement] } };
    return toTeeOwnerAccount({
      address,
      enclave: createSignerEnclave({ url: signer.running.url, token: signer.credentials.owner }, account.wallet_id),
      policyHash: ownerPolicyHash(rules),
      acceptSimulated,
      verify: (evidence, asked) => verifyAttestation(evidence, { policy: accepted, ...asked }),
    });
  };
  const ownedBy = (owner: TeeOwnerAccount) =>
    toOwnedAccount({ client: reader(), factory: account.factory, owners: [owner, stack.accounts.owner.address], threshold: 1, guardian: account.guardian, salt: hexToBigInt(account.salt), entryPoint: "0.7" });
  const bundlerOf = async (owner: TeeOwnerAccount) =>
    createBundlerClient({ account: await ownedBy(owner), client: reader(), transport: http(stack.bundlerUrl), pollingInterval: 100 });
  const policyOf = async (amount: bigint): Promise<Policy> =>
    definePolicy({
      validUntil: (await reader().getBlock()).timestamp + 3_600n,
      nativeLimit: { amount: parseEther("0.1"), period: "day" },
      tokenLimits: [{ token: stack.addresses.usdc, amount, period: "day" }],
      callPolicies: [{ target: stack.addresses.usdc, abi: erc20Abi, functionName: "transfer", args: { recipient: equals(stack.accounts.liquidityProvider.address) } }],
    });
  const standing = async (): Promise<string> => (await getSessionKey(reader(), { module: account.module, account: account.address, key: session.session_key })).standing;
  const pay = async (amount: bigint): Promise<boolean> => {
    const bundler = createBundlerClient({ client: reader(), transport: http(stack.bundlerUrl), pollingInterval: 100 });
    const agent = createSignerAgent({ url: signer.running.url, token: session.token });
    return on.pay(await toSignerSessionAccount({ client: reader(), bundler, policy, agent }), amount);
  };

  it("has the address that the signer registered, and is created by anybody", async () => {
    const owned = await ownedBy(teeOwner());
    expect(owned.address.toLowerCase()).toBe(account.address);
    await on.deploy(owned);
  });

  it("has a verdict that pins the code, the rules and the simulator", async () => {
    expect(await teeOwner().attestation()).toMatchObject({ platform: "simulated", pinned: true, debug: false });
  });

  it.each([
    ["runs other code than is pinned", () => teeOwner({ measurement: OTHER_CODE })],
    ["is another simulator", () => teeOwner({ root: "302a300506032b6570032100" + "11".repeat(32) })],
    ["signs by other rules", () => teeOwner({ rules: { max_gas_cost_native: "1" } })],
    ["is simulated, and nobody asked for that", () => teeOwner({ acceptSimulated: false })],
  ])("asks nothing of an enclave that %s", async (_title, owner) => {
    const events = async (): Promise<unknown> => (await signer.ask("GET", `/v1/s2s/wallets/${account.wallet_id}/events`)).body["cursor"];
    const before = await events();
    const granting = grantSessionKey(await bundlerOf(owner()), { module: account.module, key: session.session_key, policy });
    await expect(granting).rejects.toSatisfy((error: Error) => {
      for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof TeeAttestationRefusedError) return true;
      return false;
    });
    expect(await events()).toBe(before);
  });

  it("signs no hash, no message, no transaction and no authorisation", async () => {
    const owner = teeOwner();
    await expect(owner.signMessage({ message: "hello" })).rejects.toThrow(/messages/);
    await expect(owner.sign?.({ hash: `0x${"11".repeat(32)}` })).rejects.toThrow(/hashes/);
    await expect(owner.signTransaction({ to: address })).rejects.toThrow(/transactions/);
  });

  it("grants, updates, pauses, resumes and revokes a session key", async () => {
    const { module } = account;
    const key = session.session_key;
    const bundler = await bundlerOf(teeOwner());
    await grantSessionKey(bundler, { module, key, policy });
    expect(await pay(60n)).toBe(true);
    await expect(pay(60n)).rejects.toThrow();
    policy = await policyOf(200n);
    await updateSessionKey(bundler, { module, key, policy });
    expect(await pay(60n)).toBe(true);
    await pauseSessionKey(bundler, { module, account: account.address, key });
    expect(await standing()).toBe("keyPaused");
    await resumeSessionKey(bundler, { module, key });
    expect(await standing()).toBe("alive");
    await revokeSessionKey(bundler, { module, key });
    expect(await standing()).toBe("notGranted");
  });
});
