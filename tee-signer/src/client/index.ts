/** The signer's clients: for agents, owners and operators. */
export * from "./accounts.ts";
export * from "./agent.ts";
export * from "./enclave.ts";
export * from "./http.ts";
export * from "./owner.ts";
export * from "./release.ts";
export { ownerPolicyHash } from "../protocol/owner.ts";
export { SignerError } from "../protocol/errors.ts";
