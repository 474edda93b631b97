import { type OwnerAccount, type ReaderClient, toModularAccount, toOwnedAccount, toSafeAccount } from "@valet-keys/sdk/accounts";
import { type Address, type Hex, hexToBigInt, zeroAddress } from "viem";
import { type UserOperation } from "viem/account-abstraction";
import { type AccountDefinition, type OwnedDefinition } from "../protocol/accounts.ts";
import { SignerError } from "../protocol/errors.ts";
import { placeholder, toWire } from "./agent.ts";
import { request, type SignerAddress } from "./http.ts";

/** A smart account as the signer describes it. */
export type SignerSmartAccount<definition extends AccountDefinition = AccountDefinition> = definition & {
  readonly id: string;
  readonly wallet_id: string;
  readonly chain: number;
  readonly address: Address;
};

/** One that the project's factory makes. */
export type SignerOwnedAccount = SignerSmartAccount<OwnedDefinition>;

/**
 * A smart account by its owner key in the signer, for viem's bundler clients: grants, updates, pauses and revokes session
 * keys, and does nothing else. The signer gets every operation whole. A Safe that asks for more owners than this one is
 * rather an account of `toSafeAccount`, with the signer's enclave for one of its owners.
 *
 * @param owner address of the signer, with the owner's credential
 * @throws SignerError `account_not_owned`; and those of the SDK where the account is not what it was registered as
 */
export async function toSignerOwnerAccount(parameters: { client: ReaderClient; owner: SignerAddress; account: SignerSmartAccount }): Promise<OwnerAccount> {
  const { client, owner, account: it } = parameters;
  const account = await unsigned(client, it);
  return Object.assign(account, {
    signUserOperation: async (operation: Parameters<OwnerAccount["signUserOperation"]>[0]): Promise<Hex> => {
      const whole = { ...operation, sender: it.address, signature: "0x" } as UserOperation;
      const body = { chain: it.chain, entry_point: account.entryPoint.address, user_operation: toWire(whole) };
      const { signature } = (await request(owner, "POST", `/v1/owner/wallets/${it.wallet_id}/operations`, body)) as { signature?: Hex };
      if (signature === undefined) throw new SignerError("invalid_request", "The Safe asks for more owners than the signer: use `toSafeAccount` with all of them.");
      return signature;
    },
  });
}

/** The account with nobody to sign for it, for nonce, calls and estimates. */
async function unsigned(client: ReaderClient, it: SignerSmartAccount): Promise<OwnerAccount> {
  if (it.kind === "owned") {
    const owners = it.owners.map(placeholder);
    return toOwnedAccount({ client, factory: it.factory, owners, threshold: 1, guardian: it.guardian, salt: hexToBigInt(it.salt), entryPoint: it.entry_point_version });
  }
  if (it.kind === "eip7702" || it.ownership.by !== "wallet") throw new SignerError("account_not_owned", "The signer has session keys in this account, and does not own it.");
  if (it.kind === "safe7579") {
    const { owners } = it.ownership as { owners: readonly Address[] };
    return toSafeAccount({ client, account: it.address, adapter: it.adapter, owners: owners.slice(0, 1).map(placeholder) });
  }
  const owner = placeholder(zeroAddress);
  return toModularAccount({ client, account: it.address, owner, ownerValidator: it.owner_validator ?? zeroAddress, entryPoint: it.entry_point_version });
}
