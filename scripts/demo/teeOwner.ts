import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hexToBigInt, http, parseEther } from "viem";
import { createBundlerClient } from "viem/account-abstraction";
import { type Stack } from "../../bundler-local/src/index.ts";
import { type TeeVerdict, toOwnedAccount, toTeeOwnerAccount } from "../../ts-sdk/src/index.ts";
import { type AttestationPolicy, verifyAttestation } from "../../tee-signer/src/attestation/index.ts";
import { createSignerEnclave, ownerPolicyHash, request, type SignerOwnedAccount } from "../../tee-signer/src/client/index.ts";
import { ROOT_FILE, SIMULATED_MEASUREMENT } from "../../tee-signer/src/simulator/platform.ts";
import { startSigner } from "../../tee-signer/src/supervisor/supervisor.ts";
import { landed, type Scene, tokenAbi, USDC, walletOf } from "./scene.ts";
import { type Landed } from "./steps.ts";

/** A scene whose account belongs to a key in the owner signer. */
export type SignedScene = Scene & {
  /** Brings the account into being: with its guardian, and with an owner outside the TEE. */
  readonly createAccount: () => Promise<Landed>;
  /** Asks the signer who it is, and verifies the answer. */
  readonly attest: () => Promise<TeeVerdict>;
  readonly stop: () => Promise<void>;
};

const FUNDS = 1_000n * USDC;
const POLLING_MS = 100;

/**
 * Starts the owner signer on the simulator, and puts an account of its owner key on the scene, with 1,000 USDC and one
 * ether. The signer grants, updates, pauses and revokes session keys at the owner's request and signs nothing else.
 */
export async function putOwnerIntoSigner(scene: Scene): Promise<SignedScene> {
  const { stack, client, module } = scene;
  const folder = mkdtempSync(join(tmpdir(), "valet-demo-"));
  const deployment = { module, factory: stack.addresses.ownedAccountFactory.v07, implementation: stack.addresses.ownedAccount.v07 };
  const signer = await startSigner({ folder, deployments: { [`${stack.chainId}/0.7`]: deployment } });
  const stop = async (): Promise<void> => {
    await signer.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { url, issued } = signer;
    const operator = { url, token: issued?.operator ?? "" };
    const rules = rulesFor(stack);
    const wallet = (await request(operator, "POST", "/v1/s2s/wallets", { name: "treasury", owner_rules: rules })) as { id: string; address: SignerOwnedAccount["address"] };
    const guardian = stack.accounts.guardian.address;
    const recovery = stack.accounts.owner.address;
    const registration = { chain: stack.chainId, guardian, recovery_signers: [recovery] };
    const registered = (await request(operator, "POST", `/v1/s2s/wallets/${wallet.id}/smart-accounts`, registration)) as SignerOwnedAccount;

    const trusted = readFileSync(join(folder, "simulator", ROOT_FILE), "utf8");
    const policy: AttestationPolicy = { simulated: { acceptSimulated: true, roots: [trusted], measurements: [SIMULATED_MEASUREMENT] } };
    const teeOwner = toTeeOwnerAccount({
      address: wallet.address,
      enclave: createSignerEnclave({ url, token: issued?.owner ?? "" }, wallet.id),
      policyHash: ownerPolicyHash(rules),
      acceptSimulated: true,
      verify: (evidence, asked) => verifyAttestation(evidence, { policy, ...asked }),
    });
    const owners = [teeOwner, recovery];
    const account = await toOwnedAccount({ client, factory: deployment.factory, owners, threshold: 1, guardian, salt: hexToBigInt(registered.salt), entryPoint: "0.7" });
    await fund(scene, account.address);
    const { factory = "0x", factoryData = "0x" } = await account.getFactoryArgs();
    return {
      ...scene,
      account: account.address,
      owner: createBundlerClient({ account, client, chain: stack.chain, transport: http(stack.bundlerUrl), pollingInterval: POLLING_MS }),
      createAccount: async () => landed(client, await walletOf(stack, stack.accounts.owner).sendTransaction({ to: factory, data: factoryData })),
      attest: () => teeOwner.attestation(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The agents here hold their keys themselves, so the owner's rules name them. */
const rulesFor = ({ accounts }: Stack) => ({
  max_gas_cost_native: parseEther("0.05").toString(),
  allowed_keys: [accounts.agent.address, accounts.secondAgent.address],
});

async function fund({ stack, client, usdc }: Scene, account: Scene["account"]): Promise<void> {
  const wallet = walletOf(stack, stack.accounts.deployer);
  await landed(client, await wallet.sendTransaction({ to: account, value: parseEther("1") }));
  await landed(client, await wallet.writeContract({ address: usdc, abi: tokenAbi, functionName: "mint", args: [account, FUNDS] }));
}
