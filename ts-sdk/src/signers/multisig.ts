import { type Hex, concat, isHex, keccak256, size, toHex } from 'viem'
import { InvalidSignerError } from '../errors/signers.ts'
import { type KeySigner, contractOf, needsPrecompile, verifierOf } from './keySigner.ts'
import { VERIFIERS } from './verifiers.ts'

const MAX_MEMBERS = 256
const MAX_THRESHOLD = 255

/** `members` of docs/SIGNERS.md: the threshold, and the signers in ascending order of their hashes. */
export function encodeMultisigMembers(threshold: number, signers: readonly Hex[]): Hex {
  return concat([toHex(threshold, { size: 1 }), ...signers.flatMap((it) => [toHex(size(it), { size: 2 }), it])])
}

/**
 * Several keys of any kind, of which `threshold` have to sign. Its signature carries those of the first members that can.
 *
 * @throws InvalidSignerError
 */
export function toMultisigSigner(parameters: {
  /** Those given as bytes (an address, or `verifier · key`) belong to it and do not sign here. */
  readonly members: readonly (KeySigner | Hex)[]
  /** From 1 to the number of members. */
  readonly threshold: number
}): KeySigner {
  const { threshold } = parameters
  const members = parameters.members
    .map((it) => ({ signer: bytesOf(it), able: typeof it === 'object' ? it : undefined }))
    .sort((a, b) => (BigInt(keccak256(a.signer)) < BigInt(keccak256(b.signer)) ? -1 : 1))
  requireMembers(members.map((it) => it.signer), threshold)
  const signing = members.flatMap(({ able }, index) => (able ? [{ able, index }] : [])).slice(0, threshold)
  if (signing.length < threshold) throw new InvalidSignerError('members', `${signing.length} that sign`, `${threshold} that sign`)
  const encoded = encodeMultisigMembers(threshold, members.map((it) => it.signer))
  const able = members.flatMap((it) => it.able ?? [])
  const join = (signatures: readonly Hex[]): Hex =>
    concat([
      toHex(size(encoded), { size: 2 }),
      encoded,
      ...signing.flatMap(({ index }, place) => {
        const signature = signatures[place] ?? '0x'
        return [toHex(index, { size: 1 }), toHex(size(signature), { size: 2 }), signature]
      }),
    ])
  const addressed = members.flatMap(({ signer, able: it }) => (it ? it.contracts : (contractOf(signer) ?? [])))
  const verifiers = members.flatMap(({ signer }) => verifierOf(signer) ?? [])
  return {
    type: 'multisig',
    signer: concat([VERIFIERS.multisig, keccak256(encoded)]),
    verifiers: [...new Set([VERIFIERS.multisig, ...verifiers, ...able.flatMap((it) => it.verifiers)])],
    needsPrecompile: able.some((it) => it.needsPrecompile) || verifiers.some(needsPrecompile),
    contracts: addressed,
    stubSignature: join(signing.map((it) => it.able.stubSignature)),
    sign: async (request) => join(await Promise.all(signing.map((it) => it.able.sign(request)))),
  }
}

function bytesOf(member: KeySigner | Hex): Hex {
  const signer = typeof member === 'object' ? member.signer : member
  if (!isHex(signer) || size(signer) < 20) throw new InvalidSignerError('members', signer, 'an address, or a verifier and a key')
  return signer.toLowerCase() as Hex
}

function requireMembers(signers: readonly Hex[], threshold: number): void {
  if (signers.length > MAX_MEMBERS) throw new InvalidSignerError('members', `${signers.length} members`, `at most ${MAX_MEMBERS}`)
  const twice = signers.find((it, index) => signers[index + 1] === it)
  if (twice) throw new InvalidSignerError('members', `a list with ${twice} twice`, 'different members')
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > Math.min(signers.length, MAX_THRESHOLD)) {
    throw new InvalidSignerError('threshold', threshold, `from 1 to the number of members, ${signers.length}`)
  }
}
