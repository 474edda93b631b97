import type { Client, Hex } from 'viem'
import { getChainId, getCode } from 'viem/actions'
import { ContractSignerInBundlerLaneError, PrecompileMissingError, VerifierNotDeployedError } from '../errors/signers.ts'
import { type KeySigner, contractOf, needsPrecompile, verifierOf } from './keySigner.ts'
import { hasP256Precompile } from './p256Precompile.ts'

/** What must be on a chain for a key, and which contracts' word it takes. */
export type SignerSupport = Pick<KeySigner, 'verifiers' | 'needsPrecompile' | 'contracts'>

/** What is known of a key by its name alone, an address or `verifier · key`: nothing of a multisig's members. */
export function supportFor(signer: Hex): SignerSupport {
  const verifier = verifierOf(signer)
  const contract = contractOf(signer)
  return {
    verifiers: verifier ? [verifier] : [],
    needsPrecompile: verifier !== undefined && needsPrecompile(verifier),
    contracts: contract ? [contract] : [],
  }
}

/**
 * The chain has what the key needs. To be asked before a grant names the key: what is missing then is missing for good.
 *
 * @throws VerifierNotDeployedError, PrecompileMissingError
 */
export async function requireSignerSupport(
  client: Client,
  signer: Pick<SignerSupport, 'verifiers' | 'needsPrecompile'>,
): Promise<void> {
  if (signer.verifiers.length === 0) return
  const chainId = client.chain?.id ?? (await getChainId(client))
  for (const verifier of signer.verifiers) {
    if (!(await getCode(client, { address: verifier }))) throw new VerifierNotDeployedError(verifier, chainId)
  }
  if (signer.needsPrecompile && !(await hasP256Precompile(client))) throw new PrecompileMissingError(chainId)
}

/** The key can sign what bundlers validate. @throws ContractSignerInBundlerLaneError */
export function requireBundlerLane({ contracts: [contract] }: Pick<SignerSupport, 'contracts'>): void {
  if (contract) throw new ContractSignerInBundlerLaneError(contract)
}
