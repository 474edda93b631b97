import { type TeeEnclave } from "@valet-keys/sdk/accounts";
import { type Hex } from "viem";
import { type UserOperation } from "viem/account-abstraction";
import { type SignedOwnerBinding } from "../attestation/owner/ownerBinding.ts";
import { readEvidence } from "../attestation/readEvidence.ts";
import { type Evidence } from "../attestation/verifyAttestation.ts";
import { SignerError } from "../protocol/errors.ts";
import { toWire } from "./agent.ts";
import { request, type SignerAddress } from "./http.ts";

/** A wallet's owner key as an enclave, for `toTeeOwnerAccount`; `evidence` is what `verifyAttestation` takes. */
export type SignerEnclave = TeeEnclave<Evidence>;

/**
 * Reaches the owner key of a wallet in the signer: it attests itself, and signs whole operations with 65 bytes.
 *
 * @param owner address of the signer, with the owner's credential
 * @param collateral of a TDX quote (hex), as Intel's PCS has it; other platforms bring all that their verifiers need
 */
export function createSignerEnclave(owner: SignerAddress, walletId: string, { collateral }: { collateral?: (quote: Hex) => Promise<unknown> } = {}): SignerEnclave {
  const path = `/v1/owner/wallets/${walletId}`;
  return {
    async attest({ challenge }) {
      const answer = (await request(owner, "POST", `${path}/attestation`, { challenge })) as SignedOwnerBinding & { platform: string; evidence: Hex };
      const { binding, signature, ...evidence } = answer;
      if (evidence.platform !== "tdx") return { evidence: readEvidence(evidence), binding, signature };
      if (!collateral) throw new SignerError("invalid_request", "A TDX quote cannot be verified without Intel's `collateral`: say how to get it.");
      return { evidence: readEvidence({ ...evidence, collateral: await collateral(evidence.evidence) }), binding, signature };
    },
    async signUserOperation({ chainId, entryPoint, userOperation }) {
      const body = { chain: chainId, entry_point: entryPoint, user_operation: toWire({ ...userOperation, signature: "0x" } as UserOperation) };
      return ((await request(owner, "POST", `${path}/operations`, body)) as { owner_signature: Hex }).owner_signature;
    },
  };
}
