import { type Address, type Client, type Hex, encodeFunctionData, isAddressEqual, parseAbi, recoverAddress, slice } from 'viem'
import { estimateGas, readContract } from 'viem/actions'
import { verifierOf } from './keySigner.ts'

const verifierAbi = parseAbi(['function verify(bytes key, bytes32 hash, bytes signature) view returns (bytes4)'])
const VERIFIED: Hex = '0x024ad318'

/** Whether `signature` is `signer`'s over `hash`; a verifier is asked on the chain. */
export async function isSignatureOf(client: Client, signer: Hex, hash: Hex, signature: Hex): Promise<boolean> {
  const verifier = verifierOf(signer)
  if (!verifier) {
    const found = await recoverAddress({ hash, signature }).catch(() => undefined)
    return found !== undefined && isAddressEqual(found, signer)
  }
  const args = [slice(signer, 20), hash, signature] as const
  const answer = await readContract(client, { abi: verifierAbi, address: verifier, functionName: 'verify', args }).catch(() => undefined)
  return answer === VERIFIED
}

/** Gas that a verifier takes for a signature like `stub`, somewhat more rather than less; 0 for an EOA. */
export async function verificationGasOf(client: Client, signer: Hex, stub: Hex): Promise<bigint> {
  const verifier: Address | undefined = verifierOf(signer)
  if (!verifier) return 0n
  const args = [slice(signer, 20), `0x${'55'.repeat(32)}`, stub] as const
  return estimateGas(client, { to: verifier, data: encodeFunctionData({ abi: verifierAbi, functionName: 'verify', args }) })
}
