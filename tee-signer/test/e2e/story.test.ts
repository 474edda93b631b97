import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { erc20Abi, type Hex, http, parseEther, parseUnits, type PublicClient } from "viem";
import { createBundlerClient, type UserOperation } from "viem/account-abstraction";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localPrivateKeys } from "../../../bundler-local/src/accounts.ts";
import { type Stack } from "../../../bundler-local/src/index.ts";
import { equals } from "../../../ts-sdk/src/conditions/index.ts";
import { definePolicy, type Policy } from "../../../ts-sdk/src/policy/index.ts";
import { getSessionKey, grantSessionKey, revokeAllSessionKeys } from "../../../ts-sdk/src/actions/index.ts";
import { createSignerAgent, type SignerAgent, type SignerOwnedAccount, toSignerOwnerAccount, toSignerSessionAccount } from "../../src/client/index.ts";
import { type TestSigner } from "../signer.ts";
import { type OnStack, type OpenedSession, startOnStack } from "./onStack.ts";

const CLI = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** From an empty signer to a revoked session, with a real chain, a real bundler, and the signer's own processes. */
describe("an agent with a session of the signer", () => {
  let on: OnStack;
  let stack: Stack;
  let signer: TestSigner;
  let account: SignerOwnedAccount;
  let session: OpenedSession;
  let policy: Policy;
  let agent: SignerAgent;

  beforeAll(async () => {
    on = await startOnStack();
    ({ stack, signer } = on);
  });
  afterAll(() => on?.stop());

  const reader = (): PublicClient => on.reader();
  const bundlerFor = (owner?: Awaited<ReturnType<typeof toSignerOwnerAccount>>) =>
    createBundlerClient({ ...(owner && { account: owner }), client: reader(), transport: http(stack.bundlerUrl), pollingInterval: 100 });
  const balance = (): Promise<bigint> =>
    reader().readContract({ address: stack.addresses.usdc, abi: erc20Abi, functionName: "balanceOf", args: [stack.accounts.liquidityProvider.address] });
  const pay = async (amount: bigint): Promise<void> => {
    expect(await on.pay(await toSignerSessionAccount({ client: reader(), bundler: bundlerFor(), policy, agent }), amount)).toBe(true);
  };

  it("has a wallet whose key was made inside, and a smart account with a guardian and a recovery signer", async () => {
    account = await on.createAccount();
    expect(account).toMatchObject({ chain: stack.chainId, guardian: stack.accounts.guardian.address.toLowerCase() });
    expect(account.owners).toContain(stack.accounts.owner.address.toLowerCase());
  });

  it("gets a session with a session key of its own", async () => {
    session = await on.openSession(account, { max_per_tx: "10000000", max_total: "12000000" });
    agent = createSignerAgent({ url: signer.running.url, token: session.token });
    expect(await agent.getSession()).toMatchObject({ session_key: session.session_key, spent_native: "0" });
  });

  it("has its key granted on chain by the owner, which is the signer, under the owner's credential", async () => {
    const client = reader();
    await on.fund(account, parseUnits("100", 6));
    policy = definePolicy({
      validUntil: Math.floor(Date.now() / 1000) + 3600,
      nativeLimit: { amount: parseEther("1"), period: "day" },
      tokenLimits: [{ token: stack.addresses.usdc, amount: parseUnits("50", 6), period: "day" }],
      callPolicies: [{ target: stack.addresses.usdc, abi: erc20Abi, functionName: "transfer", args: { recipient: equals(stack.accounts.liquidityProvider.address) } }],
    });
    const owner = await toSignerOwnerAccount({ client, owner: on.owner, account });
    expect((await owner.getAddress()).toLowerCase()).toBe(account.address);
    await on.deploy(owner);
    await grantSessionKey(bundlerFor(owner), { module: account.module, key: session.session_key, policy });
  });

  it("pays by an operation that lands", async () => {
    const before = await balance();
    await pay(parseUnits("5", 6));
    expect(await balance()).toBe(before + parseUnits("5", 6));
    expect(await agent.getSession()).toMatchObject({ operations: 1, spent_tokens: [{ spent: "5000000" }] });
  });

  it("is refused what the signer's cap does not hold, though the chain's would", async () => {
    await expect(pay(parseUnits("11", 6))).rejects.toThrow(/token_per_tx_exceeded|Asked for 11000000/);
    await expect(pay(parseUnits("8", 6))).rejects.toThrow(/left 7000000 of 12000000/);
  });

  it("shows what was tried: executed and refused", async () => {
    const events = await signer.ask("GET", `/v1/s2s/agent-sessions/${session.id}/events`);
    const list = events.body["events"] as { type: string; code?: string }[];
    expect(list.map((event) => event.code ?? event.type)).toEqual(["session.created", "signUserOperation.reserved", "token_per_tx_exceeded", "token_total_exceeded"]);
    const next = await signer.ask("GET", `/v1/s2s/agent-sessions/${session.id}/events?cursor=${events.body["cursor"]}`);
    expect(next.body["events"]).toEqual([]);
  });

  it("answers 401 to the very next request after a revoke", async () => {
    expect((await signer.ask("POST", `/v1/s2s/agent-sessions/${session.id}/revoke`)).body["status"]).toBe("revoked");
    const { status, body } = await signer.ask("GET", "/v1/agent/session", undefined, session.token);
    expect([status, body.error?.code]).toEqual([401, "session_revoked"]);
    await expect(agent.signUserOperation({ chainId: stack.chainId, entryPoint: stack.addresses.entryPoint.v07, operation: someOperation(account.address) })).rejects.toMatchObject({
      code: "session_revoked",
    });
  });

  const standing = async (): Promise<string> => (await getSessionKey(reader(), { module: account.module, account: account.address, key: session.session_key })).standing;

  it("loses its key on chain too, when a kill is asked to revoke all", async () => {
    expect(await standing()).toBe("alive");
    const guardianKey = join(signer.folder, "guardian.key");
    writeFileSync(guardianKey, localPrivateKeys().guardian, { mode: 0o600 });
    const args = [CLI, "kill", "--folder", signer.folder, "--revoke-all", stack.rpcUrl, "--guardian-key", guardianKey];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toContain(`${account.address}  revoked in 0x`);
    expect(await standing()).toBe("epochOutdated");
  });

  it("loses nothing more to the owner, which may revoke all as well, once it is unsealed", async () => {
    const client = reader();
    await signer.ask("POST", "/v1/s2s/unseal", { challenge: `0x${"11".repeat(32)}` });
    const owner = await toSignerOwnerAccount({ client, owner: on.owner, account });
    await expect(revokeAllSessionKeys(bundlerFor(owner), { module: account.module })).resolves.toHaveProperty("transactionHash");
  });
});

function someOperation(sender: Hex): UserOperation {
  const gas = { callGasLimit: 1n, verificationGasLimit: 1n, preVerificationGas: 1n, maxFeePerGas: 1n, maxPriorityFeePerGas: 1n };
  return { sender, nonce: 0n, callData: "0x", ...gas, signature: "0x" } as UserOperation;
}
