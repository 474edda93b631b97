import { randomUUID } from "node:crypto";
import { z } from "zod/v4";
import { type ApiRequest } from "../protocol/api.ts";
import { SignerError } from "../protocol/errors.ts";
import { ownerPolicyHash, ownerRules } from "../protocol/owner.ts";
import { address, bytes32, label } from "../protocol/primitives.ts";
import { auditHead, auditOf, AuditTail } from "../storage/auditLog.ts";
import { findWallet, insertWallet, setWalletStatus, type Wallet, type WalletStatus } from "../storage/wallets.ts";
import { type Context } from "./context.ts";
import { pageOf, param, read } from "./input.ts";
import { checkRunning, checkWallet } from "./signing.ts";
import { eventsView, walletView } from "./views.ts";

const createWalletBody = z.strictObject({
  name: label,
  mode: z.enum(["tee", "client"]).default("tee"),
  /** Of a wallet in client mode. */
  address: address.optional(),
  owner_rules: ownerRules.prefault({}),
});

/** A wallet: an owner key of the wallet process, or the note that somebody's device has it. */
export async function createWallet(context: Context, request: ApiRequest): Promise<unknown> {
  const body = read(createWalletBody, request.body);
  checkRunning(context);
  const id = randomUUID();
  const keyRef = body.mode === "tee" ? `owner-${id}` : undefined;
  const key = keyRef === undefined ? undefined : read(z.object({ address }), await context.wallet.ask("createKey", { key_ref: keyRef }));
  if (body.mode === "client" && !body.address) throw new SignerError("invalid_request", "A wallet in client mode has an `address`.");
  const wallet: Wallet = {
    id,
    name: body.name,
    mode: body.mode,
    status: "active",
    address: key?.address ?? body.address,
    keyRef,
    ownerRules: body.owner_rules,
    createdAt: Date.now(),
  };
  await context.batcher.add(async (batch) => {
    await insertWallet(batch.transaction, wallet);
    await batch.audit.append({ subject: id, type: "wallet.created", at: wallet.createdAt, mode: wallet.mode, address: wallet.address });
  });
  return walletView(wallet);
}

export async function getWallet(context: Context, request: ApiRequest): Promise<unknown> {
  return walletView(await walletOf(context, param(request, "wallet")));
}

export async function walletEvents(context: Context, request: ApiRequest): Promise<unknown> {
  const { id } = await walletOf(context, param(request, "wallet"));
  const { cursor, limit } = pageOf(request);
  return eventsView(await context.database.read((transaction) => auditOf(transaction, id, cursor, limit)), cursor);
}

/** Pauses, resumes or kills a wallet. Killing it also ends the wallet process, so that its key leaves memory. */
export async function changeWallet(context: Context, request: ApiRequest, status: WalletStatus): Promise<unknown> {
  const id = param(request, "wallet");
  await walletOf(context, id);
  await context.database.write(async (transaction) => {
    const wallet = await findWallet(transaction, id);
    if (wallet?.status === "killed" && status !== "killed") throw new SignerError("wallet_killed", "The wallet was killed; unsealing it is the only way back.");
    await setWalletStatus(transaction, id, status);
    await (await AuditTail.of(transaction)).append({ subject: id, type: `wallet.${status}`, at: Date.now() });
  });
  context.broadcast(`wallet:${status}`, { wallet_id: id });
  if (status === "killed") await restartWallet(context);
  return walletView(await walletOf(context, id));
}

/** Ends the wallet process and starts it anew: keys are unsealed one by one, when they are next used. */
export async function restartWallet(context: Context): Promise<void> {
  context.wallet.end();
  if (!context.halt) await context.wallet.start();
}

const attestBody = z.strictObject({ challenge: bytes32 });

/** Evidence that the wallet's owner key lives in this code, over a challenge of the asker's. */
export async function attestWallet(context: Context, request: ApiRequest): Promise<unknown> {
  const { challenge } = read(attestBody, request.body);
  checkRunning(context);
  const wallet = await walletOf(context, param(request, "wallet"));
  checkWallet(wallet);
  return attest(context, wallet, challenge);
}

/** Evidence over the wallet's key, its owner rules and the end of the audit log. */
export async function attest(context: Context, { keyRef = "", ownerRules: rules }: Wallet, challenge: string): Promise<unknown> {
  const head = await context.database.read(auditHead);
  return context.wallet.ask("attest", { key_ref: keyRef, challenge, policy_hash: ownerPolicyHash(rules), audit_head: head.hash });
}

export async function walletOf(context: Context, id: string): Promise<Wallet> {
  const wallet = await context.database.read((transaction) => findWallet(transaction, id));
  if (!wallet) throw new SignerError("not_found", "There is no such wallet.");
  return wallet;
}
