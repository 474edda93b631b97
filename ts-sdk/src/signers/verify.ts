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

/** Of a transaction: EIP-2. */
const TRANSACTION_GAS = 21_000n
/** ecrecover, and what it takes to ask it. */
const EOA_GAS = 5_000n

/** Gas that it takes to check a signature like `stub`, rather more than less. */
export async function verificationGasOf(client: Client, signer: Hex, stub: Hex): Promise<bigint> {
  const verifier: Address | undefined = verifierOf(signer)
  if (!verifier) return EOA_GAS
  const args = [slice(signer, 20), `0x${'55'.repeat(32)}`, stub] as const
  const gas = await estimateGas(client, { to: verifier, data: encodeFunctionData({ abi: verifierAbi, functionName: 'verify', args }) })
  // A call hands on 63 of 64 parts of the gas that there is (EIP-150), and there is a call in front of this one's.
  return gas - TRANSACTION_GAS + gas / 32n
}
