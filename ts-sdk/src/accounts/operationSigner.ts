import type { Address, Hex, LocalAccount } from 'viem'
import type { UserOperation } from 'viem/account-abstraction'
import { ClientUnfitError } from '../errors/actions.ts'
import type { EntryPointVersion } from './entryPoint.ts'

/** An operation and everything else that its hash is made of. */
export type WholeOperation = {
  readonly chainId: number
  readonly entryPoint: Address
  readonly entryPointVersion: EntryPointVersion
  /** Its signature is empty. */
  readonly userOperation: UserOperation
  /** What the account has its owner sign, where that is not the operation's hash. An owner that decides for itself computes it anew. */
  readonly signedHash?: Hex
}

/** An owner that wants to see what it signs, such as one in a TEE. */
export type OperationSigner = { readonly signUserOperation: (operation: WholeOperation) => Promise<Hex> }

/**
 * How an owner signs an account's operation: one that takes whole operations gets the whole operation, any other one
 * the hash. Wallets that only sign messages cannot own these accounts' operations.
 */
export function operationSignerOf(owner: LocalAccount | (LocalAccount & OperationSigner)): (hash: Hex, operation: WholeOperation) => Promise<Hex> {
  if ('signUserOperation' in owner) return (_, operation) => owner.signUserOperation(operation)
  return hashSignerOf(owner)
}

/** The signer's function for plain hashes. */
export function hashSignerOf(owner: LocalAccount): (hash: Hex) => Promise<Hex> {
  const { sign } = owner
  if (!sign)
    throw new ClientUnfitError(`The owner ${owner.address} cannot sign a hash, which is what the account asks of it.`)
  return (hash) => sign({ hash })
}
