import { randomUUID } from "node:crypto";
import { isAddressEqual, zeroAddress } from "viem";
import { z } from "zod/v4";
import { accountAddressOf } from "../operation/accountAddress.ts";
import { type AccountDefinition, createSmartAccount as createSmartAccountBody, type Deployment } from "../protocol/accounts.ts";
import { type ApiRequest } from "../protocol/api.ts";
import { SignerError } from "../protocol/errors.ts";
import { ownerPolicyHash, ownerRules } from "../protocol/owner.ts";
import { address, bytes32, label } from "../protocol/primitives.ts";
import { auditHead, auditOf, AuditTail } from "../storage/auditLog.ts";
import { findSmartAccount, findSmartAccountAt, findWallet, insertSmartAccount, insertWallet, setWalletStatus, type SmartAccount, type Wallet, type WalletStatus } from "../storage/wallets.ts";
import { type Context } from "./context.ts";
import { pageOf, param, read } from "./input.ts";
import { checkRunning, checkWallet } from "./signing.ts";
import { eventsView, smartAccountView, walletView } from "./views.ts";

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

/** A smart account of a wallet. It needs a guardian and an owner outside the TEE: the TEE may be lost. */
export async function createSmartAccount(context: Context, request: ApiRequest): Promise<unknown> {
  const body = read(createSmartAccountBody, request.body);
  const wallet = await walletOf(context, param(request, "wallet"));
  checkWallet(wallet);
  const owner = wallet.address ?? zeroAddress;
  const recovery = body.recovery_signers.filter((it) => !isAddressEqual(it, owner) && !isAddressEqual(it, zeroAddress));
  const guardian = body.guardian ?? zeroAddress;
  if (isAddressEqual(guardian, zeroAddress) || isAddressEqual(guardian, owner)) {
    throw new SignerError("account_without_guardian", "The account needs a `guardian` outside the TEE: somebody who can pause and revoke without this signer.");
  }
  if (recovery.length === 0) {
    throw new SignerError("account_without_recovery", "The account needs `recovery_signers` outside the TEE: owners for the day when this signer is gone.");
  }
  const definition: AccountDefinition = {
    kind: "owned",
    entry_point_version: body.entry_point_version,
    ...(body.deployment ?? deploymentOf(context, body.chain, body.entry_point_version)),
    owners: [owner, ...recovery],
    guardian,
    salt: body.salt,
  };
  const account: SmartAccount = { id: randomUUID(), walletId: wallet.id, chainId: body.chain, address: accountAddressOf(definition), definition, createdAt: Date.now() };
  const stored = await context.batcher.add(async (batch) => {
    const existing = await findSmartAccountAt(batch.transaction, account.chainId, account.address);
    if (existing) return existing;
    await insertSmartAccount(batch.transaction, account);
    await batch.audit.append({ subject: wallet.id, type: "smart_account.registered", at: account.createdAt, chain: account.chainId, address: account.address });
    return account;
  });
  return smartAccountView(stored);
}

export async function getSmartAccount(context: Context, request: ApiRequest): Promise<unknown> {
  const account = await context.database.read((transaction) => findSmartAccount(transaction, param(request, "account")));
  if (account?.walletId !== param(request, "wallet")) throw new SignerError("not_found", "The wallet has no such smart account.");
  return smartAccountView(account);
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

function deploymentOf({ deployments }: Context, chainId: number, version: string): Deployment {
  const known = deployments[`${chainId}/${version}`];
  if (known) return known;
  throw new SignerError("not_found", `The signer knows no contracts on chain ${chainId}; name them in \`deployment\`.`);
}
