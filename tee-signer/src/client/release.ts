import { type ReaderClient } from "@valet-keys/sdk/accounts";
import { type Address } from "viem";
import { entryPoint07Abi } from "viem/account-abstraction";
import { getBlock, readContract } from "viem/actions";
import { request, type SignerAddress } from "./http.ts";

/** An operation whose reservation is to be given back, as it was signed. */
export type ReservedOperation = { readonly reservation: string; readonly entryPoint: Address; readonly sender: Address; readonly nonce: bigint };

/**
 * Asks the chain for what proves that an operation can never land, at its last final block, and has the signer give back
 * what was reserved for it.
 *
 * @param client of a node that the owner trusts: the signer takes the owner's word
 * @throws SignerError `not_proven_dead`
 */
export async function releaseReservation(client: ReaderClient, owner: SignerAddress, walletId: string, operation: ReservedOperation): Promise<void> {
  const { reservation, entryPoint: address, sender, nonce: signed } = operation;
  const { number, hash, timestamp } = await getBlock(client, { blockTag: "finalized" });
  const nonce = await readContract(client, { address, abi: entryPoint07Abi, functionName: "getNonce", args: [sender, signed >> 64n], blockNumber: number });
  const finalized = { number: String(number), hash, timestamp: Number(timestamp), nonce: String(nonce) };
  await request(owner, "POST", `/v1/owner/wallets/${walletId}/releases`, { reservation, finalized });
}
