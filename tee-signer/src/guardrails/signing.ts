import { randomUUID } from "node:crypto";
import { type Address, size, slice } from "viem";
import { sessionAccountOf } from "../operation/accounts.ts";
import { readCalls } from "../operation/lanes.ts";
import { type SessionAccount } from "../protocol/accounts.ts";
import { type Method } from "../protocol/session.ts";
import { SignerError } from "../protocol/errors.ts";
import { type AuditHead } from "../storage/auditLog.ts";
import { findReservation, insertReservation, type NewReservation, type Reservation, storeSignature } from "../storage/reservations.ts";
import { type Session } from "../storage/sessions.ts";
import { type Wallet } from "../storage/wallets.ts";
import { checkAlive } from "./authenticate.ts";
import { type Batch } from "./batcher.ts";
import { spend } from "./caps.ts";
import { clip, type EffectivePolicy } from "./clip.ts";
import { type Context } from "./context.ts";
import { judgeSessionOperation, type OperationRequest } from "./sessionOperation.ts";

/** What a transaction came to: leave to sign, recorded, or a refusal, recorded as well. */
export type Verdict<T> = { readonly ok: T; readonly head: AuditHead } | { readonly refused: SignerError };

/** Refuses while the signer is halted. Both are asked: the other processes' latch, and this one's own state. */
export function checkRunning(context: Context, batch?: Pick<Batch, "latch">): void {
  const halt = batch?.latch ? ({ kind: "killed", reason: batch.latch.reason } as const) : context.halt;
  if (halt?.kind === "killed") throw new SignerError("signer_killed", `The signer was killed: ${halt.reason}. It has to be unsealed.`);
  if (halt) throw new SignerError("signer_sealed", `The signer is sealed: ${halt.reason}.`);
}

export function checkWallet(wallet: Wallet | undefined): asserts wallet is Wallet & { keyRef: string; address: Address } {
  if (!wallet) throw new SignerError("not_found", "There is no such wallet.");
  if (wallet.mode !== "tee" || wallet.keyRef === undefined || wallet.address === undefined) {
    throw new SignerError("wallet_not_tee_mode", "The wallet's key is on somebody's device; nobody here can sign with it.");
  }
  if (wallet.status === "paused") throw new SignerError("wallet_paused", "The wallet is paused.");
  if (wallet.status === "killed") throw new SignerError("wallet_killed", "The wallet was killed.");
}

/**
 * Everything that has to hold before a session may sign anything, and then `decide`. A refusal is written to the log
 * like an approval is.
 */
export function judged<T>(
  context: Context,
  sessionId: string,
  method: Method,
  attempt: Readonly<Record<string, unknown>>,
  decide: (it: { session: Session; policy: EffectivePolicy; batch: Batch; now: number }) => Promise<{ ok: T; head: AuditHead }>,
): Promise<Verdict<T>> {
  return context.batcher.add(async (batch) => {
    const now = Date.now();
    try {
      checkRunning(context, batch);
      const session = await batch.session(sessionId);
      if (!session) throw new SignerError("unauthorized", "There is no such session.");
      checkAlive(session, now);
      context.rateLimit.take(sessionId, session.policy.rate_limit_per_minute, now);
      checkWallet(await batch.wallet(session.walletId));
      const policy = clip(session.policy, await batch.rules());
      if (!policy.allowed_methods.includes(method)) throw new SignerError("method_not_allowed", `The session may not ${method}.`);
      return await decide({ session, policy, batch, now });
    } catch (error) {
      if (!(error instanceof SignerError)) throw error;
      if (error.code !== "rate_limited" && isWorthALine(context, sessionId, now)) {
        await batch.audit.append({ subject: sessionId, type: `${method}.refused`, at: now, code: error.code, reason: error.shortMessage, ...error.figures, ...attempt });
      }
      return { refused: error };
    }
  });
}

/** Refusals of one session that are written down in a minute. A flood of them, also by a dead session, fills no disk. */
const REFUSALS_PER_MINUTE = 600;

/** Whether a refusal is written to the log. */
export function isWorthALine({ rateLimit }: Context, sessionId: string, now: number): boolean {
  try {
    rateLimit.take(`refusals of ${sessionId}`, REFUSALS_PER_MINUTE, now);
    return true;
  } catch {
    return false;
  }
}

export type Signed = { readonly reservation: Reservation; readonly session: Session; readonly keyRef: string; readonly account: SessionAccount };

/** Checks, reserves and records an agent's operation, in one durable transaction, before anything is signed. */
export function reserveSessionOperation(context: Context, sessionId: string, request: OperationRequest, idempotencyKey: string | undefined): Promise<Verdict<Signed>> {
  const { chain: chainId, entry_point: entryPoint, user_operation: operation } = request;
  const attempt = { chain: chainId, sender: operation.sender, nonce: String(operation.nonce), calls: describeCalls(request) };
  return judged(context, sessionId, "signUserOperation", attempt, async ({ session, policy, batch, now }) => {
    const bound = session.smartAccountId === undefined ? undefined : await batch.smartAccount(session.smartAccountId);
    if (!bound) throw new SignerError("session_without_account", "The session is bound to no smart account, and signs messages only.");
    const account = sessionAccountOf(bound.definition);
    const facts = judgeSessionOperation(request, policy, { key: session.keyAddress, expiresAt: session.expiresAt, account: { ...bound, session: account } }, BigInt(Math.floor(now / 1000)));
    const wanted: NewReservation = {
      id: randomUUID(),
      requester: sessionId,
      chainId,
      entryPoint,
      sender: operation.sender,
      nonce: String(operation.nonce),
      userOpHash: facts.userOpHash,
      requestHash: facts.requestHash,
      idempotencyKey,
    };
    const existing = await findReservation(batch.transaction, wanted);
    // The same request again: nothing is charged, and the same signature is given.
    if (existing) return { ok: { reservation: existing, session, keyRef: session.keyRef, account }, head: batch.audit.head };
    // While it starts again nothing is spent for signatures that cannot come.
    if (!context.wallet.running) throw new SignerError("wallet_unavailable", "The wallet process is starting; ask again.");
    const after = spend(policy, session.spent, facts.charges, chainId);
    batch.spend(sessionId, after);
    const head = await batch.audit.append({
      subject: sessionId,
      type: "signUserOperation.reserved",
      at: now,
      reservation: wanted.id,
      user_op_hash: facts.userOpHash,
      native: String(facts.charges.native),
      tokens: Object.fromEntries([...facts.charges.tokens].map(([token, amount]) => [token, String(amount)])),
      spent_native: after.native,
      valid_until: String(facts.validUntil),
      ...attempt,
    });
    const reservation = await insertReservation(batch.transaction, wanted, head.seq, now);
    return { ok: { reservation, session, keyRef: session.keyRef, account }, head };
  });
}

/**
 * Keeps a signature with its reservation, so that asking again gives the same.
 *
 * @throws SignerError `signer_killed` if somebody has killed this signer, or another replica, while it was made
 */
export async function keepSignature(context: Context, id: string, signature: string): Promise<void> {
  const latch = await context.batcher.add(async (batch) => {
    await storeSignature(batch.transaction, id, signature);
    return batch.latch;
  });
  checkRunning(context, { latch });
}

/** Target, value and function of each call, for the log; what cannot be decoded is told by the refusal. */
export function describeCalls({ user_operation: operation }: OperationRequest): unknown {
  try {
    return readCalls(operation).calls.map(({ to, value, data }) => ({
      to: to.toLowerCase(),
      value: String(value),
      ...(size(data) >= 4 && { selector: slice(data, 0, 4) }),
    }));
  } catch {
    return undefined;
  }
}
