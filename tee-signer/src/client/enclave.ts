import { type Address, type Hex } from "viem";
import { type UserOperation } from "viem/account-abstraction";
import { type OwnerBinding } from "../protocol/ownerBinding.ts";
import { type Evidence } from "../protocol/platform.ts";
import { toWire } from "./agent.ts";
import { request, type SignerAddress } from "./http.ts";

/** An attestation as a verifier takes it. */
export type SignerAttestation = {
  /** For `readEvidence` of the verifiers; a TDX quote still needs Intel's collateral, which its verifier fetches. */
  readonly evidence: Evidence;
  readonly binding: OwnerBinding & { readonly platform: Evidence["platform"] };
  /** Of the owner key, over the binding's digest. */
  readonly signature: Hex;
};

/** An operation and everything else that its hash is made of. */
type WholeOperation = { readonly chainId: number; readonly entryPoint: Address; readonly userOperation: UserOperation };

/** A wallet's owner key as an enclave: it attests itself, and signs whole operations with 65 bytes. */
export type SignerEnclave = {
  attest(parameters: { challenge: Hex }): Promise<SignerAttestation>;
  signUserOperation(operation: WholeOperation): Promise<Hex>;
};

/**
 * Reaches the owner key of a wallet in the signer.
 *
 * @param owner address of the signer, with the owner's credential
 */
export function createSignerEnclave(owner: SignerAddress, walletId: string): SignerEnclave {
  const path = `/v1/owner/wallets/${walletId}`;
  return {
    async attest({ challenge }) {
      const answer = (await request(owner, "POST", `${path}/attestation`, { challenge })) as Omit<SignerAttestation, "evidence"> & Evidence;
      const { binding, signature, ...evidence } = answer;
      return { evidence, binding, signature };
    },
    async signUserOperation({ chainId, entryPoint, userOperation }) {
      const body = { chain: chainId, entry_point: entryPoint, user_operation: toWire({ ...userOperation, signature: "0x" } as UserOperation) };
      return ((await request(owner, "POST", `${path}/operations`, body)) as { owner_signature: Hex }).owner_signature;
    },
  };
}
