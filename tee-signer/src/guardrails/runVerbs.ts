import { z } from "zod/v4";
import { type ApiRequest } from "../protocol/api.ts";
import { bytes32, identifier } from "../protocol/primitives.ts";
import { organisationRules } from "../protocol/session.ts";
import { AuditTail } from "../storage/auditLog.ts";
import { setSessionStatus } from "../storage/sessions.ts";
import { setLatch, writeState } from "../storage/state.ts";
import { findWallet, listKilledWallets, setWalletStatus } from "../storage/wallets.ts";
import { RULES, readRules } from "./batcher.ts";
import { type Context } from "./context.ts";
import { read } from "./input.ts";
import { attest } from "./walletVerbs.ts";

/** Subject of events that are about the signer as a whole. */
const SIGNER = "signer";

export async function status(context: Context): Promise<unknown> {
  return { state: context.halt?.kind ?? "running", ...(context.halt && { reason: context.halt.reason }), wallet_running: context.wallet.running };
}

export function getRules(context: Context): Promise<unknown> {
  return context.database.read(readRules);
}

export async function setRules(context: Context, request: ApiRequest): Promise<unknown> {
  const rules = read(organisationRules, request.body);
  await context.database.write(async (transaction) => {
    await writeState(transaction, RULES, JSON.stringify(rules));
    await (await AuditTail.of(transaction)).append({ subject: SIGNER, type: "rules.set", at: Date.now(), rules });
  });
  return rules;
}

const killBody = z.strictObject({ reason: z.string().max(200).default("by request") }).prefault({});

/** Stops everything: first what could still sign, then what says so durably. Only {@link unseal} leads back. */
export async function kill(context: Context, request: ApiRequest): Promise<unknown> {
  const { reason } = read(killBody, request.body ?? {});
  stop(context, reason);
  const at = Date.now();
  await context.database.write(async (transaction) => {
    await setLatch(transaction, { at, reason });
    await (await AuditTail.of(transaction)).append({ subject: SIGNER, type: "signer.killed", at, reason });
  });
  return status(context);
}

/** What a kill does in this process. Takes no time and cannot fail. */
export function stop(context: Context, reason: string): void {
  context.halt = { kind: "killed", reason };
  context.wallet.end();
  context.broadcast("system:killed", { reason });
}

const unsealBody = z.strictObject({
  /** 32 random bytes: the evidence in the answer is over them, and so is fresh. */
  challenge: bytes32,
  /** The wallet whose key the evidence is about. */
  wallet_id: identifier.optional(),
  /** Sessions and wallets that were killed one by one and may live again. */
  sessions: z.array(identifier).max(100).default([]),
  wallets: z.array(identifier).max(100).default([]),
});

/** Takes back a kill, or a seal since boot: explicitly, audited, with evidence of what is being unsealed. */
export async function unseal(context: Context, request: ApiRequest): Promise<unknown> {
  const { challenge, wallet_id: walletId, sessions, wallets } = read(unsealBody, request.body);
  await context.database.write(async (transaction) => {
    await setLatch(transaction, undefined);
    const killed = new Set((await listKilledWallets(transaction)).map((it) => it["id"]));
    for (const id of wallets) if (killed.has(id)) await setWalletStatus(transaction, id, "active");
    for (const id of sessions) {
      const rows = await transaction.all("SELECT id FROM sessions WHERE id = ? AND status = 'killed'", id);
      if (rows.length > 0) await setSessionStatus(transaction, id, "active");
    }
    const audit = await AuditTail.of(transaction);
    await audit.append({ subject: SIGNER, type: "signer.unsealed", at: Date.now(), sealed: context.halt?.reason, sessions, wallets });
  });
  context.halt = undefined;
  await context.wallet.start();
  context.broadcast("system:unsealed", {});
  const wallet = await context.database.read(async (transaction) => {
    const [first] = await transaction.all("SELECT id FROM wallets WHERE key_ref IS NOT NULL ORDER BY created_at LIMIT 1");
    const id = walletId ?? first?.["id"];
    return typeof id === "string" ? findWallet(transaction, id) : undefined;
  });
  const evidence = wallet?.keyRef === undefined ? null : await attest(context, wallet, challenge);
  return { ...((await status(context)) as object), attestation: evidence };
}
