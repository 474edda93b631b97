import { type Address } from "viem";
import { describe, expect, it } from "vitest";
import { ENTRY_POINT_ADDRESSES } from "../../../ts-sdk/src/policy/index.ts";
import { readRegistration, standingDefinition } from "../../src/guardrails/standingAccount.ts";
import { accountDefinition, type StandingDefinition } from "../../src/protocol/accounts.ts";
import { ACCOUNT, ADAPTER, OWNER, OWNER_VALIDATOR, RECOVERY_VALIDATOR } from "../definitions.ts";
import { DEPLOYMENT, GUARDIAN, LOCAL, RECOVERY } from "../signer.ts";

const ZERO: Address = "0x0000000000000000000000000000000000000000";
const { module } = DEPLOYMENT;

type Kind = StandingDefinition["kind"];
const validated = { owner_validator: OWNER_VALIDATOR, guardian: GUARDIAN, recovery_validator: RECOVERY_VALIDATOR };
/** What makes each kind one that the wallet may own, but an EOA. */
const OWN: Readonly<Record<Kind, object>> = {
  kernel: validated,
  nexus: validated,
  msa: validated,
  openzeppelin: validated,
  safe7579: { adapter: ADAPTER, guardian: GUARDIAN, owners: [OWNER, RECOVERY], threshold: 1 },
  eip7702: { owner: "elsewhere" },
};
const KINDS = Object.keys(OWN) as Kind[];

/** The definition, or the code of the refusal. */
const register = (kind: Kind, change: object = {}, of: object = OWN[kind]): unknown => {
  try {
    const body = readRegistration(kind, { kind, chain: LOCAL, address: ACCOUNT, ...of, ...change });
    return standingDefinition(body, body.module ?? module, OWNER);
  } catch (error) {
    return (error as { code: unknown }).code;
  }
};

describe("a registration", () => {
  it.each(KINDS)("of kind %s says what signing takes, and reads back from the database", (kind) => {
    const definition = register(kind);
    expect(definition).toMatchObject({ kind, address: ACCOUNT, module, entry_point_version: "0.7" });
    expect(accountDefinition.parse(JSON.parse(JSON.stringify(definition)))).toEqual(definition);
  });

  it("of an account that a version before has written down still reads", () => {
    const old = { kind: "owned", entry_point_version: "0.7", ...DEPLOYMENT, owners: [OWNER, RECOVERY], guardian: GUARDIAN, salt: `0x${"00".repeat(32)}` };
    expect(accountDefinition.parse(old)).toEqual(old);
  });

  it.each<[Kind, string, object]>([
    ["kernel", "0.9", {}],
    ["nexus", "0.8", {}],
    ["openzeppelin", "0.9", {}],
    ["eip7702", "0.8", {}],
  ])("of kind %s takes EntryPoint v%s", (kind, entry_point_version) => {
    expect(register(kind, { entry_point_version })).toMatchObject({ entry_point_version });
  });

  it.each<[Kind, string]>([["msa", "0.8"], ["msa", "0.9"], ["safe7579", "0.8"], ["safe7579", "0.9"]])("of kind %s takes no EntryPoint v%s", (kind, entry_point_version) => {
    expect(register(kind, { entry_point_version })).toBe("entry_point_not_supported");
  });

  it.each<[Kind]>([["kernel"], ["nexus"], ["msa"]])("of kind %s names the owner's validator", (kind) => {
    for (const owner_validator of [undefined, ZERO]) expect(register(kind, { owner_validator })).toBe("owner_validator_needed");
  });

  it("of an OpenZeppelin account names one only where it has one", () => {
    expect(register("openzeppelin", { owner_validator: undefined })).not.toHaveProperty("owner_validator");
  });

  it.each(KINDS.filter((kind) => kind !== "eip7702"))("of kind %s needs a guardian outside the TEE, to be owned", (kind) => {
    for (const guardian of [undefined, ZERO, OWNER, ACCOUNT]) expect(register(kind, { guardian })).toBe("account_without_guardian");
  });

  it.each<[Kind]>([["kernel"], ["nexus"], ["msa"], ["openzeppelin"]])("of kind %s needs another validator than the owner's, the module and the account, to be owned", (kind) => {
    for (const recovery_validator of [undefined, ZERO, OWNER_VALIDATOR, module, ACCOUNT]) expect(register(kind, { recovery_validator })).toBe("account_without_recovery");
  });

  it.each<[string, object, unknown]>([
    ["no owners", { owners: [] }, "account_without_recovery"],
    ["the wallet alone", { owners: [OWNER] }, "account_without_recovery"],
    ["the wallet twice", { owners: [OWNER, OWNER] }, "account_without_recovery"],
    ["the wallet and nobody", { owners: [OWNER, ZERO] }, "account_without_recovery"],
    ["too few others for the threshold", { owners: [OWNER, RECOVERY], threshold: 2 }, "account_without_recovery"],
    ["one other twice", { owners: [OWNER, RECOVERY, RECOVERY], threshold: 2 }, "account_without_recovery"],
    ["others only", { owners: [RECOVERY, GUARDIAN] }, "account_not_owned"],
  ])("of a Safe is refused with %s", (_title, change, code) => {
    expect(register("safe7579", change)).toBe(code);
  });

  it("of a Safe is taken with exactly as many others as its threshold", () => {
    expect(register("safe7579", { owners: [OWNER, RECOVERY, GUARDIAN], threshold: 2 })).toMatchObject({ ownership: { threshold: 2 } });
  });

  it.each(KINDS)("of kind %s whose owner is elsewhere needs nothing of that, and takes nothing of it", (kind) => {
    const { guardian: _, recovery_validator: __, owners: ___, threshold: ____, ...of } = OWN[kind] as Record<string, unknown>;
    expect(register(kind, { owner: "elsewhere" }, of)).toMatchObject({ ownership: { by: "elsewhere" } });
    expect(register(kind, { owner: "elsewhere", guardian: GUARDIAN }, of)).toBe("invalid_request");
  });

  it("of an EOA is never the wallet's to own, and of the wallet's own EOA never anything", () => {
    expect(register("eip7702", { owner: "wallet" })).toBe("eoa_owner_refused");
    expect(register("eip7702", {}, {})).toBe("eoa_owner_refused");
    for (const kind of KINDS) expect(register(kind, { address: OWNER })).toBe("eoa_owner_refused");
  });

  it.each<[string, Kind, object]>([
    ["the account itself as the module", "kernel", { module: ACCOUNT }],
    ["the owner's validator as the module", "nexus", { module: OWNER_VALIDATOR }],
    ["the adapter as the module", "safe7579", { module: ADAPTER }],
    ["an EntryPoint as the module", "msa", { module: ENTRY_POINT_ADDRESSES["0.7"] }],
    ["nobody as the module", "openzeppelin", { module: ZERO }],
    ["an EntryPoint as the account", "kernel", { address: ENTRY_POINT_ADDRESSES["0.9"] }],
    ["nobody as the account", "eip7702", { address: ZERO }],
    ["an unknown field", "kernel", { adapter: ADAPTER }],
    ["a validator of a Safe", "safe7579", { owner_validator: OWNER_VALIDATOR }],
    ["a guardian of an EOA", "eip7702", { guardian: GUARDIAN }],
    ["no adapter", "safe7579", { adapter: undefined }],
  ])("is refused with %s", (_title, kind, change) => {
    expect(register(kind, change)).toBe("invalid_request");
  });
});
