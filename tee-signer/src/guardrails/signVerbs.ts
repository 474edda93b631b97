import { randomUUID } from "node:crypto";
import { type Address, type Hex } from "viem";
import { z } from "zod/v4";
import { ownerSignature } from "../operation/accounts.ts";
import { checkSignIn } from "../operation/signIn.ts";
import { findTypedDataRule } from "../operation/typedDataRules.ts";
import { type ApiRequest } from "../protocol/api.ts";
import { SignerError } from "../protocol/errors.ts";
import { typedDataRequest } from "../protocol/typedData.ts";
import { type AuditHead } from "../storage/auditLog.ts";
import { findReservation, insertReservation, type NewReservation, type Reservation } from "../storage/reservations.ts";
import { readLatch } from "../storage/state.ts";
import { type SmartAccount, type Wallet } from "../storage/wallets.ts";
import { sessionIdOf } from "./authenticate.ts";
import { type Context } from "./context.ts";
import { idempotencyKeyOf, param, read } from "./input.ts";
import { judgeOwnerOperation } from "./ownerOperation.ts";
import { operationRequest } from "./sessionOperation.ts";
import { checkRunning, checkWallet, describeCalls, isWorthALine, judged, keepSignature, reserveSessionOperation, type Verdict } from "./signing.ts";

const signature = z.string().regex(/^0x[0-9a-f]+$/);

/** An agent's operation: reserved and recorded, then signed by the session's key, then kept, then answered. */
export async function signUserOperation(context: Context, request: ApiRequest): Promise<unknown> {
  const sessionId = await sessionIdOf(context, request.token);
  const body = read(operationRequest, request.body);
  const verdict = granted(await reserveSessionOperation(context, sessionId, body, idempotencyKeyOf(request)));
  const { reservation, keyRef, account } = verdict.ok;
  const answer = (signed: string): unknown => ({ user_op_hash: reservation.userOpHash, signature: signed, reservation: reservation.id, audit_seq: reservation.auditSeq });
  if (reservation.signature !== undefined) return answer(reservation.signature);
  const signed = read(
    signature,
    await context.wallet.ask("signSessionOperation", {
      grant: { requester: sessionId, audit_seq: reservation.auditSeq, audit_hash: verdict.head.hash },
      key_ref: keyRef,
      chain_id: body.chain,
      entry_point: body.entry_point,
      account,
      user_operation: rawOperation(request),
    }),
  );
  await keepSignature(context, reservation.id, signed);
  return answer(signed);
}

type OwnerGrant = { readonly reservation: Reservation; readonly keyRef: string; readonly owner: Address; readonly account: SmartAccount };

/** The owner's operation, at the owner's own request: it manages session keys and nothing else. */
export async function signOwnerOperation(context: Context, request: ApiRequest): Promise<unknown> {
  const walletId = param(request, "wallet");
  const body = read(operationRequest, request.body);
  const { chain: chainId, entry_point: entryPoint, user_operation: operation } = body;
  const attempt = { chain: chainId, sender: operation.sender, nonce: String(operation.nonce), calls: describeCalls(body) };
  const verdict = await context.batcher.add(async (batch): Promise<Verdict<OwnerGrant>> => {
    const now = Date.now();
    try {
      checkRunning(context, batch);
      const wallet: Wallet | undefined = await batch.wallet(walletId);
      checkWallet(wallet);
      const owner = wallet.address;
      const [row] = await batch.transaction.all("SELECT id FROM smart_accounts WHERE wallet_id = ? AND chain_id = ? AND address = ?", walletId, chainId, operation.sender);
      const account = row && (await batch.smartAccount(String(row["id"])));
      if (!account) throw new SignerError("account_not_allowed", "The wallet owns no such smart account on this chain.");
      const keys = await batch.transaction.all("SELECT key_address FROM sessions WHERE smart_account_id = ? AND status IN ('active', 'paused')", account.id);
      const facts = judgeOwnerOperation(body, { rules: wallet.ownerRules, owner }, account, keys.map((it) => it["key_address"] as Address), BigInt(Math.floor(now / 1000)));
      const wanted: NewReservation = {
        id: randomUUID(),
        requester: walletId,
        chainId,
        entryPoint,
        sender: operation.sender,
        nonce: String(operation.nonce),
        userOpHash: facts.userOpHash,
        requestHash: facts.requestHash,
        idempotencyKey: idempotencyKeyOf(request),
      };
      const existing = await findReservation(batch.transaction, wanted);
      if (existing) return { ok: { reservation: existing, keyRef: wallet.keyRef, owner, account }, head: batch.audit.head };
      const head = await batch.audit.append({
        subject: walletId,
        type: "signOwnerOperation.reserved",
        at: now,
        reservation: wanted.id,
        user_op_hash: facts.userOpHash,
        functions: facts.calls.map(({ name }) => name),
        gas_cost: String(facts.gasCost),
        ...attempt,
      });
      return { ok: { reservation: await insertReservation(batch.transaction, wanted, head.seq, now), keyRef: wallet.keyRef, owner, account }, head };
    } catch (error) {
      if (!(error instanceof SignerError)) throw error;
      await batch.audit.append({ subject: walletId, type: "signOwnerOperation.refused", at: now, code: error.code, reason: error.shortMessage, ...error.figures, ...attempt });
      return { refused: error };
    }
  });
  const { ok, head } = granted(verdict);
  const { reservation, keyRef, owner, account } = ok;
  const signed =
    reservation.signature ??
    read(
      signature,
      await context.wallet.ask("signOwnerOperation", {
        grant: { requester: walletId, audit_seq: reservation.auditSeq, audit_hash: head.hash },
        key_ref: keyRef,
        chain_id: chainId,
        entry_point: entryPoint,
        definition: account.definition,
        user_operation: rawOperation(request),
      }),
    );
  if (reservation.signature === undefined) await keepSignature(context, reservation.id, signed);
  return { user_op_hash: reservation.userOpHash, signature: ownerSignature(account.definition, owner, signed as Hex), owner_signature: signed, reservation: reservation.id, audit_seq: reservation.auditSeq };
}

const messageBody = z.strictObject({ message: z.string().min(1).max(4096) });

/** A sign-in message for a listed domain, by the session's key. */
export async function signMessage(context: Context, request: ApiRequest): Promise<unknown> {
  const sessionId = await sessionIdOf(context, request.token);
  const { message } = read(messageBody, request.body);
  const { ok, head } = granted(
    await judged(context, sessionId, "signMessage", {}, async ({ session, policy, batch, now }) => {
      const domains = policy.sign_in_domains;
      checkSignIn(message, { key: session.keyAddress, domains, chains: policy.allowed_chains }, now);
      const recorded = await batch.audit.append({ subject: sessionId, type: "signMessage.allowed", at: now, message });
      return { ok: { keyRef: session.keyRef, domains, chains: policy.allowed_chains }, head: recorded };
    }),
  );
  const signed = await context.wallet.ask("signIn", { grant: grantOf(sessionId, head), key_ref: ok.keyRef, message, domains: ok.domains, chains: ok.chains });
  checkRunning(context, { latch: await context.database.read(readLatch) });
  return { signature: read(signature, signed), audit_seq: head.seq };
}

/** Typed data that the session's list has, by the session's key. */
export async function signTypedData(context: Context, request: ApiRequest): Promise<unknown> {
  const sessionId = await sessionIdOf(context, request.token);
  const data = read(typedDataRequest, request.body);
  const { ok, head } = granted(
    await judged(context, sessionId, "signTypedData", { domain: data.domain, primary_type: data.primaryType }, async ({ session, policy, batch, now }) => {
      if (!policy.allowed_chains.includes(data.domain.chainId)) throw new SignerError("chain_not_allowed", `The session may not act on chain ${data.domain.chainId}.`);
      const rule = findTypedDataRule(data, policy.typed_data);
      const recorded = await batch.audit.append({ subject: sessionId, type: "signTypedData.allowed", at: now, typed_data: data });
      return { ok: { keyRef: session.keyRef, rule }, head: recorded };
    }),
  );
  const signed = await context.wallet.ask("signTypedData", { grant: grantOf(sessionId, head), key_ref: ok.keyRef, typed_data: data, rule: ok.rule });
  checkRunning(context, { latch: await context.database.read(readLatch) });
  return { signature: read(signature, signed), audit_seq: head.seq };
}

/** What other signers offer and this one never does. The attempt is in the session's events. */
export async function refuse(context: Context, request: ApiRequest, what: string): Promise<never> {
  const sessionId = await sessionIdOf(context, request.token);
  const error = new SignerError("method_refused", `The signer signs no ${what}. It signs whole user operations, listed typed data and sign-ins.`);
  const now = Date.now();
  if (isWorthALine(context, sessionId, now)) {
    await context.batcher.add((batch) => batch.audit.append({ subject: sessionId, type: "refused", at: now, code: error.code, what }));
  }
  throw error;
}

function grantOf(requester: string, head: AuditHead): { requester: string; audit_seq: number; audit_hash: string } {
  return { requester, audit_seq: head.seq, audit_hash: head.hash };
}

function granted<T>(verdict: Verdict<T>): { readonly ok: T; readonly head: AuditHead } {
  if ("refused" in verdict) throw verdict.refused;
  return verdict;
}

/** The operation as it came; the wallet reads it by itself. */
function rawOperation(request: ApiRequest): z.input<typeof operationRequest>["user_operation"] {
  return (request.body as z.input<typeof operationRequest>).user_operation;
}
