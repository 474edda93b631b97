import { type Address, type Hex } from "viem";
import { type UserOperation } from "viem/account-abstraction";
import { z } from "zod/v4";
import { SignerError } from "../protocol/errors.ts";
import { address, bytes, uint128, uint256 } from "../protocol/primitives.ts";

/**
 * A user operation, whole, as ERC-4337's RPC writes it. Unknown fields are refused: what is not understood is not
 * signed. `factory` takes the EIP-7702 marker too, so that it is refused by its name.
 */
export const userOperation = z.strictObject({
  sender: address,
  nonce: uint256,
  factory: z.union([address, z.literal("0x7702").transform((it) => it as Address)]).optional(),
  factoryData: bytes.optional(),
  callData: bytes,
  callGasLimit: uint128,
  verificationGasLimit: uint128,
  preVerificationGas: uint256,
  maxFeePerGas: uint128,
  maxPriorityFeePerGas: uint128,
  paymaster: address.optional(),
  paymasterVerificationGasLimit: uint128.optional(),
  paymasterPostOpGasLimit: uint128.optional(),
  paymasterData: bytes.optional(),
  /** v0.9: outside the hash. */
  paymasterSignature: bytes.optional(),
  eip7702Auth: z.unknown().optional(),
  signature: bytes,
});

export type WholeOperation = z.infer<typeof userOperation>;

/** End of a v0.9 `paymasterAndData` that carries a signature outside the hash. */
const PAYMASTER_SIGNATURE_MAGIC = "22e325a297439656";

/**
 * Refuses what could be read in two ways, or changes code.
 *
 * @throws SignerError `delegation_refused`, `invalid_request`
 */
export function checkForm(operation: WholeOperation, version: EntryPointVersion): void {
  if (operation.eip7702Auth !== undefined || (operation.factory?.length ?? 42) !== 42) {
    throw new SignerError("delegation_refused", "The signer signs no EIP-7702 authorisation and no operation that brings one.");
  }
  const fail = (reason: string): never => {
    throw new SignerError("invalid_request", reason);
  };
  const { factory, factoryData, paymaster, paymasterData, paymasterSignature } = operation;
  if (factoryData !== undefined && factory === undefined) fail("`factoryData` without `factory`.");
  const paymasterParts = [operation.paymasterVerificationGasLimit, operation.paymasterPostOpGasLimit, paymasterData, paymasterSignature];
  if (paymaster === undefined && paymasterParts.some((it) => it !== undefined)) fail("Fields of a paymaster without `paymaster`.");
  if (version !== "0.9" && paymasterSignature !== undefined) fail("`paymasterSignature` exists from EntryPoint v0.9 on.");
  if (version === "0.9" && paymasterData?.endsWith(PAYMASTER_SIGNATURE_MAGIC)) {
    fail("`paymasterData` ends as if it carried a signature; that belongs in `paymasterSignature`.");
  }
}

export type EntryPointVersion = "0.7" | "0.8" | "0.9";

/** The operation as viem's functions take it. */
export function toViem(operation: WholeOperation, signature: Hex = "0x"): UserOperation {
  const { eip7702Auth: _, ...rest } = operation;
  return { ...rest, signature } as UserOperation;
}

/** wei that the operation can cost at most, whoever pays: every limit at the full price. */
export function largestGasCost(operation: WholeOperation): bigint {
  const { callGasLimit, verificationGasLimit, preVerificationGas, paymasterVerificationGasLimit = 0n, paymasterPostOpGasLimit = 0n } = operation;
  const gas = callGasLimit + verificationGasLimit + preVerificationGas + paymasterVerificationGasLimit + paymasterPostOpGasLimit;
  return gas * operation.maxFeePerGas;
}
