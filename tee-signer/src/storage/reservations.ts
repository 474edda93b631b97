import { SignerError } from "../protocol/errors.ts";
import { number, optionalText, type Row, text, type Transaction } from "./database.ts";

/** What makes an operation the only one of its kind: no other will ever be signed for the same four. */
export type OperationSlot = {
  readonly chainId: number;
  readonly entryPoint: string;
  readonly sender: string;
  /** Decimal. */
  readonly nonce: string;
};

export type NewReservation = OperationSlot & {
  readonly id: string;
  /** The session, or the wallet whose owner asks. */
  readonly requester: string;
  readonly userOpHash: string;
  /** Covers everything that decides the signature, the window included. */
  readonly requestHash: string;
  readonly idempotencyKey: string | undefined;
};

export type Reservation = NewReservation & { readonly auditSeq: number; readonly signature: string | undefined; readonly createdAt: number };

/**
 * The reservation that already answers this request, if there is one: same idempotency key, or same operation.
 *
 * @throws SignerError `idempotency_conflict`, `nonce_already_signed` where one is there and it is about something else
 */
export async function findReservation(transaction: Transaction, wanted: NewReservation): Promise<Reservation | undefined> {
  const { requester, idempotencyKey, chainId, entryPoint, sender, nonce } = wanted;
  const isSame = (it: Reservation): boolean => it.requester === requester && it.requestHash === wanted.requestHash;
  if (idempotencyKey !== undefined) {
    const [row] = await transaction.all("SELECT * FROM reservations WHERE requester = ? AND idempotency_key = ?", requester, idempotencyKey);
    const found = row && reservationOf(row);
    if (found && !isSame(found)) throw new SignerError("idempotency_conflict", "This idempotency key belongs to another request.");
    if (found) return found;
  }
  const [row] = await transaction.all(
    "SELECT * FROM reservations WHERE chain_id = ? AND entry_point = ? AND sender = ? AND nonce = ?",
    chainId,
    entryPoint,
    sender,
    nonce,
  );
  const found = row && reservationOf(row);
  if (found && !isSame(found)) {
    throw new SignerError("nonce_already_signed", "Another operation was already signed for this chain, EntryPoint, sender and nonce.", {
      user_op_hash: found.requester === requester ? found.userOpHash : "",
    });
  }
  return found;
}

/** Writes a reservation. It counts as spent from here on, whether a signature follows or not. */
export async function insertReservation(transaction: Transaction, it: NewReservation, auditSeq: number, createdAt: number): Promise<Reservation> {
  await transaction.run(
    `INSERT INTO reservations (id, requester, chain_id, entry_point, sender, nonce, user_op_hash, request_hash, idempotency_key, audit_seq, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    it.id,
    it.requester,
    it.chainId,
    it.entryPoint,
    it.sender,
    it.nonce,
    it.userOpHash,
    it.requestHash,
    it.idempotencyKey ?? null,
    auditSeq,
    createdAt,
  );
  return { ...it, auditSeq, signature: undefined, createdAt };
}

export async function findReservationById(transaction: Transaction, id: string): Promise<Reservation | undefined> {
  const [row] = await transaction.all("SELECT * FROM reservations WHERE id = ?", id);
  return row && reservationOf(row);
}

/** Of an operation that can never land; what it was stays in the audit log. */
export function deleteReservation(transaction: Transaction, id: string): Promise<void> {
  return transaction.run("DELETE FROM reservations WHERE id = ?", id);
}

export function storeSignature(transaction: Transaction, id: string, signature: string): Promise<void> {
  return transaction.run("UPDATE reservations SET signature = ? WHERE id = ?", signature, id);
}

function reservationOf(row: Row): Reservation {
  return {
    id: text(row, "id"),
    requester: text(row, "requester"),
    chainId: number(row, "chain_id"),
    entryPoint: text(row, "entry_point"),
    sender: text(row, "sender"),
    nonce: text(row, "nonce"),
    userOpHash: text(row, "user_op_hash"),
    requestHash: text(row, "request_hash"),
    idempotencyKey: optionalText(row, "idempotency_key"),
    auditSeq: number(row, "audit_seq"),
    signature: optionalText(row, "signature"),
    createdAt: number(row, "created_at"),
  };
}
