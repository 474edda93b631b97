import { type Address } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSmartAccount } from "../../src/guardrails/accountVerbs.ts";
import { Batcher } from "../../src/guardrails/batcher.ts";
import { type Context } from "../../src/guardrails/context.ts";
import { attestDefinition, attestOwnership, MAX_AGE } from "../../src/guardrails/ownershipVerbs.ts";
import { checkOwner } from "../../src/operation/ownership.ts";
import { type AccountDefinition, type AccountKind } from "../../src/protocol/accounts.ts";
import { ownerRules } from "../../src/protocol/owner.ts";
import { auditOf, verifyAudit } from "../../src/storage/auditLog.ts";
import { type Database } from "../../src/storage/database.ts";
import { findSmartAccountAt, insertSmartAccount, insertWallet } from "../../src/storage/wallets.ts";
import { KINDS, type TestDatabases } from "../databases.ts";
import { ACCOUNT, definitionOf, OWNER, OWNER_VALIDATOR, RECOVERY_VALIDATOR } from "../definitions.ts";
import { DEPLOYMENT, GUARDIAN, LOCAL, RECOVERY } from "../signer.ts";

const NOW = 1_000_000;
const ZERO: Address = "0x0000000000000000000000000000000000000000";
const THIEF: Address = "0x00000000000000000000000000000000000000e3";
const HASH = `0x${"ab".repeat(32)}` as const;
const block = { number: 9n, hash: HASH, timestamp: NOW } as const;

/** What the chain says of {@link definitionOf}. */
const claimOf = (kind: AccountKind) => ({
  finalized: block,
  kind,
  entry_point_version: "0.7",
  module: DEPLOYMENT.module,
  guardian: GUARDIAN as Address,
  ...(kind === "safe7579" ? { owners: [RECOVERY, OWNER] as Address[], threshold: 1 } : { validators: [OWNER_VALIDATOR, RECOVERY_VALIDATOR] }),
});
const unattested = (kind: AccountKind): AccountDefinition => {
  const definition = definitionOf(kind) as Extract<AccountDefinition, { ownership: object }>;
  return { ...definition, ownership: { ...definition.ownership, attested: undefined } } as AccountDefinition;
};
const attest = (kind: AccountKind, change: object = {}, now = NOW): unknown => {
  try {
    return attestDefinition(unattested(kind), { ...claimOf(kind), ...change }, OWNER, now);
  } catch (error) {
    return (error as { code: unknown }).code;
  }
};

describe("what the owner says to have read", () => {
  it.each<[AccountKind]>([["kernel"], ["nexus"], ["msa"], ["openzeppelin"], ["safe7579"]])("makes an account of kind %s one that the wallet's key signs for", (kind) => {
    const definition = attest(kind) as AccountDefinition;
    expect(definition).toMatchObject({ ownership: { attested: { number: "9", hash: HASH, timestamp: NOW } } });
    expect(() => checkOwner(definition, ACCOUNT, OWNER)).not.toThrow();
    expect(() => checkOwner(unattested(kind), ACCOUNT, OWNER)).toThrow(expect.objectContaining({ code: "ownership_not_attested" }));
  });

  it.each<[string, AccountKind, object, string]>([
    ["the account has no guardian", "kernel", { guardian: ZERO }, "account_without_guardian"],
    ["the guardian is another", "kernel", { guardian: THIEF }, "ownership_not_proven"],
    ["the account is of another kind", "kernel", { kind: "msa" }, "ownership_not_proven"],
    ["the account obeys another EntryPoint", "kernel", { entry_point_version: "0.8" }, "ownership_not_proven"],
    ["the module is another", "kernel", { module: THIEF }, "ownership_not_proven"],
    ["there is no recovery validator", "nexus", { validators: [OWNER_VALIDATOR] }, "account_without_recovery"],
    ["nobody looked for one", "nexus", { validators: undefined }, "account_without_recovery"],
    ["the owner's validator is not there", "msa", { validators: [RECOVERY_VALIDATOR] }, "ownership_not_proven"],
    ["the Safe has one owner less", "safe7579", { owners: [OWNER] }, "ownership_not_proven"],
    ["the Safe has one owner more", "safe7579", { owners: [OWNER, RECOVERY, THIEF] }, "ownership_not_proven"],
    ["the Safe asks for more owners", "safe7579", { threshold: 2 }, "ownership_not_proven"],
    ["nobody looked for owners", "safe7579", { owners: undefined }, "ownership_not_proven"],
    ["the account is an EOA", "eip7702", {}, "account_not_owned"],
    ["the account is of the factory", "owned", {}, "invalid_request"],
  ])("is refused when %s", (_title, kind, change, code) => {
    expect(attest(kind, change)).toBe(code);
  });

  it("is from a block that is neither too old nor of the future", () => {
    expect(attest("kernel", {}, NOW + MAX_AGE)).toMatchObject({ kind: "kernel" });
    expect(attest("kernel", {}, NOW + MAX_AGE + 1)).toBe("ownership_not_proven");
    expect(attest("kernel", {}, NOW - 15)).toMatchObject({ kind: "kernel" });
    expect(attest("kernel", {}, NOW - 16)).toBe("ownership_not_proven");
  });
});

describe.each(Object.entries(KINDS))("registering and attesting, on %s", (_, start) => {
  let databases: TestDatabases;
  let database: Database;
  let context: Context;
  beforeAll(async () => {
    databases = await start();
    ({ database } = await databases.fresh());
    context = { database, batcher: new Batcher(database), deployments: { [`${LOCAL}/0.7`]: DEPLOYMENT } } as unknown as Context;
    await database.write(async (transaction) => {
      const wallet = { name: "w", mode: "tee", status: "active", address: OWNER, keyRef: "owner-a", ownerRules: ownerRules.parse({}), createdAt: 1 } as const;
      await insertWallet(transaction, { ...wallet, id: "wallet" });
      await insertWallet(transaction, { ...wallet, id: "other" });
    });
  });
  afterAll(async () => {
    await database?.close();
    await databases?.stop();
  });
  const BODY = { kind: "nexus", chain: LOCAL, address: ACCOUNT, owner_validator: OWNER_VALIDATOR, guardian: GUARDIAN, recovery_validator: RECOVERY_VALIDATOR };
  const register = async (change: object = {}, wallet = "wallet"): Promise<Record<string, unknown>> =>
    (await createSmartAccount(context, { params: { wallet }, query: {}, body: { ...BODY, ...change } })) as Record<string, unknown>;
  const vouch = (account: unknown, change: object = {}, wallet = "wallet"): Promise<unknown> => {
    const { finalized, ...claim } = claimOf("nexus");
    return attestOwnership(context, { params: { wallet, account: String(account) }, query: {}, body: { ...claim, finalized: { ...finalized, number: "9" }, ...change } }, NOW * 1000);
  };
  const stored = async () => (await database.read((transaction) => findSmartAccountAt(transaction, LOCAL, ACCOUNT)))?.definition;

  it("takes the operator's word, then the owner's, and writes down who said what", async () => {
    const registered = await register();
    expect(registered).toMatchObject({ kind: "nexus", module: DEPLOYMENT.module, ownership: { by: "wallet", guardian: GUARDIAN } });
    await expect(vouch(registered["id"], { guardian: THIEF })).rejects.toMatchObject({ code: "ownership_not_proven" });
    expect(await vouch(registered["id"])).toMatchObject({ ownership: { attested: { number: "9", hash: HASH } } });
    expect(await stored()).toMatchObject({ ownership: { attested: { timestamp: NOW } } });
    const records = await database.read((transaction) => auditOf(transaction, "wallet", 0, 10));
    expect(records.map(({ entry }) => [entry.type, entry["claimed_by"], entry["code"]])).toEqual([
      ["smart_account.registered", "operator", undefined],
      ["smart_account.ownership_refused", "owner", "ownership_not_proven"],
      ["smart_account.ownership_attested", "owner", undefined],
    ]);
    expect(records.at(-1)?.entry).toMatchObject({ address: ACCOUNT, guardian: GUARDIAN, validators: [OWNER_VALIDATOR, RECOVERY_VALIDATOR], finalized: { number: "9", hash: HASH } });
    expect((await verifyAudit(database)).fault).toBeUndefined();
  });

  it("stays attested when it is registered again as it is, and no longer when it is registered otherwise", async () => {
    const again = await register();
    expect(again).toMatchObject({ ownership: { attested: { number: "9" } } });
    const changed = await register({ guardian: THIEF });
    expect(changed["id"]).toBe(again["id"]);
    expect(await stored()).not.toMatchObject({ ownership: { attested: {} } });
    await expect(vouch(changed["id"])).rejects.toMatchObject({ code: "ownership_not_proven" });
    expect(await vouch(changed["id"], { guardian: THIEF })).toMatchObject({ ownership: { attested: { number: "9" } } });
  });

  it("is of one wallet", async () => {
    await expect(register({}, "other")).rejects.toMatchObject({ code: "account_already_registered" });
    await expect(vouch((await register())["id"], {}, "other")).rejects.toMatchObject({ code: "not_found" });
  });

  it("finds an account that a version before has written down, as it was", async () => {
    const old = definitionOf("owned");
    await database.write((transaction) => insertSmartAccount(transaction, { id: "old", walletId: "wallet", chainId: 1, address: THIEF, definition: old, createdAt: 1 }));
    expect((await database.read((transaction) => findSmartAccountAt(transaction, 1, THIEF)))?.definition).toEqual(old);
  });

  it.each<[string, object, string]>([
    ["an unknown kind", { kind: "biconomy" }, "invalid_request"],
    ["a chain without contracts, unless the module is named", { chain: 5 }, "not_found"],
  ])("refuses %s", async (_title, change, code) => {
    await expect(register(change)).rejects.toMatchObject({ code });
  });
});
