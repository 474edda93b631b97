import { type Hex, type LocalAccount, type TypedDataDefinition, hashTypedData } from 'viem'
import { STUB_OWNER_SIGNATURE } from '../accounts/ownerAccount.ts'
import type { KeySigner } from './keySigner.ts'
import type { SignerSupport } from './support.ts'

/** A session key or a co-signer, whatever kind of key it is. */
export type SessionSigner = Pick<SignerSupport, 'contracts'> & {
  /** An address, or `verifier · key`. */
  readonly key: Hex
  readonly stubSignature: Hex
  readonly signTypedData: (typedData: object) => Promise<Hex>
}

/** An account of viem's signs typed data as it does anywhere; any other key signs its hash. */
export function toSessionSigner(signer: LocalAccount | KeySigner): SessionSigner {
  if ('verifiers' in signer) {
    const { signer: key, stubSignature, contracts, sign } = signer
    return { key, stubSignature, contracts, signTypedData: (data) => sign({ hash: hashTypedData(data as TypedDataDefinition) }) }
  }
  return {
    key: signer.address,
    stubSignature: STUB_OWNER_SIGNATURE,
    contracts: [],
    signTypedData: (data) => signer.signTypedData(data as TypedDataDefinition),
  }
}
