import { randomUUID } from "node:crypto";
import { z } from "zod/v4";
import { type ApiRequest } from "../protocol/api.ts";
import { SignerError } from "../protocol/errors.ts";
import { address } from "../protocol/primitives.ts";
import { createSession as createSessionBody, sessionPolicy } from "../protocol/session.ts";
import { auditOf, AuditTail } from "../storage/auditLog.ts";
import { findSession, findSessionByRun, insertSession, NOTHING_SPENT, type Session, type SessionStatus, setSessionStatus } from "../storage/sessions.ts";
import { findSmartAccount } from "../storage/wallets.ts";
import { checkAlive, sessionIdOf } from "./authenticate.ts";
import { readRules } from "./batcher.ts";
import { clip } from "./clip.ts";
import { type Context } from "./context.ts";
import { hashToken, newToken } from "./credentials.ts";
import { pageOf, param, read } from "./input.ts";
import { checkRunning, checkWallet } from "./signing.ts";
import { eventsView, sessionView } from "./views.ts";
import { restartWallet, walletOf } from "./walletVerbs.ts";

const DAY_MS = 86_400_000;
const MAX_LIFE_MS = 366 * DAY_MS;

/** A session for an agent, with a session key of its own. The answer is the only place where its token ever stands. */
export async function createSession(context: Context, request: ApiRequest): Promise<unknown> {
  const body = read(createSessionBody, request.body);
  const { wallet_id: walletId, name, smart_account_id: accountId, expires_at: expiresAt, run_id, parent_run_id: parentRunId, ...rules } = body;
  const now = Date.now();
  if (expiresAt <= now || expiresAt > now + MAX_LIFE_MS) throw new SignerError("invalid_request", "`expires_at` is in the future, and within a year.");
  checkRunning(context);
  const wallet = await walletOf(context, walletId);
  checkWallet(wallet);

  const id = randomUUID();
  const keyRef = `session-${id}`;
  const key = read(z.object({ address }), await context.wallet.ask("createKey", { key_ref: keyRef }));
  const token = newToken("agent");
  const session: Session = {
    id,
    walletId,
    smartAccountId: accountId,
    tokenHash: hashToken(token),
    status: "active",
    policy: sessionPolicy.parse(rules),
    spent: NOTHING_SPENT,
    keyRef,
    keyAddress: key.address,
    runId: run_id ?? randomUUID(),
    parentRunId,
    createdAt: now,
    expiresAt,
  };
  await context.database.write(async (transaction) => {
    if (accountId !== undefined && (await findSmartAccount(transaction, accountId))?.walletId !== walletId) {
      throw new SignerError("not_found", "The wallet has no such smart account.");
    }
    if (await findSessionByRun(transaction, session.runId)) throw new SignerError("invalid_request", "`run_id` belongs to another session.");
    const parent = parentRunId === undefined ? undefined : await findSessionByRun(transaction, parentRunId);
    if (parentRunId !== undefined && !parent) throw new SignerError("parent_run_unknown", "There is no session of the run `parent_run_id`.");
    // A child acts by its own wallet and policy, never with its parent's money.
    if (parent?.walletId === walletId) throw new SignerError("parent_run_same_wallet", "A child run has a wallet of its own, not its parent's.");
    await insertSession(transaction, session);
    const audit = await AuditTail.of(transaction);
    await audit.append({ subject: id, type: "session.created", at: now, wallet_id: walletId, name, session_key: key.address, policy: session.policy, parent_run_id: parentRunId });
  });
  return { ...((await view(context, session)) as object), name, token };
}

export async function getSession(context: Context, request: ApiRequest): Promise<unknown> {
  return view(context, await sessionOf(context, param(request, "session")));
}

/** A session as its own agent sees it. A session that rests may still look at itself. */
export async function ownSession(context: Context, request: ApiRequest): Promise<unknown> {
  const session = await sessionOf(context, await sessionIdOf(context, request.token));
  if (session.status !== "paused") checkAlive(session, Date.now());
  return view(context, session);
}

export async function sessionEvents(context: Context, request: ApiRequest): Promise<unknown> {
  const { id } = await sessionOf(context, param(request, "session"));
  const { cursor, limit } = pageOf(request);
  return eventsView(await context.database.read((transaction) => auditOf(transaction, id, cursor, limit)), cursor);
}

/** What may follow what: a revoke and a kill are for good, and stay what they are when repeated. */
const FROM: Readonly<Record<SessionStatus, readonly SessionStatus[]>> = {
  active: ["paused", "active"],
  paused: ["active", "paused"],
  revoked: ["active", "paused", "killed", "revoked"],
  killed: ["active", "paused", "killed"],
};

export async function changeSession(context: Context, request: ApiRequest, status: SessionStatus): Promise<unknown> {
  const id = param(request, "session");
  await sessionOf(context, id);
  await context.database.write(async (transaction) => {
    const session = await findSession(transaction, id);
    if (!session || !FROM[status].includes(session.status)) {
      throw new SignerError(session?.status === "killed" ? "session_killed" : "session_revoked", `A session that is ${session?.status} stays so.`);
    }
    await setSessionStatus(transaction, id, status);
    await (await AuditTail.of(transaction)).append({ subject: id, type: `session.${status}`, at: Date.now() });
  });
  context.broadcast(`session:${status}`, { session_id: id });
  if (status === "killed") await restartWallet(context);
  return view(context, await sessionOf(context, id));
}

async function view(context: Context, session: Session): Promise<unknown> {
  const { rules, account } = await context.database.read(async (transaction) => ({
    rules: await readRules(transaction),
    account: session.smartAccountId === undefined ? undefined : await findSmartAccount(transaction, session.smartAccountId),
  }));
  return sessionView(session, clip(session.policy, rules), account);
}

async function sessionOf(context: Context, id: string): Promise<Session> {
  const session = await context.database.read((transaction) => findSession(transaction, id));
  if (!session) throw new SignerError("not_found", "There is no such session.");
  return session;
}
