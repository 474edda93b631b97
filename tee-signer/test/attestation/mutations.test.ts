import { describe, expect, it } from 'vitest'
import { extensions, flips, truncations } from './mutations.ts'
import { targets } from './targets.ts'

/** Every bit of every byte takes minutes: `npm run test:attestation`. */
const EXHAUSTIVE = process.env.VALET_EXHAUSTIVE === '1'
const HOUR = 3_600_000

describe.each(await targets())('$name', (target) => {
  it('is accepted as it is', async () => {
    expect(await target.verify(target.bytes)).toBeDefined()
  })

  it('is refused with a byte changed', async () => {
    expect(await flips(target, EXHAUSTIVE)).toEqual([])
  }, HOUR)

  it('is refused when it is cut off anywhere', async () => {
    expect(await truncations(target, EXHAUSTIVE)).toEqual([])
  }, HOUR)

  it('is refused with anything behind or before it', async () => {
    expect(await extensions(target)).toEqual([])
  }, HOUR)
})
