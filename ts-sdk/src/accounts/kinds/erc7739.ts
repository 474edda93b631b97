import {
  type Address,
  type Client,
  type Hex,
  type LocalAccount,
  type SignableMessage,
  type TypedDataDefinition,
  concat,
  hashDomain,
  hashStruct,
  size,
  stringToHex,
  toHex,
  toPrefixedMessage,
} from 'viem'
import { getEip712Domain } from 'viem/actions'
import type { GrantSigner } from '../../actions/signedGrants.ts'
import { AccountDomainUnknownError } from '../../errors/accounts.ts'
import { answered } from '../answered.ts'

/** Which account's domain signatures are nested in. It has to say its domain by ERC-5267. */
export type NestingAccount = { readonly client: Client; readonly account: Address }
type Fields = readonly { readonly name: string; readonly type: string }[]
type Types = Readonly<Record<string, Fields>>
type Definition = { readonly domain?: object; readonly types: object; readonly primaryType: string; readonly message: object }

/**
 * Signs grants for an account that nests what its owner signs by ERC-7739, itself or by the validator that knows the owner
 * (Biconomy's K1 validator, Solady's and OpenZeppelin's `ERC7739`). Wallets show the whole grant, and the account that it is
 * for; a signature counts for that account alone. Signing throws AccountDomainUnknownError for accounts that say no domain.
 */
export function toNestedGrantSigner(owner: LocalAccount, of: NestingAccount): GrantSigner {
  return { bindsToChain: true, signTypedData: (typedData) => signNestedTypedData(owner, of, typedData as Definition) }
}

/**
 * Typed data, signed within ERC-7739's `TypedDataSign`: `signature · app's domain · contents · description · length (2)`.
 *
 * The description is in the explicit form, the types in EIP-712's order with the name of the first behind them: the implicit
 * form cannot tell the name where types do not begin with it.
 *
 * @throws AccountDomainUnknownError
 */
export async function signNestedTypedData(owner: LocalAccount, of: NestingAccount, definition: Definition): Promise<Hex> {
  const { EIP712Domain: _, ...types } = definition.types as Types
  const { domain = {}, primaryType, message } = definition
  const { name, version, chainId, verifyingContract, salt } = (await domainOf(of)).domain
  const nested = {
    domain,
    types: { ...types, TypedDataSign: [{ name: 'contents', type: primaryType }, ...VERIFIER_FIELDS] },
    primaryType: 'TypedDataSign',
    message: { contents: message, name, version, chainId, verifyingContract, salt },
  }
  const signature = await owner.signTypedData(nested as unknown as TypedDataDefinition)
  const separator = hashDomain({ domain, types: { EIP712Domain: domainFields(domain) } } as Parameters<typeof hashDomain>[0])
  const contents = hashStruct({ data: message, primaryType, types } as Parameters<typeof hashStruct>[0])
  const description = stringToHex(sortedTypes(types, primaryType) + primaryType)
  return concat([signature, separator, contents, description, toHex(size(description), { size: 2 })])
}

/** A message, signed as ERC-7739's `PersonalSign` in the account's domain. @throws AccountDomainUnknownError */
export async function signNestedMessage(owner: LocalAccount, of: NestingAccount, message: SignableMessage): Promise<Hex> {
  const { domain, fields } = await domainOf(of)
  const there = Object.entries(domain).filter((_, index) => (Number(fields) >> index) & 1)
  return owner.signTypedData({
    domain: Object.fromEntries(there),
    types: { PersonalSign: [{ name: 'prefixed', type: 'bytes' }] },
    primaryType: 'PersonalSign',
    message: { prefixed: toPrefixedMessage(message) },
  })
}

async function domainOf({ client, account }: NestingAccount) {
  const found = await answered(getEip712Domain(client, { address: account }))
  if (!found) throw new AccountDomainUnknownError(account)
  return found
}

const VERIFIER_FIELDS: Fields = [
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
  { name: 'salt', type: 'bytes32' },
]

/** Those of EIP-712's fields that a domain has, in EIP-712's order. */
function domainFields(domain: object): Fields {
  return VERIFIER_FIELDS.filter(({ name }) => name in domain)
}

/** The type and all that it refers to, in alphabetical order. */
function sortedTypes(types: Types, primaryType: string): string {
  const found = new Set<string>()
  const visit = (type: string): void => {
    const name = type.replace(/\[.*$/, '')
    const fields = types[name]
    if (!fields || found.has(name)) return
    found.add(name)
    for (const field of fields) visit(field.type)
  }
  visit(primaryType)
  return [...found]
    .sort()
    .map((name) => `${name}(${types[name]?.map((field) => `${field.type} ${field.name}`).join(',')})`)
    .join('')
}
