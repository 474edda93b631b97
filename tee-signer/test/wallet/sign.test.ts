import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concat, encodeFunctionData, hashTypedData, type Hex, keccak256, recoverAddress, recoverTypedDataAddress, slice, zeroAddress, zeroHash } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { sessionKeyModuleAbi } from "../../../ts-sdk/src/abis/index.ts";
import { frameCalls } from "../../../ts-sdk/src/operation/frame.ts";
import { decodeSessionSignature, sessionOperationTypedData } from "../../../ts-sdk/src/operation/index.ts";
import { toWire } from "../../src/client/agent.ts";
import { accountAddressOf } from "../../src/operation/accountAddress.ts";
import { LANES, ownerDigest } from "../../src/operation/accounts.ts";
import { operationHash } from "../../src/operation/hash.ts";
import { userOperation } from "../../src/operation/schema.ts";
import { sessionOperationDigest } from "../../src/operation/sessionDigest.ts";
import { ACCOUNT_KINDS, type AccountDefinition, type AccountKind, type OwnedDefinition } from "../../src/protocol/accounts.ts";
import { WALLET_VERBS } from "../../src/protocol/wallet.ts";
import { openSimulator, SimulatorInProductionError } from "../../src/simulator/platform.ts";
import { KeyStore } from "../../src/wallet/keyStore.ts";
import { signOwnerOperation, signSessionOperation } from "../../src/wallet/sign.ts";
import { ACCOUNT, ADAPTER, definitionOf, OWNER_VALIDATOR } from "../definitions.ts";
import { ENTRY_POINT, ether, ownerOperation, sessionOperation, SHOP, THIEF } from "../operations.ts";
import { DEPLOYMENT, GUARDIAN, LOCAL, RECOVERY } from "../signer.ts";

const SENDER = "0x00000000000000000000000000000000000000f1";
const { module } = DEPLOYMENT;
const grant = { requester: "s", audit_seq: 1, audit_hash: "0".repeat(64) };

/** Kinds beside the project's own that a key in the TEE may own. */
const OWNABLE = ["kernel", "nexus", "msa", "openzeppelin", "safe7579"] as const;

let folder: string;
let keys: KeyStore;
const openKeys = (): KeyStore => new KeyStore(join(folder, "keys"), openSimulator(join(folder, "simulator"), {}).seal);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wallet-"));
  keys = openKeys();
  return () => rmSync(folder, { recursive: true });
});
const session = (operation: ReturnType<typeof sessionOperation>, ref = "session-a"): Promise<Hex> =>
  signSessionOperation(keys, WALLET_VERBS.signSessionOperation.parse({ grant, key_ref: ref, chain_id: LOCAL, entry_point: ENTRY_POINT, account: { kind: "owned", module, forbidden: [] }, user_operation: toWire(operation) }));

describe("a session key", () => {
  it("signs the module's typed data over the whole operation", async () => {
    const { address } = await keys.create("session-a");
    const operation = sessionOperation(SENDER, address, [ether(SHOP, 1n)]);
    const { keySignature, evidence, validAfter, validUntil } = decodeSessionSignature(await session(operation));
    const userOpHash = operationHash(LOCAL, ENTRY_POINT, userOperation.parse(toWire(operation)));
    const data = sessionOperationTypedData({ chainId: LOCAL, module, userOpHash, validAfter, validUntil, evidenceHash: keccak256(evidence) });
    expect((await recoverTypedDataAddress({ ...data, signature: keySignature })).toLowerCase()).toBe(address);
  });

  it("signs a measured key's calls in their frame, and no other call of the module", async () => {
    const { address } = await keys.create("session-a");
    const framed = frameCalls(module, [ether(SHOP, 1n)], 7n);
    expect(decodeSessionSignature(await session(sessionOperation(SENDER, address, framed))).keySignature).toHaveLength(132);
    for (const calls of [framed.slice(1), framed.slice(0, -1), frameCalls(module, framed, 8n)]) {
      await expect(session(sessionOperation(SENDER, address, calls))).rejects.toMatchObject({ code: "method_refused" });
    }
  });

  it.each<[string, Hex, Hex]>([
    ["bare under a co-signer that is an EOA", THIEF, "0x"],
    ["behind its length where a verifier checks the co-signer's", concat([THIEF, "0x04"]), "0x0041"],
  ])("puts its signature as the module reads it, %s", async (_title, coSigner, length) => {
    const { address } = await keys.create("session-a");
    const operation = sessionOperation(SENDER, address, [ether(SHOP, 1n)], { coSigner });
    const { keySignature, evidence, validAfter, validUntil } = decodeSessionSignature(await session(operation));
    const userOpHash = operationHash(LOCAL, ENTRY_POINT, userOperation.parse(toWire(operation)));
    const data = sessionOperationTypedData({ chainId: LOCAL, module, userOpHash, validAfter, validUntil, evidenceHash: keccak256(evidence) });
    expect(keySignature.slice(0, -130)).toBe(length);
    expect((await recoverTypedDataAddress({ ...data, signature: slice(keySignature, -65) })).toLowerCase()).toBe(address);
  });

  it("signs for no key with a verifier, even one that contains its address", async () => {
    const { address } = await keys.create("session-a");
    await expect(session(sessionOperation(SENDER, concat([address, "0x04"]), [ether(SHOP, 1n)]))).rejects.toMatchObject({ code: "session_key_mismatch" });
  });

  it("has the digest that viem computes, for any figures", () => {
    for (let i = 1; i < 20; i++) {
      const figures = { chainId: i ** 3, module: i % 2 ? SENDER : THIEF, userOpHash: keccak256(`0x0${i % 10}`), validAfter: BigInt(i), validUntil: 2n ** 36n - BigInt(i), evidenceHash: keccak256("0x") } as const;
      expect(sessionOperationDigest(figures)).toBe(hashTypedData(sessionOperationTypedData(figures)));
    }
  });

  it.each<[string, Hex]>([
    ["the account itself", SENDER],
    ["the module", module],
  ])("signs no call of %s, whatever the guardrails say", async (_title, target) => {
    const { address } = await keys.create("session-a");
    await expect(session(sessionOperation(SENDER, address, [ether(target, 0n)]))).rejects.toMatchObject({ code: "method_refused" });
  });

  it("signs no operation of the owner's lane", async () => {
    const { address } = await keys.create("session-a");
    await expect(session(sessionOperation(SENDER, address, [ether(SHOP, 0n)], { nonce: 0n }))).rejects.toMatchObject({ code: "method_refused" });
  });

  it("is not an owner key", async () => {
    const { address } = await keys.create("owner-a");
    await expect(session(sessionOperation(SENDER, address, [ether(SHOP, 0n)]), "owner-a")).rejects.toMatchObject({ code: "method_refused" });
  });
});

describe("an owner key", () => {
  const revokeAll = (account: Hex) => [{ to: module, value: 0n, data: encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: "revokeAll", args: [account] }) }];
  const define = (owner: Hex, change: Partial<OwnedDefinition> = {}): OwnedDefinition => ({ kind: "owned", entry_point_version: "0.7", ...DEPLOYMENT, owners: [owner, RECOVERY], guardian: GUARDIAN, salt: `0x${"00".repeat(32)}`, ...change });
  const sign = (definition: OwnedDefinition, operation: ReturnType<typeof ownerOperation>, ref = "owner-a"): Promise<Hex> =>
    signOwnerOperation(keys, WALLET_VERBS.signOwnerOperation.parse({ grant, key_ref: ref, chain_id: LOCAL, entry_point: ENTRY_POINT, definition, user_operation: toWire(operation) }));

  it("signs the operation's hash", async () => {
    const { address } = await keys.create("owner-a");
    const definition = define(address);
    const operation = ownerOperation(accountAddressOf(definition), revokeAll(accountAddressOf(definition)));
    const signature = await sign(definition, operation);
    const hash = operationHash(LOCAL, ENTRY_POINT, userOperation.parse(toWire(operation)));
    expect((await recoverAddress({ hash, signature })).toLowerCase()).toBe(address);
  });

  it.each<[string, (owner: Hex) => Partial<OwnedDefinition>, string]>([
    ["an account without a guardian", () => ({ guardian: "0x0000000000000000000000000000000000000000" }), "account_without_guardian"],
    ["an account that nobody else owns", (owner) => ({ owners: [owner, owner] }), "account_without_recovery"],
    ["somebody else's account", () => ({ owners: [THIEF, RECOVERY] }), "account_not_owned"],
  ])("signs nothing for %s", async (_title, change, code) => {
    const { address } = await keys.create("owner-a");
    const definition = define(address, change(address));
    const account = accountAddressOf(definition);
    await expect(sign(definition, ownerOperation(account, revokeAll(account)))).rejects.toMatchObject({ code });
  });

  it("signs nothing for an account that is not the one described", async () => {
    const { address } = await keys.create("owner-a");
    await expect(sign(define(address), ownerOperation(SENDER, revokeAll(SENDER)))).rejects.toMatchObject({ code: "account_not_allowed" });
  });

  it("signs nothing but the management of session keys", async () => {
    const { address } = await keys.create("owner-a");
    const definition = define(address);
    await expect(sign(definition, ownerOperation(accountAddressOf(definition), [ether(SHOP, 1n)]))).rejects.toMatchObject({ code: "owner_rule_broken" });
  });
});

describe("accounts of other kinds", () => {
  const revokeAll = [{ to: module, value: 0n, data: encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: "revokeAll", args: [ACCOUNT] }) }];
  const nonceOf = (kind: AccountKind): bigint => LANES[kind].ownerNonceKey(kind === "safe7579" ? zeroAddress : OWNER_VALIDATOR) << 64n;
  /** The ownership of a definition, with some of it changed. */
  const owning = (kind: AccountKind, owner: Hex, change: object): object => {
    const { ownership } = ownedBy(kind, owner) as { ownership: object };
    return { ownership: { ...ownership, ...change } };
  };
  const ownedBy = (kind: AccountKind, owner: Hex): AccountDefinition => {
    const definition = definitionOf(kind);
    return kind === "safe7579" ? definitionOf(kind, { ownership: { ...(definition as { ownership: object }).ownership, owners: [owner, RECOVERY] } }) : definition;
  };
  const sign = async (kind: AccountKind, change: (owner: Hex) => object = () => ({}), operation: Parameters<typeof ownerOperation>[2] = {}, calls = revokeAll) => {
    const { address } = await keys.create("owner-a");
    const definition = { ...ownedBy(kind, address), ...change(address) } as AccountDefinition;
    const whole = ownerOperation(ACCOUNT, calls, { nonce: nonceOf(kind), ...operation });
    const verb = { grant, key_ref: "owner-a", chain_id: LOCAL, entry_point: ENTRY_POINT, definition, user_operation: toWire(whole) };
    return { address, definition, whole, signature: await signOwnerOperation(keys, WALLET_VERBS.signOwnerOperation.parse(verb)) };
  };

  it.each(OWNABLE)("%s: the owner signs what the account asks for", async (kind) => {
    const { address, definition, whole, signature } = await sign(kind);
    const hash = ownerDigest(LOCAL, ENTRY_POINT, userOperation.parse(toWire(whole)), definition);
    expect((await recoverAddress({ hash, signature })).toLowerCase()).toBe(address);
  });

  it.each(OWNABLE)("%s: nothing is signed without what an owner in a TEE needs, whatever the guardrails say", async (kind) => {
    const refusal = async (change: (owner: Hex) => object, operation: object = {}, calls = revokeAll) => {
      const error: unknown = await sign(kind, change, operation, calls).catch((reason: unknown) => reason);
      return (error as { code?: string }).code;
    };
    expect(await refusal((owner) => owning(kind, owner, { attested: undefined }))).toBe("ownership_not_attested");
    expect(await refusal((owner) => owning(kind, owner, { guardian: zeroAddress }))).toBe("account_without_guardian");
    expect(await refusal((owner) => owning(kind, owner, { guardian: owner }))).toBe("account_without_guardian");
    const alone = (owner: Hex) => (kind === "safe7579" ? { owners: [owner] } : { recovery_validator: OWNER_VALIDATOR });
    expect(await refusal((owner) => owning(kind, owner, alone(owner)))).toBe("account_without_recovery");
    expect(await refusal(() => ({ ownership: { by: "elsewhere" } }))).toBe("account_not_owned");
    expect(await refusal(() => ({ address: THIEF }))).toBe("account_not_allowed");
    expect(await refusal(() => ({ module: kind === "safe7579" ? ADAPTER : OWNER_VALIDATOR }))).toBe("invalid_request");
    expect(await refusal(() => ({}), { nonce: LANES[kind].nonceKey(module) << 64n })).toBe("method_refused");
    expect(await refusal(() => ({}), { factory: THIEF, factoryData: "0x" })).toBe("factory_not_allowed");
    expect(await refusal(() => ({}), {}, [ether(SHOP, 0n)])).toBe("owner_rule_broken");
  });

  it("an EOA whose key is in the TEE is never owned by it", async () => {
    const { address } = await keys.create("owner-a");
    const definition = definitionOf("openzeppelin", { address });
    const whole = ownerOperation(address, revokeAll, { nonce: nonceOf("openzeppelin") });
    const verb = { grant, key_ref: "owner-a", chain_id: LOCAL, entry_point: ENTRY_POINT, definition, user_operation: toWire(whole) };
    await expect(signOwnerOperation(keys, WALLET_VERBS.signOwnerOperation.parse(verb))).rejects.toMatchObject({ code: "eoa_owner_refused" });
  });

  it.each(ACCOUNT_KINDS)("%s: a session key signs in its own lane, and for no call of what rules the account", async (kind) => {
    const { address } = await keys.create("session-a");
    const of = { kind, module, forbidden: [OWNER_VALIDATOR, ADAPTER] };
    const nonce = LANES[kind].nonceKey(module) << 64n;
    const ask = (target: Hex, at = nonce): Promise<Hex> => {
      const operation = toWire(sessionOperation(SENDER, address, [ether(target, 0n)], { nonce: at }));
      return signSessionOperation(keys, WALLET_VERBS.signSessionOperation.parse({ grant, key_ref: "session-a", chain_id: LOCAL, entry_point: ENTRY_POINT, account: of, user_operation: operation }));
    };
    expect(decodeSessionSignature(await ask(SHOP)).keySignature).toHaveLength(132);
    for (const target of [OWNER_VALIDATOR, ADAPTER, SENDER, module] as const) await expect(ask(target)).rejects.toMatchObject({ code: "method_refused" });
    await expect(ask(SHOP, LANES[kind].ownerNonceKey(OWNER_VALIDATOR) << 64n)).rejects.toMatchObject({ code: "method_refused" });
  });
});

describe("keys at rest", () => {
  it("come back after a restart, and are made once", async () => {
    const { address } = await keys.create("session-a");
    expect((await openKeys().create("session-a")).address).toBe(address);
  });

  it("stand in no file as they are", async () => {
    const { publicKey } = await keys.create("session-a");
    expect(readdirSync(join(folder, "keys"))).toEqual(["session-a.sealed.json"]);
    const file = JSON.parse(readFileSync(join(folder, "keys", "session-a.sealed.json"), "utf8")) as { data: string };
    expect(file.data).toHaveLength(64);
    expect(publicKey).not.toContain(file.data);
  });

  it.each(["data", "tag", "nonce"])("cannot be opened with a changed %s", async (field) => {
    await keys.create("session-a");
    const path = join(folder, "keys", "session-a.sealed.json");
    const file = JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;
    const first = file[field]?.startsWith("0") === true ? "1" : "0";
    writeFileSync(path, JSON.stringify({ ...file, [field]: first + file[field]?.slice(1) }));
    await expect(openKeys().publicKey("session-a")).rejects.toThrow();
  });

  it("cannot be opened under another name", async () => {
    await keys.create("session-a");
    const text = readFileSync(join(folder, "keys", "session-a.sealed.json"), "utf8");
    writeFileSync(join(folder, "keys", "owner-a.sealed.json"), text);
    await expect(openKeys().publicKey("owner-a")).rejects.toThrow();
  });
});

describe("the simulator", () => {
  it("refuses production", () => {
    expect(() => openSimulator(join(folder, "x"), { NODE_ENV: "production" })).toThrow(SimulatorInProductionError);
  });

  it("says in every attestation that it is one", async () => {
    const { attester } = openSimulator(join(folder, "simulator"), {});
    const { platform, evidence } = await attester.attest(new Uint8Array(32), zeroHash);
    expect(platform).toBe("simulated");
    expect(Buffer.from(evidence.slice(2), "hex").toString()).toContain("SIMULATED TEE");
  });
});
