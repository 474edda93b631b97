/**
 * Tables, in the SQL that SQLite and Postgres share. Times are milliseconds since 1970, amounts and nonces decimal text,
 * addresses and hashes lower case.
 */
export const SCHEMA: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS wallets (
     id TEXT PRIMARY KEY, name TEXT NOT NULL, mode TEXT NOT NULL, status TEXT NOT NULL, address TEXT, key_ref TEXT,
     owner_rules TEXT NOT NULL, created_at BIGINT NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS smart_accounts (
     id TEXT PRIMARY KEY, wallet_id TEXT NOT NULL REFERENCES wallets (id), chain_id BIGINT NOT NULL, address TEXT NOT NULL,
     definition TEXT NOT NULL, created_at BIGINT NOT NULL, UNIQUE (chain_id, address))`,
  `CREATE TABLE IF NOT EXISTS sessions (
     id TEXT PRIMARY KEY, wallet_id TEXT NOT NULL REFERENCES wallets (id), smart_account_id TEXT REFERENCES smart_accounts (id),
     token_hash TEXT NOT NULL UNIQUE, status TEXT NOT NULL, policy TEXT NOT NULL, spent TEXT NOT NULL,
     key_ref TEXT NOT NULL UNIQUE, key_address TEXT NOT NULL, run_id TEXT NOT NULL UNIQUE, parent_run_id TEXT,
     created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS reservations (
     id TEXT PRIMARY KEY, requester TEXT NOT NULL, chain_id BIGINT NOT NULL, entry_point TEXT NOT NULL, sender TEXT NOT NULL,
     nonce TEXT NOT NULL, user_op_hash TEXT NOT NULL, request_hash TEXT NOT NULL, idempotency_key TEXT, audit_seq BIGINT NOT NULL,
     signature TEXT, created_at BIGINT NOT NULL,
     UNIQUE (chain_id, entry_point, sender, nonce), UNIQUE (requester, idempotency_key))`,
  `CREATE TABLE IF NOT EXISTS audit (
     seq BIGINT PRIMARY KEY, subject TEXT NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL)`,
  `CREATE INDEX IF NOT EXISTS audit_by_subject ON audit (subject, seq)`,
];
