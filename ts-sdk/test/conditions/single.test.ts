import { type Hex, concat, pad, toHex } from 'viem'
import { describe, expect, test } from 'vitest'
import { type Clause, decodeBody, encodeBody } from '../../src/index.ts'

const PATH = [{ step: 'word', index: 3 }] as const
const ROOT: Hex = `0x${'ab'.repeat(28)}`
const word = (value: bigint) => toHex(value, { size: 32 })
const bodyOf = (conditions: readonly Clause[], maxValue = 0n) => encodeBody({ maxValue, conditions })

describe('a body that is one comparison', () => {
  test.each([
    ['equal', { path: PATH, operator: 'equal', value: word(0x1200n) }, '0x100101031200'],
    ['equal to 0', { path: PATH, operator: 'equal', value: word(0n) }, '0x10010103'],
    ['equal to the largest', { path: PATH, operator: 'equal', value: word(2n ** 256n - 1n) }, `0x10010103${'ff'.repeat(32)}`],
    ['the account', { path: PATH, operator: 'equalSelf' }, '0x10020103'],
    ['not equal', { path: PATH, operator: 'notEqual', value: word(1n) }, '0x1003010301'],
    ['at most', { path: PATH, operator: 'atMost', value: word(1n) }, '0x1004010301'],
    ['at least', { path: PATH, operator: 'atLeast', value: word(1n) }, '0x1005010301'],
    ['in a set', { path: PATH, operator: 'inSet', root: ROOT, count: 10_000 }, concat(['0x18090103', ROOT, '0x2710'])],
    [
      'by a path',
      {
        path: [{ step: 'follow', index: 0, head: 1 }, { step: 'element', index: 1, size: 1 }, { step: 'word', index: 0 }],
        operator: 'atMost',
        value: word(10n),
      },
      '0x10040200010400010101000a',
    ],
  ] as const)('has a form of its own: %s', (_, comparison, bytes) => {
    const conditions = [[comparison]] as readonly Clause[]
    expect(bodyOf(conditions)).toBe(bytes)
    expect(decodeBody(bytes)).toEqual({ maxValue: 0n, conditions })
  })

  test('is in the long form with a value, a second clause or another operator', () => {
    const one: Clause = [{ path: PATH, operator: 'equal', value: word(1n) }]
    const order: Clause = [{ path: PATH, operator: 'signedAtMost', value: word(1n) }]
    for (const body of [bodyOf([one], 1n), bodyOf([one, one]), bodyOf([[...one, ...one]]), bodyOf([order])]) {
      expect(body).toMatch(/^0x0[23]/)
      expect(encodeBody(decodeBody(body))).toBe(body)
    }
  })

  test.each([
    ['in the long form', concat(['0x02010101020103', pad('0x01')])],
    ['with a leading zero', '0x100101030001'],
    ['with an operand of 33 bytes', `0x10010103${'ff'.repeat(33)}`],
    ['with an operand where there is none', '0x1002010301'],
    ['with another operator', '0x1006010301'],
    ['without an operator', '0x10'],
    ['with a path that does not end', '0x1001020001'],
    ['of a byte string', '0x100102000108'],
    ['with another section', '0x1101010301'],
    ['with a set that the first byte does not announce', concat(['0x10090103', ROOT, '0x01'])],
    ['with an announced set that is not there', '0x1801010301'],
    ['with a set of no members', concat(['0x18090103', ROOT])],
    ['with a count of leading zeros', concat(['0x18090103', ROOT, '0x0001'])],
    ['with a count of 5 bytes', concat(['0x18090103', ROOT, '0x0100000000'])],
  ] as const)('is not read %s', (_, bytes) => {
    expect(() => decodeBody(bytes)).toThrow(expect.objectContaining({ name: 'MalformedBytesError' }) as Error)
  })
})
