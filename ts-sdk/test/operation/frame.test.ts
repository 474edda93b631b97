import { encodeFunctionData, parseAbi } from 'viem'
import { describe, expect, test } from 'vitest'
import { decodeExecutions, encodeExecutions, type Call } from '../../src/operation/executions.ts'
import { frameCalls, randomFrameId, unframedCalls } from '../../src/operation/frame.ts'
import { MODULE, ROUTER, USDC, tokenAbi } from '../fixtures.ts'

const abi = parseAbi(['function open(uint256 id)', 'function close()'])
const transfer: Call = {
  to: USDC,
  value: 0n,
  data: encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [ROUTER, 1n] }),
}
const open: Call = { to: MODULE, value: 0n, data: encodeFunctionData({ abi, functionName: 'open', args: [7n] }) }
const close: Call = { to: MODULE, value: 0n, data: encodeFunctionData({ abi, functionName: 'close' }) }

describe('randomFrameId', () => {
  test('draws 48 bits, another number each time', () => {
    const ids = Array.from({ length: 100 }, () => randomFrameId())
    expect(new Set(ids).size).toBe(100)
    expect(ids.every((id) => id >= 0n && id < 2n ** 48n)).toBe(true)
    expect(ids.some((id) => id >= 2n ** 40n)).toBe(true)
  })
})

describe('frameCalls', () => {
  test('puts calls between open and close of the module, without value', () => {
    expect(frameCalls(MODULE, [transfer], 7n)).toEqual([open, transfer, close])
  })

  test('gives each operation an id of its own', () => {
    expect(frameCalls(MODULE, [transfer])[0]).not.toEqual(frameCalls(MODULE, [transfer])[0])
  })
})

describe('unframedCalls', () => {
  test('undoes it, also through call data', () => {
    expect(unframedCalls(MODULE, [open, transfer, close])).toEqual([transfer])
    expect(unframedCalls(MODULE, decodeExecutions(encodeExecutions([open, transfer, close])))).toEqual([transfer])
  })

  test.each([
    ['no frame', [transfer]],
    ['nothing inside', [open, close]],
    ['one end', [open, transfer, transfer]],
    ['ends that are turned round', [close, transfer, open]],
    ['ends of another contract', [{ ...open, to: ROUTER }, transfer, { ...close, to: ROUTER }]],
    ['value with an end', [{ ...open, value: 1n }, transfer, close]],
    ['more bytes in an end', [open, transfer, { ...close, data: `${close.data}00` as const }]],
  ])('leaves %s as it is', (_, calls) => {
    expect(unframedCalls(MODULE, calls)).toEqual(calls)
  })
})
