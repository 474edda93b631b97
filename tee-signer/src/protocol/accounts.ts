import { z } from "zod/v4";
import { chain } from "./chains.ts";
import { address, bytes32 } from "./primitives.ts";

export const ENTRY_POINT_VERSIONS = ["0.7", "0.8", "0.9"] as const;

/** The project's contracts on a chain, as `deployments/<chain id>.json` has them. */
export const deployment = z.strictObject({ module: address, factory: address, implementation: address });
export type Deployment = z.infer<typeof deployment>;

/** A smart account of the project's factory. Everything here decides its address. */
export const accountDefinition = z.strictObject({
  kind: z.literal("owned"),
  entry_point_version: z.enum(ENTRY_POINT_VERSIONS),
  ...deployment.shape,
  owners: z.array(address).min(2).max(10),
  guardian: address,
  salt: bytes32,
});
export type AccountDefinition = z.infer<typeof accountDefinition>;

export const createSmartAccount = z.strictObject({
  chain,
  entry_point_version: z.enum(ENTRY_POINT_VERSIONS).default("0.7"),
  /** May pause and revoke session keys; outside the TEE. */
  guardian: address.optional(),
  /** Owners beside the TEE, any one of which can act alone when the TEE is gone. */
  recovery_signers: z.array(address).max(9).default([]),
  salt: bytes32.default("0x0000000000000000000000000000000000000000000000000000000000000000"),
  /** For a chain that the signer's own configuration does not know. */
  deployment: deployment.optional(),
});
