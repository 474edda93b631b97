import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Address, createPublicClient, encodeFunctionData, erc20Abi, type Hex, http, parseAbi, parseEther, type PrivateKeyAccount } from "viem";
import { createBundlerClient } from "viem/account-abstraction";
import { moduleConfigAbi } from "../../bench/accounts/owned.ts";
import type { EntryPointVersion } from "../../bench/chain.ts";
import type { AccountKind } from "../../bench/system.ts";
import type { Stack } from "../../bundler-local/src/index.ts";
import { accountChain, createAccount, endow, newKey } from "../../test/accounts/stack.ts";
import {
  definePolicy,
  encodeGrantSessionKey,
  encodeInstallModule,
  equals,
  findAccount,
  getSessionKey,
  isModuleInstalled,
  type OwnerAccount,
  type Policy,
  readKeyState,
  type SessionKeyAccount,
  type TeeOwnerAccount,
  toModularAccount,
  toSafeAccount,
  toTeeOwnerAccount,
} from "../../ts-sdk/src/index.ts";
import { type AttestationPolicy, verifyAttestation } from "../src/attestation/index.ts";
import { createSignerAgent, createSignerEnclave, ownerPolicyHash, registerAccount, type SignerAgent, type SignerSmartAccount, toSignerSessionAccount } from "../src/client/index.ts";
import { ROOT_FILE, SIMULATED_MEASUREMENT } from "../src/simulator/platform.ts";
import { GUARDIAN, inAnHour, type TestSigner } from "./signer.ts";

const OWNER_RULES = { max_gas_cost_native: parseEther("0.1").toString() };
const safeAbi = parseAbi(["function addOwnerWithThreshold(address owner, uint256 threshold)"]);
const POLLING = 100;
/** What the session may move in one operation, and what the chain lets it move in a day. Units of test dollars. */
export const SIGNERS_CAP = 80n;
export const CHAINS_CAP = 130n;

/** Of operations that nobody estimates. */
export const GAS = { callGasLimit: 100_000n, verificationGasLimit: 400_000n, preVerificationGas: 100_000n, maxFeePerGas: 10n, maxPriorityFeePerGas: 1n };

export type TeeWallet = { readonly id: string; readonly address: Address };

/** A signer, and a chain with the accounts of others. */
export function openScene(stack: Stack, signer: TestSigner) {
  const { sessionKeyModule: module, usdc } = stack.addresses;
  const client = createPublicClient({ chain: stack.chain, transport: http(stack.rpcUrl), pollingInterval: POLLING, cacheTime: 0 });
  const bundlerOf = (account?: OwnerAccount) => createBundlerClient({ ...(account && { account }), client, transport: http(stack.bundlerUrl), pollingInterval: POLLING });
  const url = (): string => signer.running.url;
  const operator = () => ({ url: url(), token: signer.credentials.operator });
  const owner = () => ({ url: url(), token: signer.credentials.owner });

  const newWallet = async (): Promise<TeeWallet> => {
    const { body } = await signer.ask("POST", "/v1/s2s/wallets", { name: "owner", owner_rules: OWNER_RULES });
    return { id: String(body["id"]), address: body["address"] as Address };
  };

  /** An account that stands, with the module in it, and others who can take it over. */
  async function makeAccount(kind: AccountKind, version: EntryPointVersion, of: { readonly address: Address }, { hooked = false } = {}) {
    // A deployer of its own.
    const chain = accountChain(stack);
    // Whose signature it is matters to no maker of accounts here.
    const { address, ownerValidator } = await createAccount(chain, stack, kind, version, of as PrivateKeyAccount);
    await endow(chain, stack, address);
    const asAccount = (to: Address, data: Hex) => chain.send({ from: address, to, data });
    const { adapter } = await findAccount(client, { account: address });
    const hook = hooked ? await chain.deploy("CountingHook") : undefined;
    if (!(await isModuleInstalled(client, { account: address, module, type: "validator" }))) {
      const { data } = encodeInstallModule({ account: address, adapter, module, type: "validator", guardian: GUARDIAN, ownerValidator, ...(hook && { hook }) });
      await asAccount(address, data);
    }
    const recover = async (): Promise<Address | undefined> => {
      if (kind === "safe7579") {
        await asAccount(address, encodeFunctionData({ abi: safeAbi, functionName: "addOwnerWithThreshold", args: [newKey().address, 1n] }));
        return undefined;
      }
      const validator = await chain.deploy("OwnerValidator");
      const args = [1n, validator, adapter.installData("validator", newKey().address)] as const;
      await asAccount(address, encodeFunctionData({ abi: moduleConfigAbi, functionName: "installModule", args }));
      return validator;
    };
    /** The account grants by itself, whoever owns it. */
    const grant = async (key: Address, policy: Policy): Promise<void> => {
      const { control, settings } = await readKeyState(client, { module, account: address, key });
      const { data } = encodeGrantSessionKey({ module, key, policy, epoch: control.epoch, serial: settings.serial + 1n });
      await asAccount(module, data);
    };
    return { address, ownerValidator, asAccount, grant, recover };
  }

  /** The wallet's key, attested, as the SDK has owners. */
  const teeOwner = (wallet: TeeWallet): TeeOwnerAccount => {
    const root = readFileSync(join(signer.folder, "simulator", ROOT_FILE), "utf8");
    const accepted: AttestationPolicy = { simulated: { acceptSimulated: true, roots: [root], measurements: [SIMULATED_MEASUREMENT] } };
    return toTeeOwnerAccount({
      address: wallet.address,
      enclave: createSignerEnclave(owner(), wallet.id),
      policyHash: ownerPolicyHash(OWNER_RULES),
      acceptSimulated: true,
      verify: (evidence, asked) => verifyAttestation(evidence, { policy: accepted, ...asked }),
    });
  };

  const ownerAccount = (wallet: TeeWallet, kind: AccountKind, account: Address, ownerValidator: Address | undefined): Promise<OwnerAccount> =>
    kind === "safe7579" || ownerValidator === undefined
      ? toSafeAccount({ client, account, owners: [teeOwner(wallet)] })
      : toModularAccount({ client, account, owner: teeOwner(wallet), ownerValidator });

  async function openSession(registered: SignerSmartAccount): Promise<{ key: Address; agent: SignerAgent; revoke: () => Promise<unknown> }> {
    const { body } = await signer.ask("POST", "/v1/s2s/agent-sessions", {
      wallet_id: registered.wallet_id,
      smart_account_id: registered.id,
      name: "agent",
      allowed_chains: ["local"],
      max_spend_per_tx_native: parseEther("0.1").toString(),
      max_spend_total_native: parseEther("1").toString(),
      token_caps: [{ chain: "local", token: usdc, max_per_tx: String(SIGNERS_CAP), max_total: "1000" }],
      expires_at: inAnHour(),
    });
    const agent = createSignerAgent({ url: url(), token: String(body["token"]) });
    return { key: body["session_key"] as Address, agent, revoke: () => signer.ask("POST", `/v1/s2s/agent-sessions/${body["id"]}/revoke`) };
  }

  const policyFor = async (shop: Address, executeUserOp = false): Promise<Policy> =>
    definePolicy({
      validUntil: (await client.getBlock()).timestamp + 3_600n,
      nativeLimit: { amount: parseEther("0.1"), period: "day" },
      tokenLimits: [{ token: usdc, amount: CHAINS_CAP, period: "day" }],
      callPolicies: [{ target: usdc, abi: erc20Abi, functionName: "transfer", args: { recipient: equals(shop) } }],
      ...(executeUserOp && { executeUserOp }),
    });

  /** Pays as the session: whether the operation did what it says. */
  async function pay(agent: SignerAgent, policy: Policy, shop: Address, amount: bigint): Promise<boolean> {
    const account = await toSignerSessionAccount({ client, bundler: bundlerOf(), policy, agent });
    const call = { to: usdc, abi: erc20Abi, functionName: "transfer", args: [shop, amount] } as const;
    // The estimate falls short of what a hook around the call takes.
    const hash = await bundlerOf().sendUserOperation({ account, calls: [call], ...(policy.header.executeUserOp && { callGasLimit: 400_000n }) });
    return (await bundlerOf().waitForUserOperationReceipt({ hash })).success;
  }

  /** Asks the signer for a call that the chain was not asked about. */
  async function ask(agent: SignerAgent, policy: Policy, to: Address, data: Hex): Promise<Hex> {
    const account: SessionKeyAccount = await toSignerSessionAccount({ client, bundler: bundlerOf(), policy, agent, precheck: false });
    return account.signUserOperation({ nonce: await account.getNonce(), callData: await account.encodeCalls([{ to, value: 0n, data }]), ...GAS, signature: "0x" });
  }

  const standing = async (account: Address, key: Address): Promise<string> => (await getSessionKey(client, { module, account, key })).standing;
  const register = (wallet: TeeWallet, of: { account: Address; ownerValidator?: Address | undefined; recoveryValidator?: Address | undefined }): Promise<SignerSmartAccount> => {
    const { account, ownerValidator, recoveryValidator } = of;
    const validators = { ...(ownerValidator && { ownerValidator }), ...(recoveryValidator && { recoveryValidator }) };
    return registerAccount(client, { operator: operator(), owner: owner(), walletId: wallet.id, module, account, ...validators, at: "latest" });
  };

  return { client, module, usdc, bundlerOf, owner, newWallet, makeAccount, teeOwner, ownerAccount, openSession, policyFor, pay, ask, standing, register };
}
