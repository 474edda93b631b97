import { ENTRY_POINT_ADDRESSES } from "@valet-keys/sdk/policy";
import { type Address, type Hex } from "viem";
import { getUserOperationHash } from "viem/account-abstraction";
import { SignerError } from "../protocol/errors.ts";
import { type EntryPointVersion, toViem, type WholeOperation } from "./schema.ts";

const VERSIONS: readonly EntryPointVersion[] = ["0.7", "0.8", "0.9"];

/**
 * Which EntryPoint an address is. Only the canonical ones are known: another contract could hash otherwise.
 *
 * @throws SignerError `entry_point_unknown`
 */
export function entryPointVersionOf(entryPoint: Address): EntryPointVersion {
  const version = VERSIONS.find((it) => ENTRY_POINT_ADDRESSES[it].toLowerCase() === entryPoint);
  if (version) return version;
  throw new SignerError("entry_point_unknown", `${entryPoint} is not the EntryPoint v0.7, v0.8 or v0.9.`);
}

/** The hash that the account checks a signature against, from the operation itself. */
export function operationHash(chainId: number, entryPoint: Address, operation: WholeOperation): Hex {
  return getUserOperationHash({
    chainId,
    entryPointAddress: entryPoint,
    entryPointVersion: entryPointVersionOf(entryPoint),
    userOperation: toViem(operation),
  });
}
