/** The example for OpenZeppelin's AccountERC7579 in docs/ACCOUNTS.md. It is run, on a real chain and bundler, by test/accounts/snippets.test.ts. */
import { definePolicy, equals, grantSessionKey, installSessionKeyModule, toModularAccount, toSessionKeyAccount } from "@valet-keys/sdk";
import { erc20Abi, type Hash, parseEther, parseUnits } from "viem";
import { createBundlerClient } from "viem/account-abstraction";
import type { ValidatorParts } from "./parts.ts";

export async function openZeppelin(parts: ValidatorParts): Promise<Hash> {
  const { client, bundler, bundlerTransport, account, owner, agent, module, usdc, shop, ownerValidator } = parts;
  // begin
  // The owner, by the validator that knows it.
  const byOwner = await toModularAccount({ client, account, owner, ownerValidator });
  const ownerClient = createBundlerClient({ account: byOwner, client, transport: bundlerTransport });

  // What the key may do, and until when. Everything else is refused.
  const policy = definePolicy({
    validUntil: Math.floor(Date.now() / 1000) + 24 * 3600, // seconds
    nativeLimit: { amount: parseEther("0.05"), period: "day" }, // value and gas together
    tokenLimits: [{ token: usdc, amount: parseUnits("100", 6), period: "day" }],
    callPolicies: [{ target: usdc, abi: erc20Abi, functionName: "transfer", args: { recipient: equals(shop) } }],
  });
  await installSessionKeyModule(ownerClient, { module, ownerValidator });
  await grantSessionKey(ownerClient, { module, key: agent.address, policy });

  // The agent acts for the account, of which it needs to know no more than the address.
  const session = await toSessionKeyAccount({ client, bundler, account, module, policy, signer: agent });
  const hash = await bundler.sendUserOperation({
    account: session,
    calls: [{ to: usdc, abi: erc20Abi, functionName: "transfer", args: [shop, parseUnits("5", 6)] }],
  });
  // end
  return hash;
}
