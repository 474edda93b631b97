import { type Address } from "viem";
import { type Call } from "../../ts-sdk/src/operation/index.ts";
import { bodyOf, sessionOperation, SHOP, TOKEN } from "./operations.ts";
import { type Answer, DEPLOYMENT, GUARDIAN, inAnHour, LOCAL, RECOVERY, type TestSigner } from "./signer.ts";

export type Prepared = { readonly walletId: string; readonly accountId: string; readonly sender: Address };
export type TestSession = { readonly id: string; readonly token: string; readonly key: Address; readonly sender: Address };

/** A wallet with a smart account. The same `salt` gives the same account in the same wallet. */
export async function prepare(signer: TestSigner): Promise<Prepared> {
  const wallet = await signer.ask("POST", "/v1/s2s/wallets", { name: "test" });
  const walletId = String(wallet.body["id"]);
  const account = await signer.ask("POST", `/v1/s2s/wallets/${walletId}/smart-accounts`, {
    chain: LOCAL,
    guardian: GUARDIAN,
    recovery_signers: [RECOVERY],
    deployment: DEPLOYMENT,
  });
  return { walletId, accountId: String(account.body["id"]), sender: account.body["address"] as Address };
}

/** Rules under which one operation costs 1,000,000 wei for gas and there is money for ten. */
export const RULES = {
  allowed_chains: [LOCAL],
  max_spend_per_tx_native: "1500000",
  max_spend_total_native: "10000000",
  token_caps: [{ chain: LOCAL, token: TOKEN, max_per_tx: "100", max_total: "1000" }],
  allowed_recipients: [SHOP],
  rate_limit_per_minute: 100_000,
};

export async function openSession(signer: TestSigner, { walletId, accountId, sender }: Prepared, change: object = {}): Promise<TestSession> {
  const body = { wallet_id: walletId, smart_account_id: accountId, name: "agent", expires_at: inAnHour(), ...RULES, ...change };
  const { status, body: it } = await signer.ask("POST", "/v1/s2s/agent-sessions", body);
  if (status !== 201) throw new Error(JSON.stringify(it));
  return { id: String(it["id"]), token: String(it["token"]), key: it["session_key"] as Address, sender };
}

/** Asks for a signature under one nonce of the account. */
export function sign(signer: TestSigner, session: TestSession, calls: readonly Call[], sequence: bigint, headers: Record<string, string> = {}): Promise<Answer> {
  const body = bodyOf(sessionOperation(session.sender, session.key, calls, { sequence }));
  return signer.ask("POST", "/v1/agent/user-operations", body, session.token, headers);
}
