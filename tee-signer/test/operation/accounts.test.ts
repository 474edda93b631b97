import { type Address, concat, hashTypedData, type Hex, pad, toHex } from "viem";
import { describe, expect, it } from "vitest";
import { wrapInExecuteUserOp } from "../../../ts-sdk/src/operation/index.ts";
import { toWire } from "../../src/client/agent.ts";
import { isOwnerNonce, isSessionNonce, ownerDigest, ownerSignature, sessionAccountOf } from "../../src/operation/accounts.ts";
import { operationHash } from "../../src/operation/hash.ts";
import { callsOf, ownerWrapping, readCalls, type Wrapping, wrappingOf } from "../../src/operation/lanes.ts";
import { userOperation } from "../../src/operation/schema.ts";
import { ACCOUNT_KINDS, type AccountKind } from "../../src/protocol/accounts.ts";
import { ACCOUNT, ADAPTER, definitionOf, OWNER, OWNER_VALIDATOR, RECOVERY_VALIDATOR } from "../definitions.ts";
import { ENTRY_POINT, ether, ownerOperation, SHOP } from "../operations.ts";
import { DEPLOYMENT, LOCAL } from "../signer.ts";

const { module } = DEPLOYMENT;
const NOBODY: Address = "0x0000000000000000000000000000000000000000";
const OTHER: Address = "0x00000000000000000000000000000000000000b9";
const SEQUENCE = 7n;
const nonceOf = (...parts: readonly Hex[]): bigint => (BigInt(concat(parts)) << 64n) | SEQUENCE;

/** How each kind writes a nonce key; `ff` in a lane byte and nowhere else. */
const kernel = (type: Hex, validator: Address, lane: Hex = "0x0000", mode: Hex = "0x00"): bigint => nonceOf(mode, type, validator, lane);
const nexus = (validator: Address, lane: Hex = "0x000000", mode: Hex = "0x00"): bigint => nonceOf(lane, mode, validator);
const plain = (validator: Address, lane: Hex = "0x00000000"): bigint => nonceOf(validator, lane);
const beforeLast = (validator: Address): Address => pad(toHex(BigInt(validator) + 1n), { size: 20 });

const PLAIN: readonly AccountKind[] = ["owned", "eip7702", "msa", "openzeppelin", "safe7579"];

describe("the nonce of a session's operation", () => {
  const takes: [AccountKind, string, bigint][] = [
    ["kernel", "the first lane", kernel("0x01", module)],
    ["kernel", "the last lane", kernel("0x01", module, "0xffff")],
    ["nexus", "the first lane", nexus(module)],
    ["nexus", "the last lane", nexus(module, "0xffffff")],
    ...PLAIN.flatMap((kind): [AccountKind, string, bigint][] => [
      [kind, "the first lane", plain(module)],
      [kind, "the last lane", plain(module, "0xffffffff")],
    ]),
  ];
  it.each(takes)("of %s may name the module in %s", (kind, _title, nonce) => {
    expect(isSessionNonce({ kind, module }, nonce)).toBe(true);
  });

  const refuses: [AccountKind, string, bigint][] = [
    ["kernel", "enable mode", kernel("0x01", module, "0x0000", "0x01")],
    ["kernel", "a mode that nobody knows", kernel("0x01", module, "0x0000", "0x02")],
    ["kernel", "the last mode", kernel("0x01", module, "0x0000", "0xff")],
    ["kernel", "the root validator", kernel("0x00", module)],
    ["kernel", "a permission", kernel("0x02", module)],
    ["kernel", "another validator", kernel("0x01", OTHER)],
    ["kernel", "the validator next to it", kernel("0x01", beforeLast(module))],
    ["kernel", "no validator", kernel("0x00", NOBODY)],
    ["kernel", "the form of other accounts", plain(module)],
    ["kernel", "Nexus' form", nexus(module)],
    ["nexus", "enable mode", nexus(module, "0x000000", "0x01")],
    ["nexus", "a mode that nobody knows", nexus(module, "0x000000", "0x02")],
    ["nexus", "the last mode", nexus(module, "0x000000", "0xff")],
    ["nexus", "another validator", nexus(OTHER)],
    ["nexus", "the default validator", nexus(NOBODY)],
    ["nexus", "the validator next to it", nexus(beforeLast(module))],
    ["nexus", "Kernel's form", kernel("0x01", module)],
    ...PLAIN.flatMap((kind): [AccountKind, string, bigint][] => [
      [kind, "another validator", plain(OTHER)],
      [kind, "the owner", plain(NOBODY)],
      [kind, "the validator next to it", plain(beforeLast(module))],
      [kind, "Nexus' form", nexus(module)],
      [kind, "Kernel's form", kernel("0x01", module)],
    ]),
  ];
  it.each(refuses)("of %s may not name %s", (kind, _title, nonce) => {
    expect(isSessionNonce({ kind, module }, nonce)).toBe(false);
  });

  it("of every kind is free in its sequence", () => {
    for (const kind of ACCOUNT_KINDS) {
      const first = { kernel: kernel("0x01", module), nexus: nexus(module) }[kind as string] ?? plain(module);
      expect(isSessionNonce({ kind, module }, first | (2n ** 64n - 1n))).toBe(true);
    }
  });
});

describe("the nonce of an owner's operation", () => {
  it.each<[AccountKind, bigint, bigint]>([
    ["kernel", kernel("0x00", OWNER_VALIDATOR), kernel("0x00", OWNER_VALIDATOR, "0xffff")],
    ["nexus", nexus(OWNER_VALIDATOR), nexus(OWNER_VALIDATOR, "0xffffff")],
    ["msa", plain(OWNER_VALIDATOR), plain(OWNER_VALIDATOR, "0xffffffff")],
    ["openzeppelin", plain(OWNER_VALIDATOR), plain(OWNER_VALIDATOR, "0xffffffff")],
    ["safe7579", plain(NOBODY), plain(NOBODY, "0xffffffff")],
    ["owned", plain(NOBODY), plain(NOBODY, "0xffffffff")],
  ])("of %s names who knows the owner, in any lane", (kind, first, last) => {
    expect(isOwnerNonce(definitionOf(kind), first)).toBe(true);
    expect(isOwnerNonce(definitionOf(kind), last)).toBe(true);
  });

  it.each<[AccountKind, string, bigint]>([
    ["kernel", "the module", kernel("0x01", module)],
    ["kernel", "the owner's validator as one that is not the root", kernel("0x01", OWNER_VALIDATOR)],
    ["kernel", "enable mode", kernel("0x00", OWNER_VALIDATOR, "0x0000", "0x01")],
    ["kernel", "another root validator", kernel("0x00", OTHER)],
    ["nexus", "the module", nexus(module)],
    ["nexus", "enable mode", nexus(OWNER_VALIDATOR, "0x000000", "0x01")],
    ["nexus", "the default validator", nexus(NOBODY)],
    ["msa", "the module", plain(module)],
    ["msa", "no validator", plain(NOBODY)],
    ["msa", "the recovery validator", plain(RECOVERY_VALIDATOR)],
    ["openzeppelin", "the module", plain(module)],
    ["openzeppelin", "the account's own signer, where a validator was registered", plain(NOBODY)],
    ["safe7579", "the module", plain(module)],
    ["safe7579", "another validator", plain(OTHER)],
    ["owned", "the module", plain(module)],
  ])("of %s does not name %s", (kind, _title, nonce) => {
    expect(isOwnerNonce(definitionOf(kind), nonce)).toBe(false);
  });
});

describe("what rules an account", () => {
  it.each<[AccountKind, Address[]]>([
    ["kernel", [OWNER_VALIDATOR, RECOVERY_VALIDATOR]],
    ["nexus", [OWNER_VALIDATOR, RECOVERY_VALIDATOR]],
    ["msa", [OWNER_VALIDATOR, RECOVERY_VALIDATOR]],
    ["openzeppelin", [OWNER_VALIDATOR, RECOVERY_VALIDATOR]],
    ["safe7579", [ADAPTER]],
    ["eip7702", []],
    ["owned", []],
  ])("of kind %s is told to the wallet", (kind, forbidden) => {
    expect(sessionAccountOf(definitionOf(kind))).toEqual({ kind, module, forbidden });
  });
});

describe("`executeUserOp` around an operation's calls", () => {
  const operation = (wrap: (data: Hex) => Hex) => {
    const { callData, ...rest } = ownerOperation(ACCOUNT, [ether(SHOP, 1n)]);
    return userOperation.parse(toWire({ ...rest, callData: wrap(callData) } as typeof rest & { callData: Hex }));
  };
  const reads = (wrap: (data: Hex) => Hex, wrapping: Wrapping): unknown => {
    try {
      return callsOf(operation(wrap), wrapping).length;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const bare = (data: Hex): Hex => data;
  const twice = (data: Hex): Hex => wrapInExecuteUserOp(wrapInExecuteUserOp(data));
  const install = (): Hex => concat(["0x8dd7712f", "0x9517e29f", pad("0x", { size: 96 })]);
  const trailing = (data: Hex): Hex => concat([wrapInExecuteUserOp(data), "0x00"]);

  it.each<[Wrapping, unknown, unknown]>([
    ["refused", 1, "call_data_malformed"],
    ["required", "call_data_malformed", 1],
    ["allowed", 1, 1],
  ])("is %s", (wrapping, without, within) => {
    expect(reads(bare, wrapping)).toBe(without);
    expect(reads(wrapInExecuteUserOp, wrapping)).toBe(within);
  });

  it.each<[string, (data: Hex) => Hex]>([
    ["itself again", twice],
    ["another function of the account", install],
    ["bytes behind the calls", trailing],
    ["nothing", () => "0x8dd7712f"],
  ])("never stands around %s", (_title, wrap) => {
    for (const wrapping of ["required", "allowed", "refused"] as const) expect(reads(wrap, wrapping)).toBe("call_data_malformed");
  });

  it("is for Kernel alone, under policies that say so", () => {
    for (const kind of ACCOUNT_KINDS) {
      expect(wrappingOf(kind, { executeUserOp: true })).toBe(kind === "kernel" ? "required" : "refused");
      expect(wrappingOf(kind, {})).toBe("refused");
      expect(ownerWrapping(kind)).toBe(kind === "kernel" ? "allowed" : "refused");
    }
  });

  it("hides no call from the log", () => {
    expect(readCalls(operation(wrapInExecuteUserOp)).calls).toEqual(readCalls(operation(bare)).calls);
  });
});

describe("what an owner signs", () => {
  const operation = userOperation.parse(toWire(ownerOperation(ACCOUNT, [ether(SHOP, 1n)])));
  const digest = (kind: AccountKind) => ownerDigest(LOCAL, ENTRY_POINT, operation, definitionOf(kind));

  it.each<[AccountKind]>([["owned"], ["kernel"], ["nexus"], ["msa"], ["openzeppelin"]])("for %s is the operation's hash", (kind) => {
    expect(digest(kind)).toBe(operationHash(LOCAL, ENTRY_POINT, operation));
  });

  it("for a Safe is the whole operation as typed data of its adapter", () => {
    const names = "address safe,uint256 nonce,bytes initCode,bytes callData,uint128 verificationGasLimit,uint128 callGasLimit,uint256 preVerificationGas,uint128 maxPriorityFeePerGas,uint128 maxFeePerGas,bytes paymasterAndData,uint48 validAfter,uint48 validUntil,address entryPoint";
    const SafeOp = names.split(",").map((field) => ({ type: field.split(" ")[0] ?? "", name: field.split(" ")[1] ?? "" }));
    const { sender: safe, factory: _, signature: __, ...rest } = operation;
    const message = { ...rest, safe, initCode: "0x", paymasterAndData: "0x", validAfter: 0, validUntil: 0, entryPoint: ENTRY_POINT };
    expect(digest("safe7579")).toBe(hashTypedData({ domain: { chainId: LOCAL, verifyingContract: ADAPTER }, types: { SafeOp }, primaryType: "SafeOp", message }));
  });

  it("for a Safe depends on every field", () => {
    const changes = { nonce: 1n, callData: "0x00", callGasLimit: 1n, verificationGasLimit: 1n, preVerificationGas: 1n, maxFeePerGas: 2n, maxPriorityFeePerGas: 2n, sender: SHOP } as const;
    const digests = Object.entries(changes).map(([name, value]) => ownerDigest(LOCAL, ENTRY_POINT, { ...operation, [name]: value }, definitionOf("safe7579")));
    expect(new Set([...digests, digest("safe7579"), ownerDigest(1, ENTRY_POINT, operation, definitionOf("safe7579"))]).size).toBe(digests.length + 2);
  });

  const signature: Hex = `0x${"5a".repeat(65)}`;
  it("reaches each account as it reads signatures", () => {
    for (const kind of ["kernel", "nexus", "msa", "openzeppelin"] as const) expect(ownerSignature(definitionOf(kind), OWNER, signature)).toBe(signature);
    expect(ownerSignature(definitionOf("safe7579"), OWNER, signature)).toBe(concat([pad("0x", { size: 12 }), signature]));
    expect(ownerSignature(definitionOf("owned"), OWNER, signature)).toContain(OWNER.slice(2));
  });

  it("is not enough for a Safe that asks for more owners", () => {
    expect(ownerSignature(definitionOf("safe7579", { ownership: { by: "wallet", guardian: SHOP, owners: [OWNER, SHOP, OTHER], threshold: 2 } }), OWNER, signature)).toBeUndefined();
  });
});
