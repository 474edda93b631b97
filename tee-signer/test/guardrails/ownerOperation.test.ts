import { concat, decodeFunctionData, encodeFunctionData, erc20Abi, type Hex, parseAbi } from "viem";
import { describe, expect, it } from "vitest";
import { sessionKeyModuleAbi } from "../../../ts-sdk/src/abis/index.ts";
import { encodeGrantSessionKey, encodeUpdateSessionKey } from "../../../ts-sdk/src/actions/encodeCalls.ts";
import { toCall, type Call } from "../../../ts-sdk/src/operation/index.ts";
import { definePolicy, ENTRY_POINT_ADDRESSES } from "../../../ts-sdk/src/policy/index.ts";
import { judgeOwnerOperation } from "../../src/guardrails/ownerOperation.ts";
import { operationRequest } from "../../src/guardrails/sessionOperation.ts";
import { accountAddressOf, accountFactoryData } from "../../src/operation/accountAddress.ts";
import { LANES } from "../../src/operation/accounts.ts";
import { type AccountKind, type OwnedDefinition } from "../../src/protocol/accounts.ts";
import { ownerRules } from "../../src/protocol/owner.ts";
import { ACCOUNT, ADAPTER, definitionOf, OWNER as STANDING_OWNER, OWNER_VALIDATOR, RECOVERY_VALIDATOR } from "../definitions.ts";
import { bodyOf, GAS_COST, now, ownerOperation, SHOP, THIEF, TOKEN } from "../operations.ts";
import { DEPLOYMENT, GUARDIAN, LOCAL, RECOVERY } from "../signer.ts";

const OWNER = "0x00000000000000000000000000000000000000f2";
const KEY = "0x00000000000000000000000000000000000000f4";
const { module } = DEPLOYMENT;
const definition: OwnedDefinition = { kind: "owned", entry_point_version: "0.7", ...DEPLOYMENT, owners: [OWNER, RECOVERY], guardian: GUARDIAN, salt: `0x${"00".repeat(32)}` };
const account = { chainId: LOCAL, address: accountAddressOf(definition), definition };
const DAY = 86_400n;
const ZERO: Hex = "0x0000000000000000000000000000000000000000";
/** Kinds beside the project's own that a key in the TEE may own. */
const OWNABLE = ["kernel", "nexus", "msa", "openzeppelin", "safe7579"] as const;

const code = (calls: readonly Call[], change: Parameters<typeof ownerOperation>[2] = {}, rules: object = {}): unknown => {
  try {
    return judgeOwnerOperation(operationRequest.parse(bodyOf(ownerOperation(account.address, calls, change))), { rules: ownerRules.parse(rules), owner: OWNER }, account, [KEY], now()).calls.map((one) => one.name);
  } catch (error) {
    return (error as { code: unknown }).code;
  }
};
type Name = "revokeAll" | "resumeAccount" | "setGuardian" | "renounce" | "pauseAccount" | "revoke" | "resume";
const call = (functionName: Name, args: readonly unknown[], value = 0n): Call => ({ to: module, value, data: encodeFunctionData({ abi: sessionKeyModuleAbi, functionName, args } as Parameters<typeof encodeFunctionData>[0]) });
const grant = (key: Hex, days: bigint): Call =>
  toCall(encodeGrantSessionKey({ module, key, policy: definePolicy({ validUntil: now() + days * DAY, callPolicies: [{ target: SHOP, selector: "0x12345678" }] }), epoch: 1n, serial: 1n }));
const update = (key: Hex, days: bigint): Call => {
  const policy = definePolicy({ validUntil: now() + days * DAY, callPolicies: [{ target: SHOP, selector: "0x12345678" }] });
  return toCall(encodeUpdateSessionKey({ module, key, policy, oldPolicy: policy, epoch: 1n, serial: 1n }));
};
/** A grant whose `signer` is just these bytes. */
const grantRaw = (signer: Hex): Call => {
  const { data, ...rest } = grant(KEY, 1n);
  const { args } = decodeFunctionData({ abi: sessionKeyModuleAbi, data });
  return { ...rest, data: encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: "grant", args: [signer, ...(args?.slice(1) ?? [])] } as Parameters<typeof encodeFunctionData>[0]) };
};
/** Keys as ERC-7913 writes them: a verifier's address, and what it checks. */
const P256_KEY: Hex = `0x${"f5".repeat(20)}${"04".repeat(64)}`;
const coSigned = (coSigner: Hex): Call => {
  const policy = definePolicy({
    validUntil: now() + DAY,
    tokenLimits: [{ token: TOKEN, amount: 100n, period: "day" }],
    callPolicies: [{ target: TOKEN, abi: erc20Abi, functionName: "transfer" }],
    coSigner: { signer: coSigner, thresholds: [{ token: TOKEN, above: 50n }] },
  });
  return toCall(encodeGrantSessionKey({ module, key: KEY, policy, epoch: 1n, serial: 1n }));
};
const KEY_ID: Hex = `0x${"aa".repeat(32)}`;

describe("what an owner key signs", () => {
  it.each<[string, Call[], string[]]>([
    ["a grant for a key of its own wallet", [grant(KEY, 29n)], ["grant"]],
    ["an update of a key of its own wallet", [update(KEY, 29n)], ["update"]],
    ["a grant under which an EOA co-signs", [coSigned(THIEF)], ["grant"]],
    ["a grant under which a key with a verifier co-signs", [coSigned(P256_KEY)], ["grant"]],
    ["a revoke of one key", [call("revoke", [account.address, KEY_ID])], ["revoke"]],
    ["a revoke of all", [call("revokeAll", [account.address])], ["revokeAll"]],
    ["pausing and resuming, in a batch", [call("pauseAccount", [account.address]), call("resume", [KEY_ID]), call("resumeAccount", [])], ["pauseAccount", "resume", "resumeAccount"]],
  ])("%s", (_title, calls, names) => {
    expect(code(calls)).toEqual(names);
  });

  it("the creation of its account, exactly as it was registered", () => {
    const create = { factory: definition.factory, factoryData: accountFactoryData(definition) };
    expect(code([call("revokeAll", [account.address])], create)).toEqual(["revokeAll"]);
    expect(code([call("revokeAll", [account.address])], { ...create, factory: THIEF })).toBe("factory_not_allowed");
    expect(code([call("revokeAll", [account.address])], { ...create, factoryData: accountFactoryData({ ...definition, guardian: THIEF }) })).toBe("factory_not_allowed");
  });
});

describe("what it refuses", () => {
  const erc20 = parseAbi(["function transfer(address,uint256)"]);
  const self = parseAbi(["function addSigners(bytes[])", "function installModule(uint256,address,bytes)"]);
  it.each<[string, Call[], string]>([
    ["a transfer of ether", [{ to: SHOP, value: 1n, data: "0x" }], "owner_rule_broken"],
    ["a transfer of a token", [{ to: TOKEN, value: 0n, data: encodeFunctionData({ abi: erc20, args: [SHOP, 1n] }) }], "owner_rule_broken"],
    ["another owner for the account", [{ to: account.address, value: 0n, data: encodeFunctionData({ abi: self, functionName: "addSigners", args: [[THIEF]] }) }], "owner_rule_broken"],
    ["another module", [{ to: account.address, value: 0n, data: encodeFunctionData({ abi: self, functionName: "installModule", args: [1n, THIEF, "0x"] }) }], "owner_rule_broken"],
    ["another guardian", [call("setGuardian", [THIEF])], "owner_rule_broken"],
    ["giving up somebody's key", [call("renounce", [account.address])], "owner_rule_broken"],
    ["pausing another account", [call("pauseAccount", [THIEF])], "owner_rule_broken"],
    ["value to the module", [call("revokeAll", [account.address], 1n)], "owner_rule_broken"],
    ["bytes behind a call's arguments", [{ ...call("revokeAll", [account.address]), data: `${call("revokeAll", [account.address]).data}00` }], "owner_rule_broken"],
    ["a grant for somebody else's key", [grant(THIEF, 1n)], "owner_rule_broken"],
    ["a grant for a key with a verifier", [grant(P256_KEY, 1n)], "owner_rule_broken"],
    ["a grant for a key whose verifier would be a key of its own", [grant(concat([KEY, "0x04"]), 1n)], "owner_rule_broken"],
    ["a grant for its own key as one with a verifier", [grantRaw(concat(["0x02", KEY]))], "owner_rule_broken"],
    ["a grant for its own key as a kind that is none", [grantRaw(concat(["0x00", KEY]))], "owner_rule_broken"],
    ["a grant for its own key and a byte more", [grantRaw(concat(["0x01", KEY, "0x00"]))], "owner_rule_broken"],
    ["a grant for nobody", [grantRaw("0x")], "owner_rule_broken"],
    ["an update of somebody else's key", [update(THIEF, 1n)], "owner_rule_broken"],
    ["an update of a key with a verifier", [update(P256_KEY, 1n)], "owner_rule_broken"],
    ["an update for longer than its rules say", [update(KEY, 31n)], "owner_rule_broken"],
    ["a grant for longer than its rules say", [grant(KEY, 31n)], "owner_rule_broken"],
    ["one bad call among good ones", [call("revokeAll", [account.address]), { to: SHOP, value: 0n, data: "0x" }], "owner_rule_broken"],
  ])("%s", (_title, calls, expected) => {
    expect(code(calls)).toBe(expected);
  });

  const harmless = [call("revokeAll", [account.address])];
  it("a session key's lane", () => expect(code(harmless, { nonce: 1n << 100n })).toBe("owner_rule_broken"));
  it("a paymaster that is not listed", () => {
    const paymaster = { paymaster: THIEF, paymasterVerificationGasLimit: 0n, paymasterPostOpGasLimit: 0n, paymasterData: "0x" } as const;
    expect(code(harmless, paymaster)).toBe("paymaster_not_allowed");
    expect(code(harmless, paymaster, { allowed_paymasters: [THIEF] })).toEqual(["revokeAll"]);
  });
  it("more gas than its rules say, and not exactly that much", () => {
    expect(code(harmless, {}, { max_gas_cost_native: String(GAS_COST) })).toEqual(["revokeAll"]);
    expect(code(harmless, {}, { max_gas_cost_native: String(GAS_COST - 1n) })).toBe("owner_rule_broken");
  });
  it("another EntryPoint than the account's", () => {
    const body = operationRequest.parse(bodyOf(ownerOperation(account.address, harmless), ENTRY_POINT_ADDRESSES["0.9"]));
    expect(() => judgeOwnerOperation(body, { rules: ownerRules.parse({}), owner: OWNER }, account, [], now())).toThrow(/another EntryPoint/);
  });
  it("a key that was allowed by name may be granted, and no key with a verifier that begins like it", () => {
    const rules = { allowed_keys: [THIEF] };
    expect(code([grant(THIEF, 1n), update(THIEF, 1n)], {}, rules)).toEqual(["grant", "update"]);
    expect(code([grant(concat([THIEF, "0x04"]), 1n)], {}, rules)).toBe("owner_rule_broken");
  });
  it("rules that allow a key with a verifier: the signer grants none", () => {
    expect(ownerRules.safeParse({ allowed_keys: [P256_KEY] }).success).toBe(false);
  });
});

describe("accounts of other kinds", () => {
  const judgeAs = (kind: AccountKind, calls: readonly Call[], change: Parameters<typeof ownerOperation>[2] = {}, other: object = {}): unknown => {
    const nonce = LANES[kind].ownerNonceKey(kind === "safe7579" ? ZERO : OWNER_VALIDATOR) << 64n;
    const body = bodyOf(ownerOperation(ACCOUNT, calls, { nonce, ...change }));
    const of = { chainId: LOCAL, address: ACCOUNT, definition: definitionOf(kind, other) };
    try {
      return judgeOwnerOperation(operationRequest.parse(body), { rules: ownerRules.parse({}), owner: STANDING_OWNER }, of, [KEY], now()).calls.map((one) => one.name);
    } catch (error) {
      return (error as { code: unknown }).code;
    }
  };
  const revokeAll = call("revokeAll", [ACCOUNT]);
  const erc173 = parseAbi(["function transferOwnership(address)"]);
  const takeOver = (to: Hex): Call => ({ to, value: 0n, data: encodeFunctionData({ abi: erc173, args: [THIEF] }) });

  it.each(OWNABLE)("%s: its owner grants and revokes, in its own lane", (kind) => {
    expect(judgeAs(kind, [grant(KEY, 1n), revokeAll])).toEqual(["grant", "revokeAll"]);
    expect(judgeAs(kind, [revokeAll], { nonce: LANES[kind].nonceKey(module) << 64n })).toBe("owner_rule_broken");
  });

  it.each(OWNABLE)("%s: its owner calls neither the account nor what rules it", (kind) => {
    for (const to of [ACCOUNT, kind === "safe7579" ? ADAPTER : OWNER_VALIDATOR, RECOVERY_VALIDATOR]) expect(judgeAs(kind, [revokeAll, takeOver(to)])).toBe("owner_rule_broken");
  });

  it.each(OWNABLE)("%s: its owner creates nothing", (kind) => {
    expect(judgeAs(kind, [revokeAll], { factory: THIEF, factoryData: "0x" })).toBe("factory_not_allowed");
  });

  it.each(OWNABLE)("%s: `executeUserOp` stands before the calls of a Kernel only", (kind) => {
    const { callData } = ownerOperation(ACCOUNT, [revokeAll]);
    expect(judgeAs(kind, [revokeAll], { callData: `0x8dd7712f${callData.slice(2)}` })).toEqual(kind === "kernel" ? ["revokeAll"] : "call_data_malformed");
  });

  it.each(OWNABLE)("%s: an account that is owned elsewhere has nothing signed by this owner", (kind) => {
    expect(judgeAs(kind, [revokeAll], {}, { ownership: { by: "elsewhere" } })).toBe("account_not_owned");
  });

  it("an EOA is not owned, whatever its kind", () => {
    expect(judgeAs("eip7702", [revokeAll], { nonce: 0n })).toBe("account_not_owned");
    expect(judgeAs("kernel", [revokeAll], {}, { address: STANDING_OWNER })).toBe("account_not_allowed");
  });
});
