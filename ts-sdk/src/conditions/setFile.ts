import type { Hex } from 'viem'
import { InvalidSetError } from '../errors/sets.ts'
import { wordTypeOf } from './operands.ts'
import { type WordSet, createSet, entryOf } from './sets.ts'

const FORMAT = 'valet-keys-set-1'
const FIELDS = ['format', 'type', 'root', 'count', 'entries']

/** What a policy says of a set. */
export type SetCommitment = { readonly root: Hex; readonly count: number }

/**
 * The file that whoever publishes a set publishes: JSON with `format`, the ABI `type` of the entries, `root`, `count`,
 * and the `entries` in ascending order (addresses with checksum, numbers in decimal digits, bytes in hex digits).
 */
export function formatSetFile(set: WordSet): string {
  const { type, root, count, words } = set
  return `${JSON.stringify({ format: FORMAT, type, root, count, entries: words.map((it) => entryOf(type, it)) }, null, 1)}\n`
}

function readEntry(type: string, entry: unknown): unknown {
  const kind = wordTypeOf(type)?.kind
  if (kind !== 'unsigned' && kind !== 'signed') return entry
  return typeof entry === 'string' && /^-?\d+$/.test(entry) ? BigInt(entry) : undefined
}

/**
 * Reads a published set and builds it anew: root and count must be those that the file says, and those that the policy
 * says where they are given.
 *
 * @throws InvalidSetError, InvalidPolicyFieldError
 */
export function parseSetFile(text: string, expected?: SetCommitment): WordSet {
  const file = parseObject(text)
  const unknown = Object.keys(file).find((name) => !FIELDS.includes(name))
  if (unknown !== undefined) throw new InvalidSetError(unknown, file[unknown], `one of ${FIELDS.join(', ')}`)
  if (file['format'] !== FORMAT) throw new InvalidSetError('format', file['format'], `"${FORMAT}"`)
  const { type, entries } = file
  if (typeof type !== 'string') throw new InvalidSetError('type', type, 'the ABI type of a single word')
  if (!Array.isArray(entries)) throw new InvalidSetError('entries', entries, 'a list')
  const set = createSet(
    type,
    entries.map((entry) => readEntry(type, entry)),
  )
  requireSame('root', file['root'], set.root)
  requireSame('count', file['count'], set.count)
  if (expected) {
    requireSame('root', set.root, expected.root.toLowerCase())
    requireSame('count', set.count, expected.count)
  }
  return set
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const file: unknown = JSON.parse(text)
    if (typeof file === 'object' && file !== null && !Array.isArray(file)) return file as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw new InvalidSetError('file', text.slice(0, 40), 'a JSON object')
}

function requireSame(field: string, found: unknown, wanted: unknown): void {
  if (found === wanted) return
  throw new InvalidSetError(field, found, `${String(wanted)}, which is that of the list`, 'The list was changed.')
}
