import type { Client, Hex } from 'viem'
import { call, getChainId, getCode } from 'viem/actions'
import { ContractSignerInBundlerLaneError, PrecompileMissingError, VerifierNotDeployedError } from '../errors/signers.ts'
import type { KeySigner } from './keySigner.ts'

const PRECOMPILE = '0x0000000000000000000000000000000000000100'
/** A signature that holds: test 1173 of Wycheproof's ecdsa_secp256r1_sha256_p1363, r = 5, s = 1. */
const HOLDS: Hex =
  '0xbb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca60502300000000000000000000000000000000000000000000000000000000000000050000000000000000000000000000000000000000000000000000000000000001a71af64de5126a4a4e02b7922d66ce9415ce88a4c9d25514d91082c8725ac9575d47723c8fbe580bb369fec9c2665d8e30a435b9932645482e7c9f11e872296b'

/** Whether the chain has the P-256 precompile: asks it about a signature that holds. */
export async function hasP256Precompile(client: Client): Promise<boolean> {
  const { data } = await call(client, { to: PRECOMPILE, data: HOLDS })
  return data !== undefined && BigInt(data) === 1n
}

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
