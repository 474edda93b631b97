import { type Hex, concat, pad, toHex } from 'viem'
import { describe, expect, test } from 'vitest'
import { MalformedBytesError, decodeCallList, decodeExecutions, encodeCallList, encodeExecutions } from '../../src/index.ts'
import { ROUTER, USDC } from '../fixtures.ts'

const word = (value: bigint | Hex) =>
  typeof value === 'bigint' ? toHex(value, { size: 32 }) : pad(value, { size: 32 })
const first = { to: USDC, value: 5n, data: '0xa9059cbb' as Hex }
const second = { to: ROUTER, value: 0n, data: '0x' as Hex }

/** Written out from ERC-7579 and the ABI. */
const single = concat([
  '0xe9ae5c53',
  word(0n),
  word(64n),
  word(56n),
  ...([USDC, word(5n), '0xa9059cbb'] as const),
  `0x${'00'.repeat(8)}`,
]).toLowerCase() as Hex

describe('one call is a single, several are a batch', () => {
  test('single', () => {
    expect(encodeExecutions([first])).toBe(single)
    expect(decodeExecutions(single)).toEqual([first])
  })

  test('batch', () => {
    const batch = encodeExecutions([first, second])
    expect(batch.slice(10, 74)).toBe(`01${'00'.repeat(31)}`)
    expect(decodeExecutions(batch)).toEqual([first, second])
  })

  test('a call may leave out value and data', () => {
    expect(decodeExecutions(encodeExecutions([{ to: ROUTER }]))).toEqual([second])
  })

  test('try mode says so in the mode', () => {
    const callData = encodeExecutions([first], { continueOnError: true })
    expect(callData.slice(10, 74)).toBe(`0001${'00'.repeat(30)}`)
    expect(decodeExecutions(callData)).toEqual([first])
  })

  test('no call is no operation', () => {
    expect(() => encodeExecutions([])).toThrow(RangeError)
  })
})

const at = (hex: Hex, offset: number, replacement: string): Hex =>
  `${hex.slice(0, 2 + 2 * offset)}${replacement}${hex.slice(2 + 2 * offset + replacement.length)}` as Hex
const batch = encodeExecutions([first, second])

describe('what is not in the one encoding is refused', () => {
  test.each<[string, Hex]>([
    ['nothing', '0x'],
    ['another function', at(single, 0, 'deadbeef')],
    ['delegatecall', at(single, 4, 'ff')],
    ['another mode', at(single, 9, '01')],
    ['another offset', at(single, 4 + 63, '60')],
    ['padding that is not zero', at(single, (single.length - 2) / 2 - 1, '01')],
    ['a byte too many', `${single}00`],
    ['a byte too few', single.slice(0, -2) as Hex],
    ['an address with dirty upper bits', at(batch, 100 + 64 + 64, '01')],
  ])('%s', (_, callData) => {
    expect(() => decodeExecutions(callData)).toThrow()
  })

  test('by an error of its own where the form is wrong', () => {
    expect(() => decodeExecutions(at(single, 4, 'ff'))).toThrow(MalformedBytesError)
  })
})

describe('calls of a redemption', () => {
  test('read back, one and several', () => {
    for (const calls of [[first], [first, second]]) expect(decodeCallList(encodeCallList(calls))).toEqual(calls)
  })

  test('are refused in try mode, in any other mode, and in another encoding', () => {
    const { mode, executionCalldata } = encodeCallList([first, second])
    const refused = [
      encodeCallList([first], { continueOnError: true }),
      { mode: word(1n), executionCalldata },
      { mode, executionCalldata: `${executionCalldata}${'00'.repeat(32)}` as Hex },
      { mode: word(0n), executionCalldata: '0x1234' as Hex },
    ]
    for (const it of refused) expect(() => decodeCallList(it)).toThrow(MalformedBytesError)
  })
})
