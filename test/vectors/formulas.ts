import { type Hex, concat, encodeAbiParameters, hexToBigInt, keccak256, pad, parseAbiParameters, slice, toHex } from 'viem'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { makeConditionVectors } from './conditions.ts'
import type { makeGrantVectors } from './grants.ts'
import type { ReadRecord, Value } from './readRecord.ts'
import type { makeVectors } from './vectors.ts'

/** The vectors as they are stored, and the formulas of docs/WIRE-FORMAT.md: nothing here is the SDK's. */

const load = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'))
export const policy = load('policy.json') as Awaited<ReturnType<typeof makeVectors>>
export const conditions = load('conditions.json') as ReturnType<typeof makeConditionVectors>
export const grants = load('grants.json') as Awaited<ReturnType<typeof makeGrantVectors>>

/** A number as vectors have it. */
export const number = (value: Value | undefined): Hex => toHex(hexToBigInt(value as Hex), { size: 32 })
export const list = (value: Value | undefined) => (value ?? []) as readonly ReadRecord[]
export const lower = (hex: Hex) => hex.toLowerCase()

/** Two nodes' parent, the smaller first. */
const parent = (tag: Hex, a: Hex, b: Hex): Hex => keccak256(concat(BigInt(a) < BigInt(b) ? [tag, a, b] : [tag, b, a]))
/** From a leaf to its root; the tag is that of the tree's nodes. */
export const climb = (tag: Hex, leaf: Hex, proof: readonly Hex[]): Hex =>
  proof.reduce((node, sibling) => parent(tag, node, sibling), leaf)
/** From a word to the root of its set, by nodes of 28 bytes. */
export const climbSet = (word: Hex, siblings: readonly Hex[]): Hex =>
  siblings.reduce((node, sibling) => slice(parent('0x', pad(node), pad(sibling)), 0, 28), word)
/** The siblings of a set proof: a word, then nodes. */
export const siblingsOf = ({ neighbour, node }: ReadRecord): readonly Hex[] => [neighbour, ...(node as readonly Hex[])] as Hex[]

const [NAME, VERSION] = [keccak256(toHex('SessionKeyModule')), keccak256(toHex('1'))] as const
const bareDomain = keccak256(concat([keccak256(toHex('EIP712Domain(string name,string version)')), NAME, VERSION]))
const domain = keccak256(
  encodeAbiParameters(parseAbiParameters('bytes32, bytes32, bytes32, uint256, address'), [
    keccak256(toHex('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)')),
    NAME,
    VERSION,
    BigInt(policy.context.chainId),
    policy.context.module,
  ]),
)

/** The digest of typed data whose domain names neither chain nor contract. */
export const ownerDigest = (structHash: Hex) => keccak256(concat(['0x1901', bareDomain, structHash]))

/** What an operation's key or co-signer signs. */
export function operationDigest(
  type: 'SessionOperation' | 'SessionCosignature',
  it: { readonly userOpHash: Hex; readonly validAfter: Hex; readonly validUntil: Hex; readonly evidence: Hex },
): Hex {
  const typeHash = keccak256(toHex(`${type}(bytes32 userOpHash,uint48 validAfter,uint48 validUntil,bytes32 evidenceHash)`))
  const content = keccak256(concat([typeHash, it.userOpHash, it.validAfter, it.validUntil, keccak256(it.evidence)]))
  return keccak256(concat(['0x1901', domain, content]))
}
