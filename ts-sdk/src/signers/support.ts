import type { Client } from 'viem'
import { getChainId, getCode } from 'viem/actions'
import { ContractSignerInBundlerLaneError, PrecompileMissingError, VerifierNotDeployedError } from '../errors/signers.ts'
import type { KeySigner } from './keySigner.ts'
import { hasP256Precompile } from './p256Precompile.ts'

/**
 * The chain has what the key needs. To be asked before a grant names the key: what is missing then is missing for good.
 *
 * @throws VerifierNotDeployedError, PrecompileMissingError
 */
export async function requireSignerSupport(client: Client, signer: KeySigner): Promise<void> {
  const chainId = client.chain?.id ?? (await getChainId(client))
  for (const verifier of signer.verifiers) {
    if (!(await getCode(client, { address: verifier }))) throw new VerifierNotDeployedError(verifier, chainId)
  }
  if (signer.needsPrecompile && !(await hasP256Precompile(client))) throw new PrecompileMissingError(chainId)
}

/** The key can sign what bundlers validate. @throws ContractSignerInBundlerLaneError */
export function requireBundlerLane({ contracts: [contract] }: Pick<KeySigner, 'contracts'>): void {
  if (contract) throw new ContractSignerInBundlerLaneError(contract)
}
