import { readFileSync } from "node:fs";
import { revokeAllSessionKeys } from "@valet-keys/sdk/actions";
import { type Address, createWalletClient, type Hex, http, publicActions } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { number, text } from "../storage/database.ts";
import { openDatabase } from "../storage/open.ts";

export type Revoked = { readonly account: Address; readonly transactionHash?: Hex; readonly failure?: string };

/**
 * Revokes every session key of every account that the signer knows on one chain, as the accounts' guardian: plain
 * transactions, which need neither the signer nor a bundler.
 *
 * @param guardianKeyFile holds the guardian's private key in hex; it is outside the TEE by its nature
 */
export async function revokeOnChain(options: { database: string; rpc: string; guardianKeyFile: string }): Promise<Revoked[]> {
  const account = privateKeyToAccount(readFileSync(options.guardianKeyFile, "utf8").trim() as Hex);
  const transport = http(options.rpc);
  const client = createWalletClient({ account, transport }).extend(publicActions);
  const chainId = await client.getChainId();
  const chain = { id: chainId, name: `chain ${chainId}`, nativeCurrency: { name: "native", symbol: "native", decimals: 18 }, rpcUrls: { default: { http: [options.rpc] } } };
  const guardian = createWalletClient({ account, chain, transport });

  const database = await openDatabase(options.database);
  const rows = await database.read((transaction) => transaction.all("SELECT chain_id, address, definition FROM smart_accounts"));
  await database.close();
  const results: Revoked[] = [];
  for (const row of rows) {
    if (number(row, "chain_id") !== chainId) continue;
    const { module } = JSON.parse(text(row, "definition")) as { module: Address };
    const target = text(row, "address") as Address;
    try {
      const { transactionHash } = await revokeAllSessionKeys(guardian, { module, account: target });
      results.push({ account: target, transactionHash });
    } catch (error) {
      // The others are to be revoked all the same.
      results.push({ account: target, failure: error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error) });
    }
  }
  return results;
}
