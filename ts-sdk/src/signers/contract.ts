import { type Address, type Hex, concat, isAddress } from 'viem'
import { InvalidSignerError } from '../errors/signers.ts'
import type { KeySigner } from './keySigner.ts'
import { VERIFIERS } from './verifiers.ts'

/**
 * A contract that says by ERC-1271 what it has signed, such as another smart account. It answers from its own storage, so
 * it is not for operations that bundlers validate ({@link requireBundlerLane}).
 *
 * @throws InvalidSignerError
 */
export function toContractSigner(parameters: {
  readonly address: Address
  /** What the contract takes as a signature over the hash. */
  readonly sign: (parameters: { readonly hash: Hex }) => Promise<Hex>
  /** As long as a signature of the contract. Default: 65 bytes. */
  readonly stubSignature?: Hex
}): KeySigner {
  const { address, sign, stubSignature = `0x${'ff'.repeat(65)}` } = parameters
  if (!isAddress(address)) throw new InvalidSignerError('address', address, 'an address')
  return {
    type: 'contract',
    signer: concat([VERIFIERS.erc1271, address]),
    verifiers: [VERIFIERS.erc1271],
    needsPrecompile: false,
    contracts: [address],
    stubSignature,
    sign,
  }
}
