import { ACCOUNT_LANES, type AccountLanes, encodeSafeSignature, laneMaskOf, safeOperationTypedData } from "@valet-keys/sdk/account-lanes";
import { type Address, encodeAbiParameters, hashTypedData, type Hex, zeroAddress } from "viem";
import { type AccountDefinition, type AccountKind, type SessionAccount } from "../protocol/accounts.ts";
import { operationHash } from "./hash.ts";
import { toViem, type WholeOperation } from "./schema.ts";

/** The project's own accounts read nonces as OpenZeppelin's do, of which they are made. */
export const LANES: Readonly<Record<AccountKind, AccountLanes>> = { ...ACCOUNT_LANES, owned: ACCOUNT_LANES.openzeppelin, eip7702: ACCOUNT_LANES.openzeppelin };

const FIXED_BITS = Object.fromEntries(Object.entries(LANES).map(([kind, lanes]) => [kind, ~laneMaskOf(lanes)])) as Readonly<Record<AccountKind, bigint>>;
const MAX_KEYS = 1_000;
const sessionKeys = new Map<string, bigint>();

/** Whether a nonce has the account ask the session key module: in its default mode, in whichever lane. */
export function isSessionNonce({ kind, module }: Pick<SessionAccount, "kind" | "module">, nonce: bigint): boolean {
  return ((nonce >> 64n) & FIXED_BITS[kind]) === sessionKeyOf(kind, module);
}

/** One for every account of a kind, so it is encoded once. */
function sessionKeyOf(kind: AccountKind, module: Address): bigint {
  const name = `${kind} ${module}`;
  const key = sessionKeys.get(name) ?? LANES[kind].nonceKey(module);
  if (sessionKeys.size >= MAX_KEYS) sessionKeys.clear();
  sessionKeys.set(name, key);
  return key;
}

/** Whether a nonce has the account ask its owner, as it was registered. */
export function isOwnerNonce(definition: AccountDefinition, nonce: bigint): boolean {
  return ((nonce >> 64n) & FIXED_BITS[definition.kind]) === LANES[definition.kind].ownerNonceKey(ownerValidatorOf(definition));
}

function ownerValidatorOf(definition: AccountDefinition): Address {
  return ("owner_validator" in definition ? definition.owner_validator : undefined) ?? zeroAddress;
}

/** What signing for a session key takes of an account's definition. */
export function sessionAccountOf(definition: AccountDefinition): SessionAccount {
  const { kind, module } = definition;
  return { kind, module, forbidden: rulersOf(definition) };
}

/** Contracts that obey the account and rule it. */
function rulersOf(definition: AccountDefinition): Address[] {
  if (definition.kind === "safe7579") return [definition.adapter];
  if (!("owner_validator" in definition) && !("ownership" in definition)) return [];
  const { ownership } = definition;
  const validator = "owner_validator" in definition ? definition.owner_validator : undefined;
  const recovery = "recovery_validator" in ownership ? ownership.recovery_validator : undefined;
  return [validator, recovery].filter((it) => it !== undefined);
}

/** What an account has its owner sign for an operation, computed from the whole of it. */
export function ownerDigest(chainId: number, entryPoint: Address, operation: WholeOperation, definition: AccountDefinition): Hex {
  if (definition.kind !== "safe7579") return operationHash(chainId, entryPoint, operation);
  return hashTypedData(safeOperationTypedData(toViem(operation), { chainId, adapter: definition.adapter, entryPoint }));
}

/** What the account takes as `signature` from this owner; `undefined` where it wants more owners than this one. */
export function ownerSignature(definition: AccountDefinition, owner: Address, signature: Hex): Hex | undefined {
  if (definition.kind === "owned") return encodeAbiParameters([{ type: "bytes[]" }, { type: "bytes[]" }], [[owner], [signature]]);
  if (definition.kind !== "safe7579") return signature;
  if (definition.ownership.by === "wallet" && definition.ownership.threshold > 1) return undefined;
  return encodeSafeSignature([{ owner, signature }]);
}
