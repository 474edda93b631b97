import { type Address, type Hex, bytesToBigInt, decodeFunctionData, encodeFunctionData, isAddressEqual, parseAbi, size } from 'viem'
import type { Call } from './executions.ts'

const FRAME_ABI = parseAbi(['function open(uint256 id)', 'function close()'])
/** Bytes of a frame's id: enough that no two operations of one bundle draw the same, and few bytes of call data. */
const ID_LENGTH = 6
const OPEN_LENGTH = 36
const CLOSE_LENGTH = 4

/** A name for an operation's frame, which no other operation of the account in the same transaction may have. */
export function randomFrameId(): bigint {
  return bytesToBigInt(crypto.getRandomValues(new Uint8Array(ID_LENGTH)))
}

/** Puts a measured key's calls between `open` and `close` of the module. */
export function frameCalls(module: Address, calls: readonly Call[], id: bigint = randomFrameId()): readonly Call[] {
  const open = encodeFunctionData({ abi: FRAME_ABI, functionName: 'open', args: [id] })
  const close = encodeFunctionData({ abi: FRAME_ABI, functionName: 'close' })
  return [{ to: module, value: 0n, data: open }, ...calls, { to: module, value: 0n, data: close }]
}

/** The calls without the frame around them, if there is one. */
export function unframedCalls(module: Address, calls: readonly Call[]): readonly Call[] {
  const [first, last] = [calls[0], calls.at(-1)]
  const framed =
    calls.length > 2 &&
    first !== undefined &&
    last !== undefined &&
    isEnd(module, first, 'open', OPEN_LENGTH) &&
    isEnd(module, last, 'close', CLOSE_LENGTH)
  return framed ? calls.slice(1, -1) : calls
}

function isEnd(module: Address, { to, value, data }: Call, name: 'open' | 'close', length: number): boolean {
  return isAddressEqual(to, module) && value === 0n && size(data) === length && functionOf(data) === name
}

function functionOf(data: Hex): string | undefined {
  try {
    return decodeFunctionData({ abi: FRAME_ABI, data }).functionName
  } catch {
    return undefined
  }
}
