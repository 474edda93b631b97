import {
  type Account,
  type Address,
  type Chain,
  concat,
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
  type Hex,
  http,
  type PublicClient,
  parseAbi,
  type Transport,
  toHex,
  type WalletClient,
} from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { deployUniswap, type Stack, type Uniswap } from "../../bundler-local/src/index.ts";
import { delegatedAccountAbi, type SenderClient } from "../../ts-sdk/src/index.ts";
import { type Landed } from "./steps.ts";

/** A wallet that sends plain transactions from one EOA. */
export type Wallet = WalletClient<Transport, Chain, Account>;

/** Where the demo takes place: a chain with a bundler, an exchange, and the owner of a smart account. */
export type Scene = {
  readonly stack: Stack;
  readonly uniswap: Uniswap;
  readonly client: PublicClient<Transport, Chain>;
  /** The smart account. */
  readonly account: Address;
  readonly module: Address;
  readonly usdc: Address;
  readonly weth: Address;
  /** Sends what the owner signs: transactions, or operations of the account. */
  readonly owner: SenderClient;
  readonly guardian: Wallet;
  /** Takes 1 USDC a call from the paying key. */
  readonly supplier: Address;
  /** Confirms the buying key's large purchases, on a device of their own. */
  readonly person: PrivateKeyAccount;
  /** USDC for one ETH, 8 decimals, in the form of a Chainlink feed. */
  readonly ethUsdFeed: Address;
};

/** A scene whose owner is an EOA, which is the smart account as well (EIP-7702). */
export type DelegatedScene = Scene & { readonly owner: Wallet };

export const tokenAbi = parseAbi([
  "function approve(address spender, uint256 amount) returns (bool)",
  "function transfer(address to, uint256 amount) returns (bool)",
  "function balanceOf(address) view returns (uint256)",
  "function mint(address to, uint256 amount)",
]);

const feedAbi = parseAbi(["function set(int256 answer, uint256 updatedAt)"]);

export const USDC = 10n ** 6n;
const USDC_PER_ETH = 2_500n;
const FEED_DECIMALS = 8n;
const VALIDATOR = 1n;
const POLLING_MS = 100;

/** Puts Uniswap and an owner with 1,000 USDC on the stack's chain. The owner's EOA is no smart account yet. */
export async function setScene(stack: Stack): Promise<DelegatedScene> {
  const { owner, guardian, liquidityProvider } = stack.accounts;
  const { usdc, weth, ethUsdFeed, sessionKeyModule } = stack.addresses;
  const client = createPublicClient({ chain: stack.chain, transport: http(stack.rpcUrl), pollingInterval: POLLING_MS, cacheTime: 0 });

  const [uniswap] = await Promise.all([
    deployUniswap(stack, { usdcPerEth: USDC_PER_ETH }),
    walletOf(stack, stack.accounts.deployer).writeContract({
      address: ethUsdFeed,
      abi: feedAbi,
      functionName: "set",
      args: [USDC_PER_ETH * 10n ** FEED_DECIMALS, (await client.getBlock()).timestamp],
    }),
    walletOf(stack, guardian).writeContract({ address: usdc, abi: tokenAbi, functionName: "mint", args: [owner.address, 1_000n * USDC] }),
  ]);
  return {
    stack,
    uniswap,
    client,
    account: owner.address,
    module: sessionKeyModule,
    usdc,
    weth,
    owner: walletOf(stack, owner),
    guardian: walletOf(stack, guardian),
    supplier: liquidityProvider.address,
    person: privateKeyToAccount(generatePrivateKey()),
    ethUsdFeed,
  };
}

export function walletOf(stack: Stack, account: Account): Wallet {
  return createWalletClient({ account, chain: stack.chain, transport: http(stack.rpcUrl), pollingInterval: POLLING_MS });
}

/** One transaction turns the owner's EOA into a smart account, with the module installed and a guardian named. */
export async function becomeSmartAccount({ stack, client, owner, guardian, account, module }: DelegatedScene): Promise<Landed> {
  const authorization = await owner.signAuthorization({ contractAddress: stack.addresses.delegatedAccount.v07, executor: "self" });
  const hash = await owner.sendTransaction({
    to: account,
    data: encodeFunctionData({
      abi: delegatedAccountAbi,
      functionName: "installModule",
      args: [VALIDATOR, module, concat([toHex(VALIDATOR, { size: 1 }), guardian.account.address])],
    }),
    authorizationList: [authorization],
  });
  return landed(client, hash);
}

/** Seconds since 1970. */
export async function blockTime({ client }: Pick<Scene, "client">): Promise<bigint> {
  return (await client.getBlock()).timestamp;
}

/** Waits for a transaction. Throws when it reverts. */
export async function landed(client: PublicClient, hash: Hex): Promise<Landed> {
  const { status, gasUsed, transactionHash } = await client.waitForTransactionReceipt({ hash });
  if (status !== "success") throw new Error(`The transaction ${hash} reverted.`);
  return { transactionHash, gasUsed };
}
