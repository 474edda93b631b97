import { type Address, type Hex, concat, size, slice, toHex } from 'viem'
import { ByteReader } from '../policy/byteReader.ts'
import { usesSets } from '../conditions/comparisons.ts'
import { type Verdict, evaluateConditions } from '../conditions/evaluate.ts'
import type { WordSet } from '../conditions/sets.ts'
import { SetNotAtHandError } from '../errors/sets.ts'
import { bodyUsesSets, encodeBody, kindCode, markCode, type Permission } from '../policy/permissions.ts'
import { type SignerLike, encodeSigner } from '../policy/signer.ts'

/** What an operation shows for one call: the permission that covers it, and its proof. */
export type EvidenceLeaf =
  | {
      readonly kind: number
      readonly mark: number
      readonly body: Hex
      readonly proof: readonly Hex[]
      /** One for each set that the conditions ask, where the body says that there are such. */
      readonly setProofs?: readonly (readonly Hex[])[]
    }
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
export function toEvidenceLeaf(
  permission: Permission,
  proof: readonly Hex[],
  setProofs: readonly (readonly Hex[])[] = [],
): EvidenceLeaf {
  const body = encodeBody(permission)
  const leaf = { kind: kindCode(permission.kind), mark: markCode(permission.mark), body, proof }
  return bodyUsesSets(body) ? { ...leaf, setProofs } : leaf
}

const encodeProof = (proof: readonly Hex[]): Hex => concat([toHex(proof.length, { size: 1 }), ...proof])

function encodeLeaf(leaf: EvidenceLeaf): Hex {
  if (leaf === 'repeat') return '0x00'
  return concat([
    toHex(leaf.kind, { size: 1 }),
    toHex(leaf.mark, { size: 1 }),
    toHex(size(leaf.body), { size: 2 }),
    leaf.body,
    encodeProof(leaf.proof),
    ...(leaf.setProofs ? [toHex(leaf.setProofs.length, { size: 1 }), ...leaf.setProofs.map(encodeProof)] : []),
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

/** A neighbour of 32 bytes, and nodes of 28. */
function readSetProof(reader: ByteReader): readonly Hex[] {
  return Array.from({ length: reader.number(1) }, (_, index) => reader.bytes(index === 0 ? 32 : 28))
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
    const leaf = { kind, mark, body, proof: Array.from({ length: reader.number(1) }, () => reader.bytes(32)) }
    if (!bodyUsesSets(body)) leaves.push(leaf)
    else leaves.push({ ...leaf, setProofs: Array.from({ length: reader.number(1) }, () => readSetProof(reader)) })
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
  readonly key: SignerLike
  readonly header: Hex
  readonly list: readonly Permission[]
  readonly proofs: readonly (readonly Hex[])[]
  /** Lists of the sets that the permissions name. */
  readonly sets?: readonly WordSet[] | undefined
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

function judge(permission: Permission, call: CoveredCall, account: Address, sets: readonly WordSet[]): Verdict {
  return evaluateConditions(permission.conditions, call, account, { sets })
}

/**
 * The permission that covers a call; where none does, the one that comes closest, so that the module itself says what is
 * wrong with the call.
 *
 * @param sets lists of the sets that the permissions name; of one that is not at hand, nobody can say
 */
export function coveringPermission(
  list: readonly Permission[],
  call: CoveredCall,
  account: Address,
  sets: readonly WordSet[] = [],
): number {
  const candidates = [...list.keys()].filter((index) => addresses(list[index] as Permission, call))
  const outcomeOf = (index: number) => judge(list[index] as Permission, call, account, sets).outcome
  const affordable = candidates.filter((index) => call.value <= (list[index] as Permission).maxValue)
  const exact = affordable.find((index) => outcomeOf(index) === 'holds')
  return exact ?? affordable.find((index) => outcomeOf(index) === 'unknown') ?? candidates[0] ?? 0
}

/**
 * Why no permission covers a call, where it is the arguments' fault: a verdict for each permission that is about its
 * target and function. Empty where one covers it, and where the module is to say what is wrong.
 */
export function whyRefused(
  list: readonly Permission[],
  call: CoveredCall,
  account: Address,
  sets: readonly WordSet[] = [],
): readonly (Verdict & { outcome: 'refused' })[] {
  const verdicts = list
    .filter((permission) => addresses(permission, call) && call.value <= permission.maxValue)
    .map((permission) => judge(permission, call, account, sets))
  const refused = verdicts.filter((verdict) => verdict.outcome === 'refused')
  return refused.length === verdicts.length ? refused : []
}

/**
 * Evidence for `calls` of `account` under a policy.
 *
 * @throws SetNotAtHandError where a call needs a proof of a set that is not among `source.sets`
 */
export function buildEvidence(source: LeafSource, account: Address, calls: readonly CoveredCall[]): Hex {
  let previous: { index: number; to: Address; selector: Hex } | undefined
  const leaves = calls.map((call): EvidenceLeaf => {
    const index = coveringPermission(source.list, call, account, source.sets)
    const selector = size(call.data) >= 4 ? slice(call.data, 0, 4) : '0x'
    const permission = source.list[index] as Permission
    const setProofs = proveSets(permission, call, account, source.sets)
    const repeats =
      setProofs === undefined &&
      previous?.index === index &&
      (permission.kind === 'anyTarget' || previous.to === call.to) &&
      (permission.kind === 'anySelector' || previous.selector === selector)
    previous = { index, to: call.to, selector }
    return repeats ? 'repeat' : toEvidenceLeaf(permission, source.proofs[index] ?? [], setProofs)
  })
  return encodeEvidence({ signer: encodeSigner(source.key), header: source.header, leaves })
}

/** What the module is shown of the sets that a permission names; `undefined`: it names none. */
function proveSets(
  permission: Permission,
  call: CoveredCall,
  account: Address,
  sets: readonly WordSet[] = [],
): readonly (readonly Hex[])[] | undefined {
  if (!usesSets(permission.conditions)) return undefined
  const verdict = judge(permission, call, account, sets)
  if (verdict.outcome === 'unknown') throw new SetNotAtHandError(verdict.set.root, verdict.set.count)
  return verdict.setProofs
}
