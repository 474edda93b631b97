import {
  type Address,
  type Hex,
  type LocalAccount,
  type TypedDataDefinition,
  hashTypedData,
  isAddressEqual,
  recoverAddress,
} from 'viem'
import { getUserOperationHash } from 'viem/account-abstraction'
import { toAccount } from 'viem/accounts'
import { TeeBlindSigningError, TeeSignatureError } from '../errors/tee.ts'
import type { OperationSigner, WholeOperation } from './operationSigner.ts'
import { type TeeAttestation, type TeeTrust, type TeeVerdict, attestedBy } from './teeAttestation.ts'

/** How to reach an enclave that holds an owner key. It decides by its own rules what it signs. */
export type TeeEnclave<evidence = unknown> = {
  readonly attest: (parameters: { challenge: Hex }) => Promise<TeeAttestation<evidence>>
  /** Hands over the whole operation; the enclave computes the hash itself. Answers 65 bytes. */
  readonly signUserOperation: (operation: WholeOperation) => Promise<Hex>
  readonly signTypedData?: (definition: TypedDataDefinition) => Promise<Hex>
}

/** Typed data that may be handed to the enclave: this type, under this domain. */
export type AllowedTypedData = {
  readonly primaryType: string
  readonly domain: { readonly name?: string; readonly version?: string; readonly chainId: number; readonly verifyingContract: Address }
  /** The whole set of types, as in the definition. */
  readonly types: Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>
}

/**
 * An owner whose key never leaves its enclave, for {@link toOwnedAccount}, {@link toModularAccount}, {@link toSafeAccount} and
 * {@link toDelegatedAccount}.
 */
export type TeeOwnerAccount = LocalAccount<'tee'> &
  OperationSigner & {
    /** The verdict on the enclave, asked anew when the last one has expired. */
    readonly attestation: () => Promise<TeeVerdict>
  }

/**
 * The owner of an account, in a TEE. Nothing is asked of its key before its attestation is verified, and again when
 * that has expired. It takes whole operations; hashes, messages, transactions and authorisations are refused, and typed
 * data that is not on the list.
 */
export function toTeeOwnerAccount<evidence>(
  parameters: Omit<TeeTrust<evidence>, 'attest'> & {
    enclave: TeeEnclave<evidence>
    /** Default: none. */
    typedData?: readonly AllowedTypedData[]
    /** The owner's public key, for viem's sake; nothing rests on it. */
    publicKey?: Hex
  },
): TeeOwnerAccount {
  const { enclave, typedData = [], publicKey = '0x', ...trust } = parameters
  const attestation = attestedBy({ ...trust, attest: (it) => enclave.attest(it) })

  const account = toAccount({
    address: trust.address,
    sign: () => refuse('hashes'),
    signMessage: () => refuse('messages'),
    signTransaction: () => refuse('transactions'),
    signAuthorization: () => refuse('EIP-7702 authorisations'),
    async signTypedData(definition) {
      const asked = definition as unknown as TypedDataDefinition
      if (!enclave.signTypedData || !typedData.some((allowed) => isAllowed(asked, allowed)))
        return refuse(`typed data \`${asked.primaryType}\` of this domain`)
      await attestation()
      return checked(trust.address, hashTypedData(asked), await enclave.signTypedData(asked))
    },
  })
  return Object.assign(account, {
    source: 'tee' as const,
    publicKey,
    attestation,
    async signUserOperation(operation: WholeOperation): Promise<Hex> {
      await attestation()
      const { chainId, entryPoint, entryPointVersion, userOperation } = operation
      const hash = getUserOperationHash({ chainId, entryPointAddress: entryPoint, entryPointVersion, userOperation })
      return checked(trust.address, operation.signedHash ?? hash, await enclave.signUserOperation(operation))
    },
  }) as TeeOwnerAccount
}

async function refuse(what: string): Promise<never> {
  throw new TeeBlindSigningError(what)
}

/** What comes back is the owner's signature of what was asked, or an error here instead of a failure on chain. */
async function checked(owner: Address, hash: Hex, signature: Hex): Promise<Hex> {
  const signer = await recoverAddress({ hash, signature }).catch((cause: unknown) => {
    throw new TeeSignatureError(owner, cause)
  })
  if (!isAddressEqual(signer, owner)) throw new TeeSignatureError(owner)
  return signature
}

/** Same type, same types behind it, same domain down to the last field. */
function isAllowed(asked: TypedDataDefinition, allowed: AllowedTypedData): boolean {
  const { EIP712Domain: _, ...types } = asked.types as AllowedTypedData['types']
  const { chainId, verifyingContract, ...named } = (asked.domain ?? {}) as Partial<AllowedTypedData['domain']>
  const { chainId: allowedChain, verifyingContract: allowedContract, ...allowedNames } = allowed.domain
  return (
    asked.primaryType === allowed.primaryType &&
    Number(chainId) === allowedChain &&
    verifyingContract !== undefined &&
    isAddressEqual(verifyingContract, allowedContract) &&
    canonical(named) === canonical(allowedNames) &&
    canonical(types) === canonical(allowed.types)
  )
}

/** JSON with sorted keys at the top; fields of types keep their order, which is part of their hash. */
function canonical(it: object): string {
  const defined = Object.entries(it).filter(([, value]) => value !== undefined)
  return JSON.stringify(
    defined.map(([key, value]) => [key, Array.isArray(value) ? value.map(({ name, type }: { name: string; type: string }) => [name, type]) : value]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  )
}
