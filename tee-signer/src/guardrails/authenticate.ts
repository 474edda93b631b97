import { SignerError } from "../protocol/errors.ts";
import { findSessionByToken, type Session } from "../storage/sessions.ts";
import { type Context } from "./context.ts";
import { hashToken, roleOf, sameHash } from "./credentials.ts";

const denied = (): SignerError => new SignerError("unauthorized", "This request needs a valid token: `Authorization: Bearer …`.");

/** @throws SignerError `unauthorized`; `forbidden` for a genuine kind of token that is not for this */
export function requireRole(context: Context, token: string | undefined, role: "operator" | "owner"): void {
  const claimed = token === undefined ? undefined : roleOf(token);
  if (token === undefined || claimed === undefined) throw denied();
  if (claimed !== role) throw new SignerError("forbidden", `This takes the ${role}'s credential.`);
  if (!sameHash(hashToken(token), context.hashes[role])) throw denied();
}

/** Which sessions tokens belong to: this never changes, so it is read once. */
const known = new WeakMap<Context, Map<string, string>>();

/** The session of a token, without looking at its state, which is read where it is used. */
export async function sessionIdOf(context: Context, token: string | undefined): Promise<string> {
  if (token === undefined || roleOf(token) !== "agent") throw denied();
  const hash = hashToken(token);
  const ids = known.get(context) ?? new Map<string, string>();
  known.set(context, ids);
  const id = ids.get(hash);
  if (id !== undefined) return id;
  const session = await context.database.read((transaction) => findSessionByToken(transaction, hash));
  if (!session || !sameHash(session.tokenHash, hash)) throw denied();
  ids.set(hash, session.id);
  return session.id;
}

/**
 * Refuses a session that has ended, and one that rests.
 *
 * @param now milliseconds since 1970
 * @throws SignerError
 */
export function checkAlive(session: Session, now: number): void {
  if (session.status === "revoked") throw new SignerError("session_revoked", "The session was revoked.");
  if (session.status === "killed") throw new SignerError("session_killed", "The session was killed.");
  if (now >= session.expiresAt) throw new SignerError("session_expired", "The session has expired.", { expired_at: new Date(session.expiresAt).toISOString() });
  if (session.status === "paused") throw new SignerError("session_paused", "The session is paused.");
}
