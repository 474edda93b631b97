/** The example for an EOA under EIP-7702 in docs/ACCOUNTS.md. It is run, on a real chain and bundler, by test/accounts/snippets.test.ts. */
import { definePolicy, equals, grantSessionKey, installSessionKeyModule, toSessionKeyAccount } from "@valet-keys/sdk";
import { erc20Abi, type Hash, parseEther, parseUnits } from "viem";
import type { DelegatingParts } from "./parts.ts";

export async function eip7702(parts: DelegatingParts): Promise<Hash> {
  const { client, bundler, owner, agent, module, usdc, shop, implementation } = parts;
  // begin
  // The EOA takes the account's code. From now on it is account and owner in one, and needs no bundler for itself.
  const account = owner.account.address;
  const authorization = await owner.signAuthorization({ contractAddress: implementation, executor: "self" });
  await client.waitForTransactionReceipt({ hash: await owner.sendTransaction({ to: account, authorizationList: [authorization] }) });

  // What the key may do, and until when. Everything else is refused.
  const policy = definePolicy({
    validUntil: Math.floor(Date.now() / 1000) + 24 * 3600, // seconds
    nativeLimit: { amount: parseEther("0.05"), period: "day" }, // value and gas together
    tokenLimits: [{ token: usdc, amount: parseUnits("100", 6), period: "day" }],
    callPolicies: [{ target: usdc, abi: erc20Abi, functionName: "transfer", args: { recipient: equals(shop) } }],
  });
  await installSessionKeyModule(owner, { module });
  await grantSessionKey(owner, { module, key: agent.address, policy });

  // The agent acts for the account, of which it needs to know no more than the address.
  const session = await toSessionKeyAccount({ client, bundler, account, module, policy, signer: agent });
  const hash = await bundler.sendUserOperation({
    account: session,
    calls: [{ to: usdc, abi: erc20Abi, functionName: "transfer", args: [shop, parseUnits("5", 6)] }],
  });
  // end
  return hash;
}
