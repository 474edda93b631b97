import { decodeSettings, encodeSigner } from "@valet-keys/sdk/policy";
import { type Address, type Hex } from "viem";
import { checkCreation } from "../operation/accountAddress.ts";
import { isOwnerNonce } from "../operation/accounts.ts";
import { entryPointVersionOf, operationHash } from "../operation/hash.ts";
import { callsOf, ownerWrapping } from "../operation/lanes.ts";
import { type OwnerCall, ownerCallsOf } from "../operation/ownerCalls.ts";
import { checkOwner } from "../operation/ownership.ts";
import { checkForm, largestGasCost } from "../operation/schema.ts";
import { type AccountDefinition } from "../protocol/accounts.ts";
import { SignerError } from "../protocol/errors.ts";
import { type OwnerRules } from "../protocol/owner.ts";
import { type OperationRequest, requestHashOf } from "./sessionOperation.ts";

type RegisteredAccount = { readonly chainId: number; readonly address: Address; readonly definition: AccountDefinition };

export type JudgedOwnerOperation = { readonly userOpHash: Hex; readonly requestHash: Hex; readonly calls: readonly OwnerCall[]; readonly gasCost: bigint };

/**
 * Everything about an operation of the account's owner key: it manages session keys, and nothing else.
 *
 * @param owner address of the wallet's key
 * @param ownKeys session keys that live in this wallet
 * @param now seconds since 1970
 * @throws SignerError `owner_rule_broken` and those of the operation's form
 */
export function judgeOwnerOperation(
  request: OperationRequest,
  { rules, owner }: { rules: OwnerRules; owner: Address },
  account: RegisteredAccount,
  ownKeys: readonly Address[],
  now: bigint,
): JudgedOwnerOperation {
  const { chain: chainId, entry_point: entryPoint, user_operation: operation } = request;
  const version = entryPointVersionOf(entryPoint);
  checkForm(operation, version);
  if (account.definition.entry_point_version !== version) throw new SignerError("entry_point_unknown", "The account listens to another EntryPoint.");
  checkOwner(account.definition, operation.sender, owner);
  if (!isOwnerNonce(account.definition, operation.nonce)) throw new SignerError("owner_rule_broken", "The nonce does not name the owner as the validator.");
  checkCreation(operation, account.definition);
  const { paymaster } = operation;
  if (paymaster !== undefined && !rules.allowed_paymasters.includes(paymaster)) {
    throw new SignerError("paymaster_not_allowed", `${paymaster} is not on the wallet's list of paymasters.`);
  }
  const gasCost = largestGasCost(operation);
  if (gasCost > BigInt(rules.max_gas_cost_native)) {
    throw new SignerError("owner_rule_broken", "The operation could cost more gas than owner operations may.", {
      asked: String(gasCost),
      limit: rules.max_gas_cost_native,
    });
  }
  const calls = ownerCallsOf(callsOf(operation, ownerWrapping(account.definition.kind)), account.address, account.definition.module);
  const grantable = new Set([...ownKeys, ...rules.allowed_keys].map((key) => encodeSigner(key)));
  for (const call of calls) checkGrant(call, rules, grantable, now);
  const userOpHash = operationHash(chainId, entryPoint, operation);
  return { userOpHash, requestHash: requestHashOf(userOpHash, operation), calls, gasCost };
}

/** `grant(signer, settings, …)` and `update(signer, settings, …)`: for whom, and for how long. */
function checkGrant({ name, args }: OwnerCall, rules: OwnerRules, grantable: ReadonlySet<Hex>, now: bigint): void {
  if (name !== "grant" && name !== "update") return;
  const [signer, settings] = args as [Hex | undefined, bigint | undefined];
  if (signer === undefined || !grantable.has(signer.toLowerCase() as Hex)) {
    throw new SignerError("owner_rule_broken", `The ${name} is for a key that is neither in this wallet nor on its list.`);
  }
  const { validUntil } = decodeSettings(settings ?? 0n);
  if (validUntil > now + BigInt(rules.max_grant_seconds)) {
    throw new SignerError("owner_rule_broken", `The grant lasts longer than ${rules.max_grant_seconds} seconds from now.`, {
      valid_until: String(validUntil),
    });
  }
}
