/** The README's example. It is run, on a real chain and bundler, by scripts/quickstart.test.ts. */
import { definePolicy, equals, grantSessionKey, toSessionKeyAccount } from "@valet-keys/sdk";
import {
  type Account,
  type Address,
  type Chain,
  erc20Abi,
  type Hash,
  type LocalAccount,
  type PublicClient,
  parseEther,
  parseUnits,
  type Transport,
  type WalletClient,
} from "viem";
import { type BundlerClient } from "viem/account-abstraction";

type Parts = {
  /** The owner's EOA, which is the smart account as well (EIP-7702). */
  owner: WalletClient<Transport, Chain, Account>;
  agent: LocalAccount;
  client: PublicClient<Transport, Chain>;
  bundler: BundlerClient;
  module: Address;
  usdc: Address;
  shop: Address;
};

export async function quickstart({ owner, agent, client, bundler, module, usdc, shop }: Parts): Promise<Hash> {
  // begin
  // The owner says what the key may do, and grants it in one transaction.
  const policy = definePolicy({
    validUntil: Math.floor(Date.now() / 1000) + 24 * 3600, // seconds
    nativeLimit: { amount: parseEther("0.05"), period: "day" }, // value and gas together
    tokenLimits: [{ token: usdc, amount: parseUnits("100", 6), period: "day" }],
    callPolicies: [{ target: usdc, abi: erc20Abi, functionName: "transfer", args: { recipient: equals(shop) } }],
    rateLimits: [{ count: 10, period: "hour" }],
  });
  await grantSessionKey(owner, { module, key: agent.address, policy });

  // The agent acts within it. What the policy does not allow is refused, with the rule and what is left.
  const account = await toSessionKeyAccount({ client, bundler, account: owner.account.address, module, policy, signer: agent });
  const hash = await bundler.sendUserOperation({
    account,
    calls: [{ to: usdc, abi: erc20Abi, functionName: "transfer", args: [shop, parseUnits("5", 6)] }],
  });
  // end
  return hash;
}
