import { concat, hashTypedData, type Hex, keccak256, type PrivateKeyAccount, size, toHex } from "viem";
import { encodeCosignature, sessionCosignatureTypedData } from "../ts-sdk/src/operation/cosignature.ts";
import type { Chain } from "./chain.ts";
import { encodeEvidence, type PolicyContent } from "./evidence.ts";
import type { System } from "./system.ts";
import { type PackedUserOperation, userOpHash } from "./userOperation.ts";

/** Seconds since 1970, both ends included. */
export interface Window {
  validAfter: bigint;
  validUntil: bigint;
}

/** A key with the policy it was granted. */
export interface SessionKey {
  signer: PrivateKeyAccount;
  policy: PolicyContent;
  /** Signs every operation of the key too. */
  coSigner?: PrivateKeyAccount;
}

/** `userOp.signature` of docs/WIRE-FORMAT.md. */
export function packSignature({ validAfter, validUntil }: Window, evidence: Hex, keySignature: Hex): Hex {
  return concat([
    toHex(validAfter, { size: 5 }),
    toHex(validUntil, { size: 5 }),
    toHex(size(evidence), { size: 2 }),
    evidence,
    keySignature,
  ]);
}

/** Signs an operation as the session key over evidence as given, be it right or wrong. */
export async function signWithEvidence(
  chain: Chain,
  { module, entryPoint }: Pick<System, "module" | "entryPoint">,
  { signer, coSigner }: { signer: Pick<PrivateKeyAccount, "sign">; coSigner?: PrivateKeyAccount | undefined },
  op: PackedUserOperation,
  window: Window,
  evidence: Hex,
): Promise<PackedUserOperation> {
  const opHash = await userOpHash(chain, entryPoint, op);
  const digest = await chain.client.readContract({
    ...module,
    functionName: "operationDigest",
    args: [opHash, window.validAfter, window.validUntil, evidence],
  });
  const signatures = [await signer.sign({ hash: digest })];
  if (coSigner) {
    const chainId = await chain.client.getChainId();
    const content = { chainId, module: module.address, userOpHash: opHash, ...window, evidenceHash: keccak256(evidence) };
    const typedData = sessionCosignatureTypedData(content);
    signatures.push(encodeCosignature(hashTypedData(typedData), await coSigner.signTypedData(typedData)));
  }
  return { ...op, signature: packSignature(window, evidence, concat(signatures)) };
}

/**
 * Signs an operation as the session key.
 *
 * @param leaves which permission covers each call, in the order of the calls
 */
export function signOperation(
  chain: Chain,
  system: Pick<System, "module" | "entryPoint">,
  key: SessionKey,
  op: PackedUserOperation,
  window: Window,
  leaves: readonly number[],
): Promise<PackedUserOperation> {
  return signWithEvidence(chain, system, key, op, window, encodeEvidence(key.signer.address, key.policy, leaves));
}
