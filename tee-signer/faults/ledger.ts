import { verifyAudit } from "../src/storage/auditLog.ts";
import { type Database, text } from "../src/storage/database.ts";
import { openDatabase } from "../src/storage/open.ts";

/** A signature that somebody was given. */
export type Given = { readonly reservation: string; readonly signature: string; readonly auditSeq: number };

/**
 * Everything that must hold in a database, however its signer ended. One line for each thing that does not.
 *
 * @param cap wei that a session may spend
 */
export async function faultsOf(url: string, given: readonly Given[], cap: bigint): Promise<string[]> {
  const database = await openDatabase(url);
  try {
    return await look(database, given, cap);
  } finally {
    await database.close();
  }
}

async function look(database: Database, given: readonly Given[], cap: bigint): Promise<string[]> {
  const faults: string[] = [];
  const { fault } = await verifyAudit(database);
  if (fault) faults.push(`the audit log breaks at ${fault.seq}: ${fault.reason}`);
  const { sessions, reservations, records } = await database.read(async (transaction) => ({
    sessions: await transaction.all("SELECT id, spent FROM sessions"),
    reservations: await transaction.all("SELECT id, audit_seq, signature FROM reservations"),
    records: await transaction.all("SELECT seq, subject, body FROM audit WHERE body LIKE '%signUserOperation.reserved%'"),
  }));

  const recorded = new Map<string, bigint>();
  const bySequence = new Map<number, string>();
  for (const row of records) {
    const { reservation, native } = JSON.parse(text(row, "body")) as { reservation: string; native: string };
    const subject = text(row, "subject");
    recorded.set(subject, (recorded.get(subject) ?? 0n) + BigInt(native));
    bySequence.set(Number(row["seq"]), reservation);
  }
  for (const row of sessions) {
    const spent = BigInt((JSON.parse(text(row, "spent")) as { native: string }).native);
    const id = text(row, "id");
    if (spent > cap) faults.push(`session ${id} has spent ${spent} of ${cap}`);
    if (spent !== (recorded.get(id) ?? 0n)) faults.push(`session ${id} has spent ${spent}; the log says ${recorded.get(id) ?? 0n}`);
  }
  const byId = new Map(reservations.map((row) => [text(row, "id"), row]));
  for (const row of reservations) {
    if (bySequence.get(Number(row["audit_seq"])) !== text(row, "id")) faults.push(`reservation ${text(row, "id")} has no audit record`);
  }
  if (bySequence.size !== reservations.length) faults.push(`${bySequence.size} records for ${reservations.length} reservations`);
  for (const { reservation, signature, auditSeq } of given) {
    const row = byId.get(reservation);
    if (!row) faults.push(`a signature was given for ${reservation}, which nothing recorded`);
    else if (row["signature"] !== signature || row["audit_seq"] !== auditSeq) faults.push(`reservation ${reservation} is not as it was answered`);
  }
  return faults;
}

export type Step = "before the reservation" | "between reservation and signature" | "after the signature";

/**
 * At which steps of signing a session's requests are in a database: which of them a blow has hit.
 *
 * @param asked how many requests there were
 */
export async function stepsOf(url: string, session: string, asked: number, given: readonly Given[]): Promise<readonly Step[]> {
  const database = await openDatabase(url);
  try {
    const rows = await database.read((transaction) => transaction.all("SELECT id, signature FROM reservations WHERE requester = ?", session));
    const refused = await database.read((transaction) => transaction.all("SELECT seq FROM audit WHERE subject = ? AND body LIKE '%signUserOperation.refused%'", session));
    const answered = new Set(given.map(({ reservation }) => reservation));
    const steps: Step[] = [];
    if (rows.length + refused.length < asked) steps.push("before the reservation");
    if (rows.some((row) => row["signature"] === null)) steps.push("between reservation and signature");
    if (rows.some((row) => row["signature"] !== null && !answered.has(text(row, "id")))) steps.push("after the signature");
    return steps;
  } finally {
    await database.close();
  }
}
