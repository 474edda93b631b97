import type { LocalAccount } from 'viem'
import { hashSignerOf } from '../accounts/operationSigner.ts'
import { STUB_OWNER_SIGNATURE } from '../accounts/ownerAccount.ts'
import type { KeySigner } from './keySigner.ts'

/** An EOA, as a member of a multisig. @throws ClientUnfitError if it signs no hashes */
export function toEoaSigner(account: LocalAccount): KeySigner {
  const sign = hashSignerOf(account)
  return {
    type: 'eoa',
    signer: account.address,
    verifiers: [],
    needsPrecompile: false,
    contracts: [],
    stubSignature: STUB_OWNER_SIGNATURE,
    sign: ({ hash }) => sign(hash),
  }
}
