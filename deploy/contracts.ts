import type { Hex } from "viem";

/** A constructor argument: a value, or the address of a contract further up in the list. */
export type Argument = string | number | bigint | boolean | { readonly addressOf: string };

/** One contract to deploy. Everything here decides its address; nothing of a chain may. */
export type ContractEntry = {
  /** Unique; the key in `deployments/<chainId>.json`. */
  readonly name: string;
  /** The contract's name in Solidity, when `name` says more than that. */
  readonly artifact?: string;
  readonly args?: readonly Argument[];
  /** Default: {@link DEFAULT_SALT}. */
  readonly salt?: Hex;
};

/** The creation code alone tells our contracts apart, so one salt serves them all. */
export const DEFAULT_SALT: Hex = "0x0000000000000000000000000000000000000000000000000000000000000000";

/** ERC-4337's EntryPoints; the same on every chain. */
export const ENTRY_POINTS = {
  v07: "0x0000000071727De22E5E9d8BAf0edAc6f37da032",
  v08: "0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108",
  v09: "0x433709009B8330FDa32311DF1C2AFA402eD8D009",
} as const;

/** Which release of the EntryPoint. */
export type EntryPointVersion = keyof typeof ENTRY_POINTS;

const accountsFor = (version: EntryPointVersion): ContractEntry[] => {
  const suffix = version.toUpperCase();
  const args = [ENTRY_POINTS[version], { addressOf: "SessionKeyModule" }];
  return [
    { name: `DelegatedAccount${suffix}`, artifact: "DelegatedAccount", args },
    { name: `OwnedAccount${suffix}`, artifact: "OwnedAccount", args },
    { name: `OwnedAccountFactory${suffix}`, artifact: "OwnedAccountFactory", args: [{ addressOf: `OwnedAccount${suffix}` }] },
  ];
};

/** The module and what its code is spread over, in order: {@link CONTRACTS} begins with them. */
export const MODULE_CONTRACTS: readonly ContractEntry[] = [
  { name: "ConditionEngine" },
  { name: "SessionKeyFrames" },
  { name: "SessionKeyAdministration", args: [{ addressOf: "ConditionEngine" }, { addressOf: "SessionKeyFrames" }] },
  {
    name: "SessionKeyExtension",
    args: [{ addressOf: "ConditionEngine" }, { addressOf: "SessionKeyFrames" }, { addressOf: "SessionKeyAdministration" }],
  },
  {
    name: "SessionKeyModule",
    args: [
      { addressOf: "ConditionEngine" },
      { addressOf: "SessionKeyFrames" },
      { addressOf: "SessionKeyAdministration" },
      { addressOf: "SessionKeyExtension" },
    ],
  },
];

/** Who checks the signatures of keys that have no address (ERC-7913). */
export const VERIFIER_CONTRACTS: readonly ContractEntry[] = [
  { name: "P256PrecompileVerifier" },
  { name: "P256SolidityVerifier" },
  { name: "WebAuthnPrecompileVerifier" },
  { name: "WebAuthnSolidityVerifier" },
  { name: "MultisigVerifier" },
  { name: "ERC1271Verifier" },
];

/** What the project deploys, in order. A library that one of them links is found and deployed before it. */
export const CONTRACTS: readonly ContractEntry[] = [
  ...MODULE_CONTRACTS,
  ...accountsFor("v07"),
  ...accountsFor("v08"),
  ...accountsFor("v09"),
  ...VERIFIER_CONTRACTS,
];
