import { type Address, encodeFunctionData, erc20Abi, type Hex } from "viem";
import { type UserOperation } from "viem/account-abstraction";
import { nonceKeyOf } from "../../ts-sdk/src/accounts/nonceKey.ts";
import { buildEvidence, type Call, encodeExecutions, encodeSessionSignature } from "../../ts-sdk/src/operation/index.ts";
import { definePolicy, encodePolicy, ENTRY_POINT_ADDRESSES } from "../../ts-sdk/src/policy/index.ts";
import { toWire } from "../src/client/agent.ts";
import { DEPLOYMENT, LOCAL } from "./signer.ts";

export const TOKEN: Address = "0x5e000000000000000000000000000000000000e1";
export const SHOP: Address = "0x00000000000000000000000000000000000000e2";
export const THIEF: Address = "0x00000000000000000000000000000000000000e3";
export const ENTRY_POINT = ENTRY_POINT_ADDRESSES["0.7"].toLowerCase() as Address;

const MODULE = DEPLOYMENT.module;

/** Gas limits that cost 1,000,000 wei together. */
const GAS = { callGasLimit: 500_000n, verificationGasLimit: 400_000n, preVerificationGas: 100_000n, maxFeePerGas: 1n, maxPriorityFeePerGas: 1n };
export const GAS_COST = 1_000_000n;

export const token = (functionName: "transfer" | "approve", to: Address, amount: bigint): Call => ({
  to: TOKEN,
  value: 0n,
  data: encodeFunctionData({ abi: erc20Abi, functionName, args: [to, amount] }),
});

export const ether = (to: Address, value: bigint): Call => ({ to, value, data: "0x" });

/** `coSigner`: of the policy that a session's operation shows, from 50 units of {@link TOKEN} on. */
type Change = Partial<UserOperation<"0.9">> & { sequence?: bigint; coSigner?: Hex };

export const now = (): bigint => BigInt(Math.floor(Date.now() / 1000));

/** An operation of a session's key that wants to be signed; its window ends in four minutes. */
export function sessionOperation(sender: Address, key: Hex, calls: readonly Call[], { sequence = 0n, coSigner, ...change }: Change = {}, window = { validAfter: now() - 10n, validUntil: now() + 240n }): UserOperation {
  const evidence = evidenceFor(sender, key, calls.length === 0 ? [ether(SHOP, 1n)] : calls, coSigner);
  return {
    sender,
    nonce: (nonceKeyOf(MODULE) << 64n) | sequence,
    callData: calls.length === 0 ? "0x" : encodeExecutions(calls),
    ...GAS,
    signature: encodeSessionSignature({ ...window, evidence, keySignature: "0x" }),
    ...change,
  } as UserOperation;
}

/** An operation of an owner. */
export function ownerOperation(sender: Address, calls: readonly Call[], { sequence = 0n, ...change }: Change = {}): UserOperation {
  return { sender, nonce: sequence, callData: encodeExecutions(calls), ...GAS, signature: "0x", ...change } as UserOperation;
}

/** The body of a request to sign. */
export const bodyOf = (operation: UserOperation, entryPoint: Address = ENTRY_POINT): Record<string, unknown> => ({ chain: LOCAL, entry_point: entryPoint, user_operation: toWire(operation) });

function evidenceFor(sender: Address, key: Hex, calls: readonly Call[], coSigner: Hex | undefined): Hex {
  const policy = definePolicy({
    validUntil: now() + 3600n,
    nativeLimit: { amount: 10n ** 18n, period: "day" },
    tokenLimits: [{ token: TOKEN, amount: 1_000_000n, period: "day" }],
    callPolicies: [{ target: TOKEN, abi: erc20Abi, functionName: "transfer" }],
    ...(coSigner && { coSigner: { signer: coSigner, thresholds: [{ token: TOKEN, above: 50n }] } }),
  });
  const { header, proofs } = encodePolicy(policy);
  return buildEvidence({ key, header, list: policy.permissions.list, proofs }, sender, calls);
}
