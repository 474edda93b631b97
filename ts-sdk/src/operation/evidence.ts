import { type Address, type Hex, concat, size, slice, toHex } from 'viem'
import { ByteReader } from '../policy/byteReader.ts'
import { encodeBody, kindCode, markCode, type Permission } from '../policy/permissions.ts'
import { encodeSigner } from '../policy/signer.ts'

/** What an operation shows for one call: the permission that covers it, and its proof. */
export type EvidenceLeaf =
  | { readonly kind: number; readonly mark: number; readonly body: Hex; readonly proof: readonly Hex[] }
  /** The same permission as the call before. */
  | 'repeat'

/** Everything in `userOp.signature` but the window and the key's signature. */
export type Evidence = { readonly signer: Hex; readonly header: Hex; readonly leaves: readonly EvidenceLeaf[] }

/** `userOp.signature` of the bundler lane. Times in seconds since 1970. */
export type SessionSignature = {
  readonly validAfter: bigint
  readonly validUntil: bigint
  readonly evidence: Hex
  readonly keySignature: Hex
}

/** The leaf that shows `permission`. */
export function toEvidenceLeaf(permission: Permission, proof: readonly Hex[]): EvidenceLeaf {
  return { kind: kindCode(permission.kind), mark: markCode(permission.mark), body: encodeBody(permission), proof }
}

function encodeLeaf(leaf: EvidenceLeaf): Hex {
  if (leaf === 'repeat') return '0x00'
  return concat([
    toHex(leaf.kind, { size: 1 }),
    toHex(leaf.mark, { size: 1 }),
    toHex(size(leaf.body), { size: 2 }),
    leaf.body,
    toHex(leaf.proof.length, { size: 1 }),
    ...leaf.proof,
  ])
}

/** `evidence` of docs/WIRE-FORMAT.md. */
export function encodeEvidence({ signer, header, leaves }: Evidence): Hex {
  return concat([
    toHex(size(signer), { size: 1 }),
    signer,
    toHex(size(header), { size: 2 }),
    header,
    ...leaves.map(encodeLeaf),
  ]).toLowerCase() as Hex
}

/** Inverse of {@link encodeEvidence}. Throws `MalformedBytesError`. */
export function decodeEvidence(bytes: Hex): Evidence {
  const reader = new ByteReader(bytes, 'evidence')
  const signer = reader.bytes(reader.number(1))
  const header = reader.bytes(reader.number(2))
  const leaves: EvidenceLeaf[] = []
  while (reader.left > 0) {
    const kind = reader.number(1)
    if (kind === 0) {
      leaves.push('repeat')
      continue
    }
    const mark = reader.number(1)
    const body = reader.bytes(reader.number(2))
    const proof = Array.from({ length: reader.number(1) }, () => reader.bytes(32))
    leaves.push({ kind, mark, body, proof })
  }
  return { signer, header, leaves }
}

/** `signature` of docs/WIRE-FORMAT.md. */
export function encodeSessionSignature({ validAfter, validUntil, evidence, keySignature }: SessionSignature): Hex {
  return concat([
    toHex(validAfter, { size: 5 }),
    toHex(validUntil, { size: 5 }),
    toHex(size(evidence), { size: 2 }),
    evidence,
    keySignature,
  ])
}

/** Inverse of {@link encodeSessionSignature}; whatever follows the evidence is the key's signature. */
export function decodeSessionSignature(bytes: Hex): SessionSignature {
  const reader = new ByteReader(bytes, 'signature')
  const validAfter = reader.integer(5)
  const validUntil = reader.integer(5)
  const evidence = reader.bytes(reader.number(2))
  return { validAfter, validUntil, evidence, keySignature: reader.bytes(reader.left) }
}

/** What {@link selectLeaves} chooses from. */
export type LeafSource = {
  readonly key: Address
  readonly header: Hex
  readonly list: readonly Permission[]
  readonly proofs: readonly (readonly Hex[])[]
}

type CoveredCall = { readonly to: Address; readonly value: bigint; readonly data: Hex }

/** Whether a permission is about the target and function of a call; its conditions are another matter. */
function addresses(permission: Permission, { to, data }: CoveredCall): boolean {
  const { kind, target, selector } = permission
  if ((kind === 'emptyCalldata') !== (size(data) === 0)) return false
  const targetFits = kind === 'anyTarget' || target.toLowerCase() === to.toLowerCase()
  const selectorFits =
    kind === 'anySelector' ||
    kind === 'emptyCalldata' ||
    (size(data) >= 4 && slice(data, 0, 4).toLowerCase() === selector)
  return targetFits && selectorFits
}

/** Whether value and pinned words of a call are as a permission wants them. */
function satisfies(permission: Permission, { value, data }: CoveredCall, account: Address): boolean {
  if (value > permission.maxValue) return false
  return permission.conditions.every((condition) => {
    const start = 4 + 32 * condition.wordIndex
    if (size(data) < start + 32) return false
    const expected = condition.operator === 'equalSelf' ? BigInt(account) : BigInt(condition.value)
    return BigInt(slice(data, start, start + 32)) === expected
  })
}

/**
 * The permission that covers a call; where none does, the one that comes closest, so that the module itself says what is
 * wrong with the call.
 */
export function coveringPermission(list: readonly Permission[], call: CoveredCall, account: Address): number {
  const candidates = [...list.keys()].filter((index) => addresses(list[index] as Permission, call))
  const exact = candidates.find((index) => satisfies(list[index] as Permission, call, account))
  return exact ?? candidates[0] ?? 0
}

/** Evidence for `calls` of `account` under a policy. */
export function buildEvidence(source: LeafSource, account: Address, calls: readonly CoveredCall[]): Hex {
  let previous: { index: number; to: Address; selector: Hex } | undefined
  const leaves = calls.map((call): EvidenceLeaf => {
    const index = coveringPermission(source.list, call, account)
    const selector = size(call.data) >= 4 ? slice(call.data, 0, 4) : '0x'
    const permission = source.list[index] as Permission
    const repeats =
      previous?.index === index &&
      (permission.kind === 'anyTarget' || previous.to === call.to) &&
      (permission.kind === 'anySelector' || previous.selector === selector)
    previous = { index, to: call.to, selector }
    return repeats ? 'repeat' : toEvidenceLeaf(permission, source.proofs[index] ?? [])
  })
  return encodeEvidence({ signer: encodeSigner(source.key), header: source.header, leaves })
}
