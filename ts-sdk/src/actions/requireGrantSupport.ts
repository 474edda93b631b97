import type { Client } from 'viem'
import type { Policy } from '../policy/definePolicy.ts'
import type { SignerLike } from '../policy/signer.ts'
import { requireSignerSupport, supportFor } from '../signers/support.ts'

/**
 * The chain has what the session key and the policy's co-signer need. What is missing when a grant names them is missing for
 * good.
 *
 * @param key left out where it is granted already
 * @throws VerifierNotDeployedError, PrecompileMissingError
 */
export async function requireGrantSupport(client: Client, key: SignerLike | undefined, policy: Policy): Promise<void> {
  const coSigner = policy.header.coSigner?.signer
  for (const signer of [key, coSigner]) {
    // Of a name the verifier's needs; of a key that can sign those of its members too.
    if (signer !== undefined) await requireSignerSupport(client, typeof signer === 'object' ? signer : supportFor(signer))
  }
}
