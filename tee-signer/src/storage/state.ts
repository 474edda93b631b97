import { text, type Transaction } from "./database.ts";

/** Reads a named value of the signer's own state. */
export async function readState(transaction: Transaction, name: string): Promise<string | undefined> {
  const [row] = await transaction.all("SELECT value FROM state WHERE name = ?", name);
  return row && text(row, "value");
}

export function writeState(transaction: Transaction, name: string, value: string): Promise<void> {
  return transaction.run("INSERT INTO state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value);
}

/** Set: somebody has killed the signer, and nothing is signed until it is unsealed. */
const LATCH = "killed";

export type Latch = { readonly at: number; readonly reason: string };

export async function readLatch(transaction: Transaction): Promise<Latch | undefined> {
  const value = await readState(transaction, LATCH);
  return value === undefined || value === "" ? undefined : (JSON.parse(value) as Latch);
}

export function setLatch(transaction: Transaction, latch: Latch | undefined): Promise<void> {
  return writeState(transaction, LATCH, latch === undefined ? "" : JSON.stringify(latch));
}
