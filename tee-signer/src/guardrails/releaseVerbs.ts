import { z } from "zod/v4";
import { type ApiRequest } from "../protocol/api.ts";
import { SignerError } from "../protocol/errors.ts";
import { bytes32, identifier, uint256 } from "../protocol/primitives.ts";
import { auditAt } from "../storage/auditLog.ts";
import { deleteReservation, findReservationById } from "../storage/reservations.ts";
import { type Spent } from "../storage/sessions.ts";
import { type Context } from "./context.ts";
import { param, read } from "./input.ts";

/** Seconds after an operation's window that a finalized block must be: clocks of validators differ, and nobody is in a hurry. */
export const MARGIN = 600;

/** What the chain says, at a block that is final. The owner vouches for it; the signer has no chain. */
const finalized = z.strictObject({
  number: uint256,
  hash: bytes32,
  /** Seconds since 1970. */
  timestamp: z.number().int().nonnegative(),
  /** `getNonce(sender, key)` of the EntryPoint at that block. */
  nonce: uint256,
});
const releaseBody = z.strictObject({ reservation: identifier, finalized });
type Finalized = z.output<typeof finalized>;

const reserved = z.object({ valid_until: z.string(), native: z.string(), tokens: z.record(z.string(), z.string()), chain: z.number() });

/**
 * Whether an operation can never land: its window was over, by a margin, at a final block at which its nonce was unused.
 *
 * @param now seconds since 1970
 * @throws SignerError `not_proven_dead`
 */
export function checkDead({ validUntil, nonce }: { validUntil: bigint; nonce: bigint }, it: Finalized, now: number): void {
  const refuse = (reason: string): never => {
    throw new SignerError("not_proven_dead", `The operation may have landed, or may land yet: ${reason}.`, { valid_until: String(validUntil) });
  };
  if (BigInt(it.timestamp) <= validUntil + BigInt(MARGIN)) refuse(`the block is not ${MARGIN} seconds after its window`);
  if (it.timestamp > now) refuse("the block is of the future");
  if (it.nonce >> 64n !== nonce >> 64n) refuse("the nonce is of another key");
  if (it.nonce > nonce) refuse("its nonce is used");
}

/**
 * Gives back what a dead operation had reserved, and its nonce. At the owner's request only, never at an agent's; the
 * claim is in the audit log.
 *
 * @param now milliseconds since 1970
 */
export async function releaseReservation(context: Context, request: ApiRequest, now: number = Date.now()): Promise<unknown> {
  const walletId = param(request, "wallet");
  const { reservation: id, finalized: claim } = read(releaseBody, request.body);
  const released = await context.batcher.add(async (batch): Promise<unknown> => {
    try {
      const reservation = await findReservationById(batch.transaction, id);
      const session = reservation && (await batch.session(reservation.requester));
      if (!reservation || session?.walletId !== walletId) throw new SignerError("not_found", "No session of the wallet has such a reservation.");
      const record = await auditAt(batch.transaction, reservation.auditSeq);
      const { valid_until: validUntil, ...charges } = reserved.parse(record?.entry);
      checkDead({ validUntil: BigInt(validUntil), nonce: BigInt(reservation.nonce) }, claim, Math.floor(now / 1000));
      const after = without(session.spent, charges);
      batch.spend(session.id, after);
      await deleteReservation(batch.transaction, id);
      const block = { number: String(claim.number), hash: claim.hash, timestamp: claim.timestamp, nonce: String(claim.nonce) };
      await batch.audit.append({ subject: session.id, type: "reservation.released", at: now, reservation: id, user_op_hash: reservation.userOpHash, native: charges.native, finalized: block });
      return { reservation: id, spent_native: after.native };
    } catch (error) {
      if (error instanceof SignerError) return error;
      throw error;
    }
  });
  if (released instanceof SignerError) throw released;
  return released;
}

function without(spent: Spent, { native, tokens, chain }: { native: string; tokens: Readonly<Record<string, string>>; chain: number }): Spent {
  const left: Record<string, string> = { ...spent.tokens };
  for (const [token, amount] of Object.entries(tokens)) {
    const name = `${chain}:${token}`;
    left[name] = String(BigInt(left[name] ?? "0") - BigInt(amount));
  }
  return { ...spent, native: String(BigInt(spent.native) - BigInt(native)), tokens: left };
}
