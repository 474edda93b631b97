import { type Address, encodeFunctionData, erc20Abi, type Hex, numberToHex, toHex } from "viem";
import { nonceKeyOf } from "../../ts-sdk/src/accounts/nonceKey.ts";
import { definePolicy, encodePolicy } from "../../ts-sdk/src/policy/index.ts";
import { buildEvidence, encodeExecutions, encodeSessionSignature } from "../../ts-sdk/src/operation/index.ts";
import { ENTRY_POINT_ADDRESSES } from "../../ts-sdk/src/policy/forbiddenTargets.ts";

const TOKEN: Address = "0x5e000000000000000000000000000000000000e1";
const SHOP: Address = "0x00000000000000000000000000000000000000e2";
export const CHAIN = 31337;
export const MODULE: Address = "0x00000000000000000000000000000000000000d1";
export const DEPLOYMENT = { module: MODULE, factory: "0x00000000000000000000000000000000000000d2", implementation: "0x00000000000000000000000000000000000000d3" } as const;

/** Rules of a session that lets every request of the benchmark through. */
export const SESSION = {
  allowed_chains: [CHAIN],
  max_spend_per_tx_native: "1000000000000000000",
  max_spend_total_native: "1000000000000000000000000",
  token_caps: [{ chain: CHAIN, token: TOKEN, max_per_tx: "1000000", max_total: "1000000000000" }],
  allowed_recipients: [SHOP],
  rate_limit_per_minute: 1_000_000,
} as const;

/**
 * Bodies of requests to sign: a token transfer each, all different by their nonces.
 * @param key the session's key
 */
export function requestBodies(sender: Address, key: Address, first: number, count: number): string[] {
  const call = { to: TOKEN, data: encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [SHOP, 1n] }) };
  const validUntil = BigInt(Math.floor(Date.now() / 1000) + 240);
  const policy = definePolicy({
    validUntil: validUntil + 3600n,
    nativeLimit: { amount: 10n ** 18n, period: "day" },
    tokenLimits: [{ token: TOKEN, amount: 10n ** 12n, period: "day" }],
    callPolicies: [{ target: TOKEN, abi: erc20Abi, functionName: "transfer" }],
  });
  const { header, proofs } = encodePolicy(policy);
  const calls = [{ to: call.to, value: 0n, data: call.data }];
  const evidence = buildEvidence({ key, header, list: policy.permissions.list, proofs }, sender, calls);
  const signature = encodeSessionSignature({ validAfter: validUntil - 300n, validUntil, evidence, keySignature: "0x" });
  const gas = { callGasLimit: 100_000, verificationGasLimit: 200_000, preVerificationGas: 50_000, maxFeePerGas: 1_000_000_000, maxPriorityFeePerGas: 1_000_000 };
  const nonceKey = nonceKeyOf(MODULE);
  const hex = Object.fromEntries(Object.entries(gas).map(([name, value]): [string, Hex] => [name, toHex(value)]));
  const rest = { chain: CHAIN, entry_point: ENTRY_POINT_ADDRESSES["0.7"], user_operation: { sender, callData: encodeExecutions(calls), ...hex, signature } };
  return Array.from({ length: count }, (_, i) => {
    const nonce = numberToHex((nonceKey << 64n) | BigInt(first + i));
    return JSON.stringify({ ...rest, user_operation: { ...rest.user_operation, nonce } });
  });
}
