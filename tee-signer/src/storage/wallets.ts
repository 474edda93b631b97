import { type Address, type Hex } from "viem";
import { type AccountDefinition } from "../protocol/accounts.ts";
import { type OwnerRules } from "../protocol/owner.ts";
import { number, optionalText, type Row, text, type Transaction } from "./database.ts";

export type WalletStatus = "active" | "paused" | "killed";

/** `tee`: the key is in the wallet process. `client`: it is in somebody's device, and nobody here can sign. */
export type Wallet = {
  readonly id: string;
  readonly name: string;
  readonly mode: "tee" | "client";
  readonly status: WalletStatus;
  readonly address: Address | undefined;
  readonly keyRef: string | undefined;
  readonly ownerRules: OwnerRules;
  readonly createdAt: number;
};

export type SmartAccount = {
  readonly id: string;
  readonly walletId: string;
  readonly chainId: number;
  readonly address: Address;
  readonly definition: AccountDefinition;
  readonly createdAt: number;
};

export async function insertWallet(transaction: Transaction, it: Wallet): Promise<void> {
  await transaction.run(
    "INSERT INTO wallets (id, name, mode, status, address, key_ref, owner_rules, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    it.id,
    it.name,
    it.mode,
    it.status,
    it.address ?? null,
    it.keyRef ?? null,
    JSON.stringify(it.ownerRules),
    it.createdAt,
  );
}

export async function findWallet(transaction: Transaction, id: string): Promise<Wallet | undefined> {
  const [row] = await transaction.all("SELECT * FROM wallets WHERE id = ?", id);
  return row && walletOf(row);
}

export function setWalletStatus(transaction: Transaction, id: string, status: WalletStatus): Promise<void> {
  return transaction.run("UPDATE wallets SET status = ? WHERE id = ?", status, id);
}

export function listKilledWallets(transaction: Transaction): Promise<readonly Row[]> {
  return transaction.all("SELECT id FROM wallets WHERE status = 'killed'");
}

export async function insertSmartAccount(transaction: Transaction, it: SmartAccount): Promise<void> {
  await transaction.run(
    "INSERT INTO smart_accounts (id, wallet_id, chain_id, address, definition, created_at) VALUES (?, ?, ?, ?, ?, ?)",
    it.id,
    it.walletId,
    it.chainId,
    it.address.toLowerCase(),
    JSON.stringify(it.definition),
    it.createdAt,
  );
}

export async function findSmartAccount(transaction: Transaction, id: string): Promise<SmartAccount | undefined> {
  const [row] = await transaction.all("SELECT * FROM smart_accounts WHERE id = ?", id);
  return row && smartAccountOf(row);
}

export async function findSmartAccountAt(transaction: Transaction, chainId: number, address: Address): Promise<SmartAccount | undefined> {
  const [row] = await transaction.all("SELECT * FROM smart_accounts WHERE chain_id = ? AND address = ?", chainId, address.toLowerCase());
  return row && smartAccountOf(row);
}

/** What the owner has attested of an account is part of its definition. */
export function setDefinition(transaction: Transaction, id: string, definition: AccountDefinition): Promise<void> {
  return transaction.run("UPDATE smart_accounts SET definition = ? WHERE id = ?", JSON.stringify(definition), id);
}

function walletOf(row: Row): Wallet {
  return {
    id: text(row, "id"),
    name: text(row, "name"),
    mode: text(row, "mode") as Wallet["mode"],
    status: text(row, "status") as WalletStatus,
    address: optionalText(row, "address") as Address | undefined,
    keyRef: optionalText(row, "key_ref"),
    ownerRules: JSON.parse(text(row, "owner_rules")) as OwnerRules,
    createdAt: number(row, "created_at"),
  };
}

function smartAccountOf(row: Row): SmartAccount {
  return {
    id: text(row, "id"),
    walletId: text(row, "wallet_id"),
    chainId: number(row, "chain_id"),
    address: text(row, "address") as Hex,
    definition: JSON.parse(text(row, "definition")) as AccountDefinition,
    createdAt: number(row, "created_at"),
  };
}
