import { createPublicClient, createWalletClient, erc20Abi, type Hex, http, parseAbi, parseEther, type PublicClient } from "viem";
import { createBundlerClient, type SmartAccount } from "viem/account-abstraction";
import { type Stack, startStack } from "../../../bundler-local/src/index.ts";
import { type SessionKeyAccount } from "../../../ts-sdk/src/accounts/index.ts";
import { type SignerAddress, type SignerOwnedAccount, type SignerSmartAccount } from "../../src/client/index.ts";
import { inAnHour, startTestSigner, type TestSigner } from "../signer.ts";

export type OpenedSession = { readonly id: string; readonly token: string; readonly session_key: Hex };

/** A signer's processes, a real chain, a real bundler, and what agents and owners do on them. */
export type OnStack = {
  readonly stack: Stack;
  readonly signer: TestSigner;
  /** The signer's address, with the owner's credential. */
  readonly owner: SignerAddress;
  reader(): PublicClient;
  /** A wallet whose key was made inside, and a smart account of it with a guardian and a recovery signer. */
  createAccount(rules?: object): Promise<SignerOwnedAccount>;
  /** A session that may pay the stack's liquidity provider in USDC up to a cap, in its smallest units. */
  openSession(account: SignerSmartAccount, cap: { max_per_tx: string; max_total: string }, change?: object): Promise<OpenedSession>;
  /** Gives an account an ether, and that much USDC. */
  fund(account: SignerSmartAccount, usdc: bigint): Promise<void>;
  /** Creates a smart account on chain, as anybody can. */
  deploy(account: SmartAccount): Promise<void>;
  /** Sends USDC to the stack's liquidity provider as a session's account. @returns whether it succeeded on chain */
  pay(as: SessionKeyAccount, amount: bigint): Promise<boolean>;
  stop(): Promise<void>;
};

export async function startOnStack(): Promise<OnStack> {
  const stack = await startStack();
  const { sessionKeyModule: module, ownedAccountFactory, ownedAccount, usdc } = stack.addresses;
  const deployment = { module, factory: ownedAccountFactory.v07, implementation: ownedAccount.v07 };
  const signer = await startTestSigner({ deployments: { [`${stack.chainId}/0.7`]: deployment } }).catch(async (error: unknown) => {
    await stack.stop();
    throw error;
  });
  const { guardian, owner, deployer, liquidityProvider } = stack.accounts;
  const reader = (): PublicClient => createPublicClient({ chain: stack.chain, transport: http(stack.rpcUrl), pollingInterval: 100, cacheTime: 0 });
  const anybody = createWalletClient({ account: deployer, chain: stack.chain, transport: http(stack.rpcUrl) });
  return {
    stack,
    signer,
    owner: { url: signer.running.url, token: signer.credentials.owner },
    reader,
    async createAccount(rules = { max_gas_cost_native: parseEther("1").toString() }) {
      const wallet = await signer.ask("POST", "/v1/s2s/wallets", { name: "treasury", owner_rules: rules });
      const body = { chain: "local", guardian: guardian.address, recovery_signers: [owner.address] };
      return (await signer.ask("POST", `/v1/s2s/wallets/${wallet.body["id"]}/smart-accounts`, body)).body as unknown as SignerOwnedAccount;
    },
    async openSession(account, cap, change = {}) {
      const { body } = await signer.ask("POST", "/v1/s2s/agent-sessions", {
        wallet_id: account.wallet_id,
        smart_account_id: account.id,
        name: "agent",
        allowed_chains: ["local"],
        max_spend_per_tx_native: parseEther("0.1").toString(),
        max_spend_total_native: parseEther("1").toString(),
        token_caps: [{ chain: "local", token: usdc, ...cap }],
        allowed_recipients: [liquidityProvider.address],
        expires_at: inAnHour(),
        ...change,
      });
      return body as unknown as OpenedSession;
    },
    async fund({ address }, amount) {
      await anybody.sendTransaction({ to: address, value: parseEther("1") });
      const hash = await anybody.writeContract({ address: usdc, abi: parseAbi(["function mint(address to, uint256 amount)"]), functionName: "mint", args: [address, amount] });
      await reader().waitForTransactionReceipt({ hash });
    },
    async deploy(account) {
      const { factory, factoryData } = await account.getFactoryArgs();
      if (!factory) throw new Error("the account exists");
      await reader().waitForTransactionReceipt({ hash: await anybody.sendTransaction({ to: factory, data: factoryData ?? "0x" }) });
    },
    async pay(as, amount) {
      const bundler = createBundlerClient({ client: reader(), transport: http(stack.bundlerUrl), pollingInterval: 100 });
      const call = { to: usdc, abi: erc20Abi, functionName: "transfer", args: [liquidityProvider.address, amount] } as const;
      const hash = await bundler.sendUserOperation({ account: as, calls: [call] });
      return (await bundler.waitForUserOperationReceipt({ hash })).success;
    },
    async stop() {
      await signer.stop();
      await stack.stop();
    },
  };
}
