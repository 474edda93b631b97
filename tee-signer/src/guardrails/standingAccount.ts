import { type Address, zeroAddress } from "viem";
import { LANES } from "../operation/accounts.ts";
import { checkModule, checkStanding, eoaRefused, noRecovery } from "../operation/ownership.ts";
import { REGISTRATIONS, type StandingDefinition, type StandingRegistration, VALIDATOR_KINDS } from "../protocol/accounts.ts";
import { SignerError } from "../protocol/errors.ts";
import { read } from "./input.ts";

type StandingKind = StandingDefinition["kind"];
const isValidatorKind = (kind: StandingKind): kind is (typeof VALIDATOR_KINDS)[number] => (VALIDATOR_KINDS as readonly string[]).includes(kind);

/** @throws SignerError `invalid_request` */
export function readRegistration(kind: StandingKind, body: unknown): StandingRegistration {
  return read(REGISTRATIONS[isValidatorKind(kind) ? "validated" : kind], body);
}

/**
 * An account that stands, as a registration describes it.
 *
 * @param owner address of the wallet's key
 * @throws SignerError `entry_point_not_supported`, `owner_validator_needed`, `eoa_owner_refused`, `account_without_guardian`,
 * `account_without_recovery`, `account_not_owned`, `invalid_request`
 */
export function standingDefinition(body: StandingRegistration, module: Address, owner: Address): StandingDefinition {
  const { kind, entry_point_version, address } = body;
  const { entryPoints } = LANES[kind];
  if (!entryPoints.includes(entry_point_version)) {
    throw new SignerError("entry_point_not_supported", `An account of kind "${kind}" works with EntryPoint ${entryPoints.map((it) => `v${it}`).join(", ")}, not v${entry_point_version}.`);
  }
  // An EOA of the wallet's own is owned by the wallet, whatever is said.
  if (address === owner || (kind === "eip7702" && body.owner === "wallet")) throw eoaRefused();
  const definition = define(body, { entry_point_version, module, address });
  if (definition.ownership.by === "wallet") checkStanding(definition, owner);
  checkModule(definition);
  return definition;
}

type Standing = Pick<StandingDefinition, "entry_point_version" | "module" | "address">;

function define(body: StandingRegistration, standing: Standing): StandingDefinition {
  const isOwn = body.owner === "wallet";
  const elsewhere = { by: "elsewhere" } as const;
  switch (body.kind) {
    case "eip7702":
      return { kind: body.kind, ...standing, ownership: elsewhere };
    case "safe7579": {
      const { kind, adapter, guardian = zeroAddress, owners, threshold } = body;
      if (!isOwn) refuseClaims(body.guardian, owners[0]);
      if (isOwn && owners.length === 0) throw noRecovery("its `owners` and `threshold`: as many owners outside the TEE as the Safe asks for");
      return { kind, ...standing, adapter, ownership: isOwn ? { by: "wallet", guardian, owners: [...new Set(owners)], threshold } : elsewhere };
    }
    default: {
      const { kind, owner_validator, guardian = zeroAddress, recovery_validator = zeroAddress } = body;
      if (!isOwn) refuseClaims(body.guardian, body.recovery_validator);
      // Kernel's nonces name its root validator.
      const isNeeded = LANES[kind].needsOwnerValidator || (isOwn && kind === "kernel");
      if (isNeeded && (owner_validator ?? zeroAddress) === zeroAddress) {
        throw new SignerError("owner_validator_needed", `An account of kind "${kind}" knows its owner by a validator: name it in \`owner_validator\`.`);
      }
      const validator = owner_validator === undefined || owner_validator === zeroAddress ? {} : { owner_validator };
      return { kind, ...standing, ...validator, ownership: isOwn ? { by: "wallet", guardian, recovery_validator } : elsewhere };
    }
  }
}

/** What is not looked at is not taken, so that nobody relies on it. @throws SignerError `invalid_request` */
function refuseClaims(...claims: readonly unknown[]): void {
  if (claims.some((it) => it !== undefined)) throw new SignerError("invalid_request", "`owner`: of an account that is owned elsewhere, guardian and recovery are not the signer's business.");
}
