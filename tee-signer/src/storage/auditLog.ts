import { createHash } from "node:crypto";
import { type Database, number, type Row, text, type Transaction } from "./database.ts";

/** The last record of the log. `hash` covers every record before it. */
export type AuditHead = { readonly seq: number; readonly hash: string };

/** `subject` is who it is about: the id of a session, a wallet or the signer itself. */
export type AuditEntry = { readonly subject: string; readonly type: string; readonly at: number } & Readonly<Record<string, unknown>>;

export type AuditRecord = { readonly seq: number; readonly hash: string; readonly entry: AuditEntry };

export const GENESIS: AuditHead = { seq: 0, hash: "0".repeat(64) };

/** hash(n) = SHA-256(hash(n − 1) ‖ n ‖ body), each on a line of its own. */
export function chain({ seq, hash }: AuditHead, body: string): AuditHead {
  const next = seq + 1;
  return { seq: next, hash: createHash("sha256").update(`${hash}\n${next}\n${body}`).digest("hex") };
}

export async function auditHead(transaction: Transaction): Promise<AuditHead> {
  const [row] = await transaction.all("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
  return row ? { seq: number(row, "seq"), hash: text(row, "hash") } : GENESIS;
}

/** The end of the log inside one write transaction: reads it once, then appends. */
export class AuditTail {
  readonly #transaction: Transaction;
  #head: AuditHead;

  private constructor(transaction: Transaction, head: AuditHead) {
    this.#transaction = transaction;
    this.#head = head;
  }

  static async of(transaction: Transaction): Promise<AuditTail> {
    return new AuditTail(transaction, await auditHead(transaction));
  }

  get head(): AuditHead {
    return this.#head;
  }

  async append(entry: AuditEntry): Promise<AuditHead> {
    const body = JSON.stringify(entry);
    const head = chain(this.#head, body);
    await this.#transaction.run("INSERT INTO audit (seq, subject, body, hash) VALUES (?, ?, ?, ?)", head.seq, entry.subject, body, head.hash);
    this.#head = head;
    return head;
  }
}

/** Records about `subject` after `cursor`, oldest first. */
export async function auditOf(transaction: Transaction, subject: string, cursor: number, limit: number): Promise<readonly AuditRecord[]> {
  const rows = await transaction.all(
    "SELECT seq, hash, body FROM audit WHERE subject = ? AND seq > ? ORDER BY seq LIMIT ?",
    subject,
    cursor,
    limit,
  );
  return rows.map((row) => recordOf(row));
}

export async function auditAt(transaction: Transaction, seq: number): Promise<AuditRecord | undefined> {
  const [row] = await transaction.all("SELECT seq, hash, body FROM audit WHERE seq = ?", seq);
  return row && recordOf(row);
}

function recordOf(row: Row): AuditRecord {
  return { seq: number(row, "seq"), hash: text(row, "hash"), entry: JSON.parse(text(row, "body")) as AuditEntry };
}

/** Where the log stops being what it says it is; `undefined` if every record follows from the one before. */
export type AuditFault = { readonly seq: number; readonly reason: string };

const PAGE = 5_000;

/**
 * Walks the whole log.
 * @param anchor a head that is known from outside; the log has to contain it
 */
export async function verifyAudit(database: Database, anchor: AuditHead = GENESIS): Promise<{ head: AuditHead; fault?: AuditFault }> {
  let head = GENESIS;
  for (;;) {
    const rows = await database.read((transaction) =>
      transaction.all("SELECT seq, body, hash FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", head.seq, PAGE),
    );
    for (const row of rows) {
      const next = chain(head, text(row, "body"));
      if (number(row, "seq") !== next.seq) return { head, fault: { seq: next.seq, reason: "a record is missing" } };
      if (text(row, "hash") !== next.hash) return { head, fault: { seq: next.seq, reason: "a record was changed" } };
      if (next.seq === anchor.seq && next.hash !== anchor.hash)
        return { head, fault: { seq: next.seq, reason: "the record is not the one that was anchored" } };
      head = next;
    }
    if (rows.length < PAGE) break;
  }
  if (head.seq < anchor.seq) return { head, fault: { seq: anchor.seq, reason: "the log ends before the record that was anchored" } };
  return { head };
}
