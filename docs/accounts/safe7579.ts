/** The example for a Safe with Safe7579 in docs/ACCOUNTS.md. It is run, on a real chain and bundler, by test/accounts/snippets.test.ts. */
import { definePolicy, equals, grantSessionKey, installSessionKeyModule, toSessionKeyAccount } from "@valet-keys/sdk";
import { createSmartAccountClient } from "permissionless";
import { toSafeSmartAccount } from "permissionless/accounts";
import { erc20Abi, type Hash, parseEther, parseUnits } from "viem";
import type { SafeParts } from "./parts.ts";

export async function safe(parts: SafeParts): Promise<Hash> {
  const { client, bundler, bundlerTransport, account, owner, agent, module, usdc, shop, safe7579, launchpad } = parts;
  // begin
  // The owners, by permissionless, as many as sign. `safe7579` is the adapter that is the Safe's fallback handler.
  const modular = { safe4337ModuleAddress: safe7579, erc7579LaunchpadAddress: launchpad };
  const byOwner = await toSafeSmartAccount({ client, version: "1.4.1", address: account, owners: [owner], ...modular });
  const ownerClient = createSmartAccountClient({ account: byOwner, client, bundlerTransport });

  // What the key may do, and until when. Everything else is refused.
  const policy = definePolicy({
    validUntil: Math.floor(Date.now() / 1000) + 24 * 3600, // seconds
    nativeLimit: { amount: parseEther("0.05"), period: "day" }, // value and gas together
    tokenLimits: [{ token: usdc, amount: parseUnits("100", 6), period: "day" }],
    callPolicies: [{ target: usdc, abi: erc20Abi, functionName: "transfer", args: { recipient: equals(shop) } }],
  });
  await installSessionKeyModule(ownerClient, { module });
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
