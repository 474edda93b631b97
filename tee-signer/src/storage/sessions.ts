import { type Address } from "viem";
import { type SessionPolicy } from "../protocol/session.ts";
import { number, optionalText, type Row, text, type Transaction } from "./database.ts";

export type SessionStatus = "active" | "paused" | "revoked" | "killed";

/** What a session has spent, reservations included. Decimal text; tokens by `<chain id>:<address>`. */
export type Spent = { readonly native: string; readonly tokens: Readonly<Record<string, string>>; readonly operations: number };

export const NOTHING_SPENT: Spent = { native: "0", tokens: {}, operations: 0 };

export type Session = {
  readonly id: string;
  readonly walletId: string;
  readonly smartAccountId: string | undefined;
  /** SHA-256 of the token, which itself is kept nowhere. */
  readonly tokenHash: string;
  readonly status: SessionStatus;
  readonly policy: SessionPolicy;
  readonly spent: Spent;
  readonly keyRef: string;
  readonly keyAddress: Address;
  readonly runId: string;
  readonly parentRunId: string | undefined;
  readonly createdAt: number;
  readonly expiresAt: number;
};

export async function insertSession(transaction: Transaction, it: Session): Promise<void> {
  await transaction.run(
    `INSERT INTO sessions (id, wallet_id, smart_account_id, token_hash, status, policy, spent, key_ref, key_address, run_id, parent_run_id,
     created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    it.id,
    it.walletId,
    it.smartAccountId ?? null,
    it.tokenHash,
    it.status,
    JSON.stringify(it.policy),
    JSON.stringify(it.spent),
    it.keyRef,
    it.keyAddress.toLowerCase(),
    it.runId,
    it.parentRunId ?? null,
    it.createdAt,
    it.expiresAt,
  );
}

export const findSession = (transaction: Transaction, id: string): Promise<Session | undefined> => findBy(transaction, "id", id);
export const findSessionByToken = (transaction: Transaction, hash: string): Promise<Session | undefined> => findBy(transaction, "token_hash", hash);
export const findSessionByRun = (transaction: Transaction, runId: string): Promise<Session | undefined> => findBy(transaction, "run_id", runId);

export function setSessionStatus(transaction: Transaction, id: string, status: SessionStatus): Promise<void> {
  return transaction.run("UPDATE sessions SET status = ? WHERE id = ?", status, id);
}

export function setSpent(transaction: Transaction, id: string, spent: Spent): Promise<void> {
  return transaction.run("UPDATE sessions SET spent = ? WHERE id = ?", JSON.stringify(spent), id);
}

async function findBy(transaction: Transaction, column: "id" | "token_hash" | "run_id", value: string): Promise<Session | undefined> {
  const [row] = await transaction.all(`SELECT * FROM sessions WHERE ${column} = ?`, value);
  return row && sessionOf(row);
}

function sessionOf(row: Row): Session {
  return {
    id: text(row, "id"),
    walletId: text(row, "wallet_id"),
    smartAccountId: optionalText(row, "smart_account_id"),
    tokenHash: text(row, "token_hash"),
    status: text(row, "status") as SessionStatus,
    policy: JSON.parse(text(row, "policy")) as SessionPolicy,
    spent: JSON.parse(text(row, "spent")) as Spent,
    keyRef: text(row, "key_ref"),
    keyAddress: text(row, "key_address") as Address,
    runId: text(row, "run_id"),
    parentRunId: optionalText(row, "parent_run_id"),
    createdAt: number(row, "created_at"),
    expiresAt: number(row, "expires_at"),
  };
}
