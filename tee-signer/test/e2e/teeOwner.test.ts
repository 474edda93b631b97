import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createPublicClient, createWalletClient, erc20Abi, type Hex, hexToBigInt, http, parseAbi, parseEther } from "viem";
import { createBundlerClient } from "viem/account-abstraction";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Stack, startStack } from "../../../bundler-local/src/index.ts";
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
import { inAnHour, startTestSigner, type TestSigner } from "../signer.ts";

const RULES = { max_gas_cost_native: parseEther("0.1").toString() };
const OTHER_CODE: Hex = `0x${"52".repeat(32)}`;

/** The signer's processes on the simulator, the real verifier, a real chain and a real bundler. */
describe("an account whose owner is attested", () => {
  let stack: Stack;
  let signer: TestSigner;
  let account: SignerOwnedAccount;
  let address: Hex;
  let session: { token: string; session_key: Hex };
  let policy: Policy;

  beforeAll(async () => {
    stack = await startStack();
    const { sessionKeyModule: module, ownedAccountFactory, ownedAccount } = stack.addresses;
    const deployment = { module, factory: ownedAccountFactory.v07, implementation: ownedAccount.v07 };
    signer = await startTestSigner({ deployments: { [`${stack.chainId}/0.7`]: deployment } });
    const wallet = await signer.ask("POST", "/v1/s2s/wallets", { name: "treasury", owner_rules: RULES });
    address = wallet.body["address"] as Hex;
    const created = await signer.ask("POST", `/v1/s2s/wallets/${wallet.body["id"]}/smart-accounts`, {
      chain: "local",
      guardian: stack.accounts.guardian.address,
      recovery_signers: [stack.accounts.owner.address],
    });
    account = created.body as unknown as SignerOwnedAccount;
    const opened = await signer.ask("POST", "/v1/s2s/agent-sessions", {
      wallet_id: account.wallet_id,
      smart_account_id: account.id,
      name: "agent",
      allowed_chains: ["local"],
      max_spend_per_tx_native: parseEther("0.1").toString(),
      max_spend_total_native: parseEther("1").toString(),
      token_caps: [{ chain: "local", token: stack.addresses.usdc, max_per_tx: "1000", max_total: "1000" }],
      expires_at: inAnHour(),
    });
    session = opened.body as unknown as typeof session;
    const funder = createWalletClient({ account: stack.accounts.deployer, chain: stack.chain, transport: http(stack.rpcUrl) });
    await funder.sendTransaction({ to: account.address, value: parseEther("1") });
    const mint = { address: stack.addresses.usdc, abi: parseAbi(["function mint(address to, uint256 amount)"]), functionName: "mint" } as const;
    const hash = await funder.writeContract({ ...mint, args: [account.address, 1_000n] });
    await reader().waitForTransactionReceipt({ hash });
    policy = await policyOf(100n);
  });
  afterAll(async () => {
    await signer?.stop();
    await stack?.stop();
  });

  const reader = () => createPublicClient({ chain: stack.chain, transport: http(stack.rpcUrl), pollingInterval: 100, cacheTime: 0 });
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
    const as = await toSignerSessionAccount({ client: reader(), bundler, policy, agent });
    const call = { to: stack.addresses.usdc, abi: erc20Abi, functionName: "transfer", args: [stack.accounts.liquidityProvider.address, amount] } as const;
    const hash = await bundler.sendUserOperation({ account: as, calls: [call] });
    return (await bundler.waitForUserOperationReceipt({ hash })).success;
  };

  it("has the address that the signer registered, and is created by anybody", async () => {
    const owned = await ownedBy(teeOwner());
    expect(owned.address.toLowerCase()).toBe(account.address);
    const anybody = createWalletClient({ account: stack.accounts.deployer, chain: stack.chain, transport: http(stack.rpcUrl) });
    const { factory = "0x", factoryData } = await owned.getFactoryArgs();
    await reader().waitForTransactionReceipt({ hash: await anybody.sendTransaction({ to: factory, data: factoryData }) });
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
