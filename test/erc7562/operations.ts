import { type Address, type Hex, concat, toHex } from "viem";
import type { PackedUserOperation } from "viem/account-abstraction";

/** Bundlers allow no more for validation. */
export const MAX_VERIFICATION_GAS = 500_000n;

/** Gas of the test operations: what the gas costs is not what they are about. */
export const GAS = {
  verificationGasLimit: MAX_VERIFICATION_GAS,
  callGasLimit: 400_000n,
  preVerificationGas: 50_000n,
  maxFeePerGas: 2_000_000_000n,
  maxPriorityFeePerGas: 1_000_000_000n,
} as const;

function pair(high: bigint, low: bigint): Hex {
  return concat([toHex(high, { size: 16 }), toHex(low, { size: 16 })]);
}

/** An operation without signature, in the form that the EntryPoint reads. */
export function packOperation(sender: Address, nonce: bigint, parts: Partial<PackedUserOperation> = {}): PackedUserOperation {
  return {
    sender,
    nonce,
    initCode: "0x",
    callData: "0x",
    accountGasLimits: pair(GAS.verificationGasLimit, GAS.callGasLimit),
    preVerificationGas: GAS.preVerificationGas,
    gasFees: pair(GAS.maxPriorityFeePerGas, GAS.maxFeePerGas),
    paymasterAndData: "0x",
    signature: "0x",
    ...parts,
  };
}

/** First nonce of a validator's lane: `validator (20) · lane (4) · sequence (8)`, as OpenZeppelin's account reads it. */
export function nonceOf(validator: Address, lane = 0n, sequence = 0n): bigint {
  return (BigInt(validator) << 96n) | (lane << 64n) | sequence;
}

/** `paymasterAndData` with the paymaster's two gas limits. */
export function withPaymaster(paymaster: Address, data: Hex = "0x"): Hex {
  return concat([paymaster, pair(200_000n, 50_000n), data]);
}
