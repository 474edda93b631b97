import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Hex, size, slice } from 'viem'
import type { ByteField, Layouts } from '../../scripts/generate/boxes.ts'

/** Reads bytes by the very boxes of docs/WIRE-FORMAT.md, and knows nothing of the SDK. */

export const LAYOUTS = JSON.parse(readFileSync(join(import.meta.dirname, 'layouts.json'), 'utf8')) as Layouts

/** What stands in a field: bytes, a record, or several of either. */
export type Value = Hex | ReadRecord | readonly (Hex | ReadRecord)[]
export type ReadRecord = { readonly [field: string]: Value }

class Cursor {
  readonly bytes: Hex
  offset = 0

  constructor(bytes: Hex) {
    this.bytes = bytes
  }

  get left(): number {
    return size(this.bytes) - this.offset
  }

  take(length: number): Hex {
    if (length > this.left) throw new Error(`${length} bytes wanted at ${this.offset}, ${this.left} left`)
    this.offset += length
    return length === 0 ? '0x' : slice(this.bytes, this.offset - length, this.offset)
  }

  next(): number {
    return Number(slice(this.bytes, this.offset, this.offset + 1))
  }
}

/** The number in a field; of a longer one, such as a body, its first byte. */
function numberIn(record: ReadRecord, field: string): number {
  const value = record[field]
  if (typeof value !== 'string') throw new Error(`no field ${field}`)
  if (value === '0x') return 0
  return Number(size(value) > 6 ? slice(value, 0, 1) : value)
}

function isThere(condition: string | undefined, record: ReadRecord, cursor: Cursor): boolean {
  if (condition === undefined) return true
  if (condition === 'more') return cursor.left > 0
  const [field, operator, value] = condition.split(' ') as [string, string?, string?]
  if (operator === undefined) return field in record
  if (field === 'next') return cursor.next() === Number(value)
  const found = numberIn(record, field)
  return operator === '=' ? found === Number(value) : (found & Number(value)) !== 0
}

function readOne(field: ByteField, record: ReadRecord, cursor: Cursor): Hex | ReadRecord {
  if (field.of === 'operands') return readCoded('operators', numberIn(record, 'operator'), cursor)
  if (field.of === 'path') return takePath(cursor)
  if (field.of !== undefined) return readFields(LAYOUTS.records[field.of] ?? [], cursor)
  if (typeof field.bytes === 'number') return cursor.take(field.bytes)
  if (field.bytes === undefined) throw new Error(`${field.name} has no box`)
  return cursor.take(field.bytes === '*' ? cursor.left : numberIn(record, field.bytes))
}

function readCoded(table: 'operators' | 'steps', code: number, cursor: Cursor): ReadRecord {
  const found = Object.entries(LAYOUTS[table]).find(([, it]) => it.code === code)
  if (!found) throw new Error(`no ${table} of code ${code}`)
  return { code: found[0] as Hex, ...readFields(found[1].fields, cursor) }
}

/** The bytes of a path without a length, which its first step that ends one ends. */
function takePath(cursor: Cursor): Hex {
  const start = cursor.offset
  let isEnded = false
  while (!isEnded) isEnded = LAYOUTS.steps[readCoded('steps', Number(cursor.take(1)), cursor)['code'] as string]?.ends === true
  return slice(cursor.bytes, start, cursor.offset)
}

function readMany(field: ByteField, times: string, record: ReadRecord, cursor: Cursor): readonly (Hex | ReadRecord)[] {
  const [counter, minus] = times.split(' − ') as [string, string | undefined]
  const list: (Hex | ReadRecord)[] = []
  const isDone =
    counter === '*'
      ? () => cursor.left === 0
      : () => list.length >= numberIn(record, counter) - Number(minus ?? 0)
  while (!isDone()) {
    // A leaf that begins with 0 is that byte alone: the permission of the call before.
    const repeated = field.of === 'leaf' && cursor.next() === 0
    list.push(repeated ? cursor.take(1) : readOne(field, record, cursor))
  }
  return list
}

function readFields(fields: readonly ByteField[], cursor: Cursor): ReadRecord {
  const record: Record<string, Value> = {}
  for (const field of fields) {
    if (!isThere(field.if, record, cursor)) continue
    if (field.times === undefined) {
      record[field.name] = readOne(field, record, cursor)
      continue
    }
    record[field.name] = readMany(field, field.times, record, cursor)
  }
  return record
}

/** All of `bytes` as the record of this name. Throws if anything is left or missing. */
export function readRecord(name: string, bytes: Hex): ReadRecord {
  const cursor = new Cursor(bytes)
  const record = readFields(LAYOUTS.records[name] ?? [], cursor)
  if (cursor.left !== 0) throw new Error(`${cursor.left} bytes left behind ${name}`)
  return record
}

/** The steps of a path, by name. Throws if another than the last one ends it. */
export function readPath(bytes: Hex): readonly ReadRecord[] {
  const cursor = new Cursor(bytes)
  const steps: ReadRecord[] = []
  while (cursor.left > 0) steps.push(readCoded('steps', Number(cursor.take(1)), cursor))
  const ends = steps.map(({ code }) => LAYOUTS.steps[code as string]?.ends === true)
  if (ends.indexOf(true) !== steps.length - 1) throw new Error(`the path does not end with its last step: ${bytes}`)
  return steps
}

/** A header, of which section 1 has its lengths behind it: what is left between paymasters and the sections of fixed length. */
export function readHeader(bytes: Hex): ReadRecord & { readonly coSigner: ReadRecord | undefined } {
  const cursor = new Cursor(bytes)
  const fields = LAYOUTS.records['header'] ?? []
  const at = fields.findIndex(({ name }) => name === 'coSigner')
  const front = readFields(fields.slice(0, at), cursor)
  const tail = fields.slice(at + 1).filter((field) => isThere(field.if, front, cursor))
  const tailLength = tail.reduce((sum, field) => sum + Number(field.bytes), 0)
  const coSigner = isThere(fields[at]?.if, front, cursor) ? readCoSigner(cursor.take(cursor.left - tailLength)) : undefined
  const behind = readFields(tail.map(({ name, bytes: length }) => ({ name, bytes: length as number })), cursor)
  if (cursor.left !== 0) throw new Error(`${cursor.left} bytes left behind the header`)
  return { ...front, ...behind, coSigner } as ReadRecord & { readonly coSigner: ReadRecord | undefined }
}

/** From its end to its beginning. */
function readCoSigner(bytes: Hex): ReadRecord {
  const length = size(bytes)
  const thresholdCount = slice(bytes, length - 1)
  const start = length - 1 - 17 * Number(thresholdCount)
  const signer = slice(bytes, 0, start - 1)
  if (Number(slice(bytes, start - 1, start)) !== size(signer)) throw new Error('the co-signer has another length')
  const cursor = new Cursor(slice(bytes, start, length - 1))
  const threshold = Array.from({ length: Number(thresholdCount) }, () => readFields(LAYOUTS.records['threshold'] ?? [], cursor))
  return { signer, threshold, thresholdCount }
}
