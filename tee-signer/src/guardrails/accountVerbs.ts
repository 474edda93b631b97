import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type Address, isAddressEqual, zeroAddress } from "viem";
import { accountAddressOf } from "../operation/accountAddress.ts";
import { noRecovery } from "../operation/ownership.ts";
import { type AccountDefinition, type Deployment, kindOfRegistration, type OwnedDefinition, registerOwned } from "../protocol/accounts.ts";
import { type ApiRequest } from "../protocol/api.ts";
import { SignerError } from "../protocol/errors.ts";
import { findSmartAccount, findSmartAccountAt, insertSmartAccount, type SmartAccount } from "../storage/wallets.ts";
import { type Context } from "./context.ts";
import { param, read } from "./input.ts";
import { checkWallet } from "./signing.ts";
import { readRegistration, standingDefinition } from "./standingAccount.ts";
import { smartAccountView } from "./views.ts";
import { walletOf } from "./walletVerbs.ts";

/**
 * A smart account of a wallet: of the factory, or one that stands. An account that the wallet's key is to own needs a
 * guardian and a recovery outside the TEE: the TEE may be lost.
 */
export async function createSmartAccount(context: Context, request: ApiRequest): Promise<unknown> {
  const { kind } = read(kindOfRegistration, request.body);
  const wallet = await walletOf(context, param(request, "wallet"));
  checkWallet(wallet);
  const { chain, definition } = kind === "owned" ? ownedDefinition(context, request.body, wallet.address) : standingIn(context, kind, request.body, wallet.address);
  const address = definition.kind === "owned" ? accountAddressOf(definition) : definition.address;
  const account: SmartAccount = { id: randomUUID(), walletId: wallet.id, chainId: chain, address, definition, createdAt: Date.now() };
  const stored = await context.batcher.add(async (batch) => {
    const existing = await findSmartAccountAt(batch.transaction, account.chainId, account.address);
    // As a value: what is thrown takes the others of its transaction with it.
    if (existing && existing.walletId !== wallet.id) return new SignerError("account_already_registered", "Another wallet has registered this account.");
    if (existing && isTheSame(existing, account)) return existing;
    // An account that stands changes its guardian and its owners; whoever vouched for the old ones has not for the new.
    const anew = existing ? { ...existing, definition } : account;
    await (existing ? batch.define(anew) : insertSmartAccount(batch.transaction, anew));
    const told = definition.kind === "owned" ? {} : { ownership: definition.ownership };
    await batch.audit.append({ subject: wallet.id, type: "smart_account.registered", at: account.createdAt, chain, address, kind: definition.kind, claimed_by: "operator", ...told });
    return anew;
  });
  if (stored instanceof SignerError) throw stored;
  return smartAccountView(stored);
}

export async function getSmartAccount(context: Context, request: ApiRequest): Promise<unknown> {
  return smartAccountView(await accountOf(context, request));
}

/** The account that a request names. @throws SignerError `not_found` */
export async function accountOf(context: Context, request: ApiRequest): Promise<SmartAccount> {
  const account = await context.database.read((transaction) => findSmartAccount(transaction, param(request, "account")));
  if (account?.walletId !== param(request, "wallet")) throw new SignerError("not_found", "The wallet has no such smart account.");
  return account;
}

type Defined<definition> = { readonly chain: number; readonly definition: definition };

function ownedDefinition(context: Context, sent: unknown, owner: Address): Defined<OwnedDefinition> {
  const body = read(registerOwned, sent);
  const recovery = body.recovery_signers.filter((it) => !isAddressEqual(it, owner) && !isAddressEqual(it, zeroAddress));
  const guardian = body.guardian ?? zeroAddress;
  if (isAddressEqual(guardian, zeroAddress) || isAddressEqual(guardian, owner)) {
    throw new SignerError("account_without_guardian", "The account needs a `guardian` outside the TEE: somebody who can pause and revoke without this signer.");
  }
  if (recovery.length === 0) throw noRecovery("`recovery_signers`, owners outside the TEE");
  const contracts = body.deployment ?? deploymentOf(context, body.chain, body.entry_point_version, "`deployment`");
  const { chain, entry_point_version, salt } = body;
  return { chain, definition: { kind: "owned", entry_point_version, ...contracts, owners: [owner, ...recovery], guardian, salt } };
}

function standingIn(context: Context, kind: Exclude<AccountDefinition["kind"], "owned">, sent: unknown, owner: Address): Defined<AccountDefinition> {
  const body = readRegistration(kind, sent);
  const module = body.module ?? deploymentOf(context, body.chain, body.entry_point_version, "`module`").module;
  return { chain: body.chain, definition: standingDefinition(body, module, owner) };
}

/** A registration may be repeated; what the owner has attested since does not make it another. */
function isTheSame(existing: SmartAccount, again: SmartAccount): boolean {
  // The address of an account of the factory says all of it.
  if (existing.definition.kind === "owned") return true;
  return isDeepStrictEqual(asRegistered(existing.definition), asRegistered(again.definition));
}

function asRegistered(definition: AccountDefinition): unknown {
  const { ownership, ...rest } = JSON.parse(JSON.stringify(definition)) as { ownership?: Record<string, unknown> };
  return { ...rest, ...(ownership && { ownership: { ...ownership, attested: undefined } }) };
}

function deploymentOf({ deployments }: Context, chainId: number, version: string, field: string): Deployment {
  const known = deployments[`${chainId}/${version}`];
  if (known) return known;
  throw new SignerError("not_found", `The signer knows no contracts on chain ${chainId}; name them in ${field}.`);
}
