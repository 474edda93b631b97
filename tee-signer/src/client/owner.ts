import { type OwnerAccount, type ReaderClient, toOwnedAccount } from "@valet-keys/sdk/accounts";
import { type Address, type Hex, hexToBigInt } from "viem";
import { type UserOperation } from "viem/account-abstraction";
import { type AccountDefinition } from "../protocol/accounts.ts";
import { placeholder, toWire } from "./agent.ts";
import { request, type SignerAddress } from "./http.ts";

/** A smart account as the signer describes it. */
export type SignerSmartAccount = AccountDefinition & { readonly id: string; readonly wallet_id: string; readonly chain: number; readonly address: Address };

/**
 * A smart account by its owner key in the signer, for viem's bundler clients: grants, updates, pauses and revokes session
 * keys, and does nothing else. The signer gets every operation whole.
 *
 * @param owner address of the signer, with the owner's credential
 */
export async function toSignerOwnerAccount(parameters: { client: ReaderClient; owner: SignerAddress; account: SignerSmartAccount }): Promise<OwnerAccount> {
  const { client, owner, account: it } = parameters;
  const account = await toOwnedAccount({
    client,
    factory: it.factory,
    owners: it.owners.map(placeholder),
    threshold: 1,
    guardian: it.guardian,
    salt: hexToBigInt(it.salt),
    entryPoint: it.entry_point_version,
  });
  return Object.assign(account, {
    signUserOperation: async (operation: Parameters<OwnerAccount["signUserOperation"]>[0]): Promise<Hex> => {
      const whole = { ...operation, sender: it.address, signature: "0x" } as UserOperation;
      const body = { chain: it.chain, entry_point: account.entryPoint.address, user_operation: toWire(whole) };
      return ((await request(owner, "POST", `/v1/owner/wallets/${it.wallet_id}/operations`, body)) as { signature: Hex }).signature;
    },
  });
}
