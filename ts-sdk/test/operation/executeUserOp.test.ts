import { expect, test } from 'vitest'
import {
  decodeExecutions,
  decodeHeader,
  definePolicy,
  encodeExecutions,
  encodeHeader,
  unwrapExecuteUserOp,
  wrapInExecuteUserOp,
} from '../../src/index.ts'
import { ROUTER, input } from '../fixtures.ts'

const policyWith = (changes: { executeUserOp?: boolean }) =>
  definePolicy({ ...input, callPolicies: [{ target: ROUTER, selector: '0x12345678' }], ...changes })

test('a policy says in its header that the account forces `executeUserOp`, by a bit and nothing else', () => {
  const [without, forced] = [policyWith({}), policyWith({ executeUserOp: true })].map((it) => encodeHeader(it.header))
  expect(BigInt(forced ?? '0x') ^ BigInt(without ?? '0x')).toBe(32n << BigInt(4 * ((without ?? '0x').length - 8)))
  expect(decodeHeader(forced ?? '0x').executeUserOp).toBe(true)
  expect(decodeHeader(without ?? '0x')).not.toHaveProperty('executeUserOp')
  expect(encodeHeader(policyWith({ executeUserOp: false }).header)).toBe(without)
})

test('call data is wrapped and unwrapped once; what is not wrapped stays as it is', () => {
  const execute = encodeExecutions([{ to: ROUTER, data: '0x12345678' }])
  const wrapped = wrapInExecuteUserOp(execute)
  expect(wrapped).toBe(`0x8dd7712f${execute.slice(2)}`)
  expect(unwrapExecuteUserOp(wrapped)).toBe(execute)
  expect(unwrapExecuteUserOp(execute)).toBe(execute)
  expect(unwrapExecuteUserOp('0x')).toBe('0x')
  expect(() => decodeExecutions(wrapped)).toThrow(/not `execute/)
})
