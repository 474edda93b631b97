/** The examples of ATTESTATION.md. They are run by tee-signer/test/attestation/page.test.ts. */
import { type AttestationPolicy, Challenges, type Evidence, type SignedOwnerBinding, type Verdict, verifyAttestation } from "@valet-keys/tee-signer/attestation";
import { type TeeEnclave, type TeeOwnerAccount, toTeeOwnerAccount } from "@valet-keys/sdk";
import { type Address, type Hex } from "viem";

type Enclave = { attest(parameters: { challenge: Hex }): Promise<SignedOwnerBinding & { evidence: Evidence }> };

/** What may run: AWS Nitro with these measurements, and no other platform. */
export function nitroOnly([image, kernel, application]: readonly [string, string, string]): AttestationPolicy {
  // begin policy
  const policy: AttestationPolicy = {
    nitro: { pcrs: { 0: [image], 1: [kernel], 2: [application] } },
  };
  // end policy
  return policy;
}

/** Asks an enclave who it is. `clock` is for tests. */
export async function askEnclave(enclave: Enclave, policy: AttestationPolicy, clock?: () => number): Promise<Verdict> {
  // begin ask
  const challenges = new Challenges(clock);
  const challenge = challenges.issue();
  const { evidence, binding, signature } = await enclave.attest({ challenge });
  challenges.redeem(binding.challenge); // once, and within five minutes
  const verdict = await verifyAttestation(evidence, { policy, challenge, owner: { binding, signature }, clock });
  console.log(`${binding.owner} lives in ${verdict.platform}; ask again after ${new Date(verdict.validUntil * 1000).toISOString()}`);
  // end ask
  return verdict;
}

/** Makes the enclave the owner of an account. */
export function ownerIn(enclave: TeeEnclave<Evidence>, policy: AttestationPolicy, { address, policyHash, clock }: { address: Address; policyHash: Hex; clock?: () => number }): TeeOwnerAccount {
  // begin owner
  const owner = toTeeOwnerAccount({
    address,
    enclave, // attest, signUserOperation, signTypedData
    policyHash, // the rules that it signs by
    verify: (evidence, asked) => verifyAttestation(evidence, { policy, ...asked, clock }),
    clock,
  });
  // toOwnedAccount({ owners: [owner, recoverySigner], threshold: 1, guardian, … })
  // end owner
  return owner;
}
