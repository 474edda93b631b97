import { z } from "zod/v4";
import { chain } from "./chains.ts";
import { address, amount, bytes32 } from "./primitives.ts";

export const ENTRY_POINT_VERSIONS = ["0.7", "0.8", "0.9"] as const;
const entry_point_version = z.enum(ENTRY_POINT_VERSIONS);

/** The project's contracts on a chain, as `deployments/<chain id>.json` has them. */
export const deployment = z.strictObject({ module: address, factory: address, implementation: address });
export type Deployment = z.infer<typeof deployment>;

/** Accounts whose owner is known to a validator, or to the account's own code. */
export const VALIDATOR_KINDS = ["kernel", "nexus", "msa", "openzeppelin"] as const;
/** `owned`: of the project's factory. `eip7702`: an EOA that has delegated to `DelegatedAccount`. */
export const ACCOUNT_KINDS = ["owned", ...VALIDATOR_KINDS, "safe7579", "eip7702"] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

const MAX_OWNERS = 50;

/** A final block at which the owner's credential has read the chain. `timestamp` in seconds since 1970. */
const attested = z.strictObject({ number: amount, hash: bytes32, timestamp: z.number().int().nonnegative() });

/** The wallet only has session keys in the account; its owner key signs nothing there. */
const elsewhere = z.strictObject({ by: z.literal("elsewhere") });
const theWallets = { by: z.literal("wallet"), guardian: address, attested: attested.optional() };
const throughValidator = z.strictObject({ ...theWallets, recovery_validator: address });
const asSafeOwner = z.strictObject({ ...theWallets, owners: z.array(address).min(1).max(MAX_OWNERS), threshold: z.number().int().min(1).max(MAX_OWNERS) });

const standing = { entry_point_version, module: address, address };
/** Everything here decides the account's address. */
const owned = z.strictObject({
  kind: z.literal("owned"),
  entry_point_version,
  ...deployment.shape,
  owners: z.array(address).min(2).max(10),
  guardian: address,
  salt: bytes32,
});
const validated = z.strictObject({
  kind: z.enum(VALIDATOR_KINDS),
  ...standing,
  /** The validator that knows the owner. Without one, the account's own code does. */
  owner_validator: address.optional(),
  ownership: z.discriminatedUnion("by", [elsewhere, throughValidator]),
});
const safe = z.strictObject({
  kind: z.literal("safe7579"),
  ...standing,
  /** The Safe7579 adapter, in whose domain the Safe's owners sign. */
  adapter: address,
  ownership: z.discriminatedUnion("by", [elsewhere, asSafeOwner]),
});
const delegated = z.strictObject({ kind: z.literal("eip7702"), ...standing, ownership: elsewhere });

/** A smart account, as it is stored: what reading and signing its operations takes. */
export const accountDefinition = z.discriminatedUnion("kind", [owned, validated, safe, delegated]);
export type AccountDefinition = z.infer<typeof accountDefinition>;
export type OwnedDefinition = z.infer<typeof owned>;
/** Of an account that stands already; its address commits to none of what is said about it. */
export type StandingDefinition = Exclude<AccountDefinition, OwnedDefinition>;

/** What the wallet process has to know of an account to sign for a session key in it. */
export const sessionAccount = z.strictObject({
  kind: z.enum(ACCOUNT_KINDS),
  module: address,
  /** The account's validators and adapter that are known: whoever has the account call them rules it. */
  forbidden: z.array(address).max(4),
});
export type SessionAccount = z.infer<typeof sessionAccount>;

/** Which kind a registration is about; the rest is read by its kind. */
export const kindOfRegistration = z.looseObject({ kind: z.enum(ACCOUNT_KINDS).default("owned") });

/** Registers an account that the factory makes. */
export const registerOwned = z.strictObject({
  kind: z.literal("owned").default("owned"),
  chain,
  entry_point_version: entry_point_version.default("0.7"),
  /** May pause and revoke session keys; outside the TEE. */
  guardian: address.optional(),
  /** Owners beside the TEE, any one of which can act alone when the TEE is gone. */
  recovery_signers: z.array(address).max(9).default([]),
  salt: bytes32.default("0x0000000000000000000000000000000000000000000000000000000000000000"),
  /** For a chain that the signer's own configuration does not know. */
  deployment: deployment.optional(),
});

const registration = {
  chain,
  entry_point_version: entry_point_version.default("0.7"),
  address,
  /** For a chain that the signer's own configuration does not know. */
  module: address.optional(),
  /** Whether the wallet's key owns the account, or only has session keys in it. */
  owner: z.enum(["wallet", "elsewhere"]).default("wallet"),
};

/** Registers an account that stands, by its kind. */
export const REGISTRATIONS = {
  validated: z.strictObject({
    kind: z.enum(VALIDATOR_KINDS),
    ...registration,
    owner_validator: address.optional(),
    guardian: address.optional(),
    /** Another validator of the account, for an owner outside the TEE. */
    recovery_validator: address.optional(),
  }),
  safe7579: z.strictObject({
    kind: z.literal("safe7579"),
    ...registration,
    adapter: address,
    guardian: address.optional(),
    /** All of the Safe's owners. */
    owners: z.array(address).max(MAX_OWNERS).default([]),
    threshold: z.number().int().min(1).max(MAX_OWNERS).default(1),
  }),
  eip7702: z.strictObject({ kind: z.literal("eip7702"), ...registration }),
} as const;
export type StandingRegistration = z.output<(typeof REGISTRATIONS)[keyof typeof REGISTRATIONS]>;
