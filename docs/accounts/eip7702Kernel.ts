/** The example for an EOA under EIP-7702 with Kernel in docs/ACCOUNTS.md. It is run, on a real chain and bundler, by test/accounts/snippets.test.ts. */
import { definePolicy, encodeInitializeKernel, equals, grantSessionKey, installSessionKeyModule, toSessionKeyAccount } from "@valet-keys/sdk";
import { erc20Abi, type Hash, parseEther, parseUnits } from "viem";
import type { KernelDelegatingParts } from "./parts.ts";

export async function eip7702Kernel(parts: KernelDelegatingParts): Promise<Hash> {
  const { client, bundler, owner, agent, module, usdc, shop, implementation, ownerValidator } = parts;
  // begin
  // The EOA takes Kernel's code and names its owner, itself, in one transaction of its own: else others could.
  const account = owner.account.address;
  const authorization = await owner.signAuthorization({ contractAddress: implementation, executor: "self" });
  const data = encodeInitializeKernel({ ownerValidator, ownerData: account });
  await client.waitForTransactionReceipt({ hash: await owner.sendTransaction({ to: account, data, authorizationList: [authorization] }) });

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
