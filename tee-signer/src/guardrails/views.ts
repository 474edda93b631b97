import { chainName } from "../protocol/chains.ts";
import { type AuditRecord } from "../storage/auditLog.ts";
import { type Session } from "../storage/sessions.ts";
import { type SmartAccount, type Wallet } from "../storage/wallets.ts";
import { type EffectivePolicy } from "./clip.ts";

/** A session as its operator and its agent see it. `policy` is what holds now, the organisation's rules included. */
export function sessionView(session: Session, effective: EffectivePolicy, account: SmartAccount | undefined): Record<string, unknown> {
  const { blocked_recipients: blocked, ...policy } = effective;
  return {
    id: session.id,
    wallet_id: session.walletId,
    status: session.status === "active" && Date.now() >= session.expiresAt ? "expired" : session.status,
    session_key: session.keyAddress,
    smart_account: account && smartAccountView(account),
    spent_native: session.spent.native,
    spent_tokens: Object.entries(session.spent.tokens).map(([name, spent]) => {
      const [chain, token] = name.split(":");
      return { chain: Number(chain), token, spent };
    }),
    operations: session.spent.operations,
    ...policy,
    allowed_chains: policy.allowed_chains.map(chainName),
    ...(blocked.length > 0 && { blocked_recipients: blocked }),
    run_id: session.runId,
    parent_run_id: session.parentRunId ?? null,
    created_at: new Date(session.createdAt).toISOString(),
    expires_at: new Date(session.expiresAt).toISOString(),
  };
}

export function walletView({ id, name, mode, status, address, ownerRules, createdAt }: Wallet): Record<string, unknown> {
  return { id, name, mode, status, address: address ?? null, owner_rules: ownerRules, created_at: new Date(createdAt).toISOString() };
}

export function smartAccountView({ id, walletId, chainId, address, definition }: SmartAccount): Record<string, unknown> {
  return { id, wallet_id: walletId, chain: chainId, address, ...definition };
}

/** A page of the log; `cursor` is where the next one begins. */
export function eventsView(records: readonly AuditRecord[], cursor: number): Record<string, unknown> {
  return {
    events: records.map(({ seq, hash, entry: { at, ...entry } }) => ({ seq, at: new Date(at).toISOString(), ...entry, hash })),
    cursor: records.at(-1)?.seq ?? cursor,
  };
}
