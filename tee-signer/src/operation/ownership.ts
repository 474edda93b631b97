import { whyForbidden } from "@valet-keys/sdk/policy";
import { type Address, zeroAddress } from "viem";
import { type AccountDefinition, type StandingDefinition } from "../protocol/accounts.ts";
import { SignerError } from "../protocol/errors.ts";
import { accountAddressOf } from "./accountAddress.ts";
import { sessionAccountOf } from "./accounts.ts";

type Ownership<definition extends StandingDefinition = StandingDefinition> = Extract<definition["ownership"], { by: "wallet" }>;

/**
 * Whether an owner key may sign for an account: it is the one at the address, others than the TEE can stop its session keys,
 * and others can take it over. An account of the factory commits to all of that by its address. Of every other one, it is what
 * the owner's credential says to have read from the chain.
 *
 * @throws SignerError `account_not_allowed`, `account_not_owned`, `eoa_owner_refused`, `account_without_guardian`,
 * `account_without_recovery`, `ownership_not_attested`
 */
export function checkOwner(definition: AccountDefinition, sender: Address, owner: Address): void {
  const address = definition.kind === "owned" ? accountAddressOf(definition) : definition.address;
  if (address !== sender) throw new SignerError("account_not_allowed", "The account is not the one of its definition.");
  if (definition.kind === "owned") {
    checkGuardian(definition.guardian, { address, owner });
    if (!definition.owners.includes(owner)) throw new SignerError("account_not_owned", "The account has another owner.");
    if (definition.owners.every((it) => it === owner)) throw noRecovery("an owner outside the TEE");
    return;
  }
  checkModule(definition);
  if (checkStanding(definition, owner).attested === undefined) {
    throw new SignerError("ownership_not_attested", "The owner's credential has not said yet what guardian and recovery the account has on chain.");
  }
}

/** What an account that stands needs before an owner key can be said to own it. @throws SignerError */
export function checkStanding(definition: StandingDefinition, owner: Address): Ownership {
  const { address, ownership } = definition;
  if (address === owner) throw eoaRefused();
  if (ownership.by !== "wallet") throw new SignerError("account_not_owned", "The wallet has session keys in this account, and does not own it.");
  checkGuardian(ownership.guardian, { address, owner });
  if ("recovery_validator" in ownership) {
    const { recovery_validator: recovery } = ownership;
    const known = [zeroAddress, address, definition.module, "owner_validator" in definition ? definition.owner_validator : undefined];
    if (known.includes(recovery)) throw noRecovery("another validator, by which an owner outside the TEE acts");
    return ownership;
  }
  const { owners, threshold } = ownership;
  if (!owners.includes(owner)) throw new SignerError("account_not_owned", "The wallet's key is none of the Safe's owners.");
  const others = new Set(owners.filter((it) => it !== owner && it !== zeroAddress));
  if (others.size < threshold) throw noRecovery(`${threshold} owners outside the TEE, as many as the Safe asks for`);
  return ownership;
}

/**
 * The session key module of an account that stands is none of the contracts that rule it: calls to it are what an owner signs.
 *
 * @throws SignerError `invalid_request`
 */
export function checkModule(definition: StandingDefinition): void {
  const { address, module } = definition;
  const forbidden = whyForbidden(module, { account: address }) ?? (sessionAccountOf(definition).forbidden.includes(module) ? "it rules the account" : undefined);
  if (forbidden !== undefined) throw new SignerError("invalid_request", `\`module\`: ${module} is no session key module: ${forbidden}.`);
  const why = whyForbidden(address);
  if (why !== undefined) throw new SignerError("invalid_request", `\`address\`: ${address} is no account: ${why}.`);
}

/** @throws SignerError `account_without_guardian` */
export function checkGuardian(guardian: Address, { address, owner }: { address: Address; owner: Address }): void {
  if (guardian !== zeroAddress && guardian !== owner && guardian !== address) return;
  throw new SignerError("account_without_guardian", "The account needs a `guardian` outside the TEE: somebody who can pause and revoke without this signer.");
}

export const noRecovery = (what: string): SignerError => new SignerError("account_without_recovery", `The account needs ${what}: for the day when this signer is gone.`);

export const eoaRefused = (): SignerError =>
  new SignerError("eoa_owner_refused", "An EOA obeys its one key for good, so nobody could take it over from this signer. Register it with `owner: \"elsewhere\"` for session keys in an EOA of somebody else's.");
