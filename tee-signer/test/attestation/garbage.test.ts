import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Target, survives } from './mutations.ts'
import { targets } from './targets.ts'

const ROUNDS = 60

/** Bytes that look random and are the same at every run. */
function garbage(seed: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) => createHash('sha256').update(`${seed} ${index}`).digest())
  return Buffer.concat(blocks).subarray(0, length)
}

/** Pieces of the right evidence in the wrong place, and garbage in the right one. */
function spoil({ name, bytes }: Target, round: number): Buffer {
  const seed = garbage(`${name} ${round}`, 12)
  const at = (offset: number): number => seed.readUInt32LE(offset) % (bytes.length + 1)
  const [from, to, length] = [at(0), at(4), 1 + (seed.readUInt32LE(8) % 64)]
  const changed = Buffer.from(bytes)
  if (round % 4 === 0) return garbage(`${name} all ${round}`, from)
  if (round % 4 === 1) return Buffer.concat([bytes.subarray(0, from), garbage(`${name} part ${round}`, length), bytes.subarray(from)])
  if (round % 4 === 2) return Buffer.concat([bytes.subarray(0, from), bytes.subarray(Math.min(from + length, bytes.length))])
  changed.set(bytes.subarray(from, from + length).subarray(0, bytes.length - to), to)
  return changed
}

describe.each(await targets())('$name', (target) => {
  it('is refused by a typed error whatever is put in its place', async () => {
    const survivors: string[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const changed = spoil(target, round)
      if (!changed.equals(target.bytes)) survivors.push(...(await survives(target, changed, `round ${round}`)))
    }
    expect(survivors).toEqual([])
  })
})
