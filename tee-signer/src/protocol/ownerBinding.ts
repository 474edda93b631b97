import { createHash } from "node:crypto";
import { type Address, type Hex, hexToBytes } from "viem";

/** What an attestation has to vouch for. */
export type OwnerBinding = {
  readonly platform: string;
  readonly owner: Address;
  /** Uncompressed, 65 bytes. */
  readonly publicKey: Hex;
  /** SHA-256 of the key that ends the TLS connection; zero where there is none. */
  readonly transportKeyHash: Hex;
  readonly policyHash: Hex;
  /** Hash of the audit log's last record. */
  readonly auditHead: Hex;
  /** 32 bytes of the verifier's choice, used once. */
  readonly challenge: Hex;
};

const DOMAIN = "valet-keys/owner-binding/v1";

/**
 * D = SHA-256(domain ‖ platform ‖ owner ‖ public key ‖ transport key hash ‖ policy hash ‖ audit head ‖ challenge), each
 * part behind its length (2 bytes), so that none can be cut another way.
 */
export function ownerBindingDigest(it: OwnerBinding): Uint8Array {
  const digest = createHash("sha256");
  const parts = [
    Buffer.from(DOMAIN),
    Buffer.from(it.platform),
    ...[it.owner, it.publicKey, it.transportKeyHash, it.policyHash, it.auditHead, it.challenge].map((hex) => hexToBytes(hex)),
  ];
  for (const part of parts) digest.update(Uint8Array.of(part.length >> 8, part.length & 0xff)).update(part);
  return digest.digest();
}
