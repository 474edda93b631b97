/** The example of docs/SIGNED-GRANTS.md. It is run, on a real chain and bundler, by scripts/signed-grant.test.ts. */
import {
  OWNER_ROUTE,
  type Policy,
  prepareGrantEntry,
  prepareRevocation,
  relayRevoke,
  setOwnerRoute,
  signGrant,
  signRevoke,
  submitSignedGrant,
  toEoaGrantSigner,
  toSessionKeyAccount,
} from "@valet-keys/sdk";
import {
  type Account,
  type Address,
  type Chain,
  erc20Abi,
  type Hash,
  type LocalAccount,
  type PublicClient,
  parseUnits,
  type Transport,
  type WalletClient,
} from "viem";
import { type BundlerClient } from "viem/account-abstraction";

type Parts = {
  /** The owner's EOA, which is the smart account as well (EIP-7702). */
  owner: LocalAccount;
  ownerWallet: WalletClient<Transport, Chain, Account>;
  /** Somebody with ether for gas, and no other part in this. */
  anyone: WalletClient<Transport, Chain, Account>;
  agent: LocalAccount;
  secondAgent: LocalAccount;
  client: PublicClient<Transport, Chain>;
  bundler: BundlerClient;
  module: Address;
  policy: Policy;
  usdc: Address;
  shop: Address;
};

export async function signedGrant(parts: Parts): Promise<Hash> {
  const { owner, ownerWallet, anyone, agent, secondAgent, client, bundler, module, policy, usdc, shop } = parts;
  // begin
  // Once per account: how it is asked for its owner's signature. Accounts of the factory begin with this route.
  await setOwnerRoute(ownerWallet, { module, route: OWNER_ROUTE });

  // The owner signs two grants at once, without a transaction. An entry may be on another chain or for another account.
  const account = owner.address;
  const entries = await Promise.all(
    [agent, secondAgent].map((key) => prepareGrantEntry(client, { module, account, key: key.address, policy })),
  );
  const deadline = BigInt(Math.floor(Date.now() / 1000) + 3600); // seconds
  const [carriedGrant, submittedGrant] = await signGrant({ owner: toEoaGrantSigner(owner), entries, deadline });
  if (!carriedGrant || !submittedGrant) throw new Error("one grant for each entry");

  // An agent carries its grant in its first operation; those that follow need not.
  const session = await toSessionKeyAccount({ client, bundler, account, module, policy, signer: agent, carriedGrant });
  const hash = await bundler.sendUserOperation({
    account: session,
    calls: [{ to: usdc, abi: erc20Abi, functionName: "transfer", args: [shop, parseUnits("5", 6)] }],
  });
  await bundler.waitForUserOperationReceipt({ hash });

  // Or anyone submits it as a transaction, and decides nothing by that.
  await submitSignedGrant(anyone, submittedGrant);

  // A revocation goes the same way: signed by the owner, relayed by anyone.
  const revocation = await prepareRevocation(client, { module, account, key: secondAgent.address });
  await relayRevoke(anyone, await signRevoke({ owner: toEoaGrantSigner(owner), revocation }));
  // end
  return hash;
}
