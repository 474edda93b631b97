import { expect, test } from 'vitest'
import { nonceKeyOf } from '../../src/index.ts'
import { MODULE } from '../fixtures.ts'

test('a nonce key is validator and lane, 20 and 4 bytes', () => {
  expect(nonceKeyOf(MODULE)).toBe(BigInt(MODULE) << 32n)
  expect(nonceKeyOf(MODULE, 2 ** 32 - 1)).toBe((BigInt(MODULE) << 32n) + 2n ** 32n - 1n)
})

test.each([-1, 2 ** 32, 2n ** 64n])('lane %s is none', (lane) => {
  expect(() => nonceKeyOf(MODULE, lane)).toThrow(/from 0 to 4294967295/)
})
