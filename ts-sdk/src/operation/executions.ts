import {
  type Address,
  type Hex,
  concat,
  decodeAbiParameters,
  encodeAbiParameters,
  encodeFunctionData,
  encodePacked,
  getAddress,
  pad,
  parseAbi,
  size,
  slice,
} from 'viem'
import { MalformedBytesError } from '../errors/policy.ts'

const EXECUTE_ABI = parseAbi(['function execute(bytes32 mode, bytes executionCalldata) payable'])
const EXECUTE_SELECTOR = '0xe9ae5c53'
const EXECUTE_USER_OP_SELECTOR = '0x8dd7712f'
const BATCH = [
  {
    type: 'tuple[]',
    components: [
      { name: 'target', type: 'address' },
      { name: 'value', type: 'uint256' },
      { name: 'callData', type: 'bytes' },
    ],
  },
] as const

/** One call of an operation. `value` in wei. */
export type Call = { to: Address; value: bigint; data: Hex }

/** A call as viem's actions take it. */
export type CallRequest = { to: Address; value?: bigint | undefined; data?: Hex | undefined }

/** Fills in what a call request leaves out. */
export function toCall({ to, value, data }: CallRequest): Call {
  return { to: getAddress(to), value: value ?? 0n, data: (data ?? '0x').toLowerCase() as Hex }
}

/** Mode and executions of ERC-7579, as `execute` and `executeFromExecutor` take them. */
export type Executions = { readonly mode: Hex; readonly executionCalldata: Hex }

/**
 * Calls in the canonical encoding of ERC-7579: one call as a single, several as a batch, reverting as a whole.
 *
 * @param options.continueOnError try mode: a call that fails does not undo the others. What it charged stays charged.
 */
export function encodeCallList(
  calls: readonly CallRequest[],
  options: { continueOnError?: boolean } = {},
): Executions {
  const list = calls.map(toCall)
  const [only] = list
  if (!only) throw new RangeError('an operation has at least one call')
  const single = list.length === 1
  const mode = pad(concat([single ? '0x00' : '0x01', options.continueOnError ? '0x01' : '0x00']), {
    size: 32,
    dir: 'right',
  })
  const executionCalldata = single
    ? encodePacked(['address', 'uint256', 'bytes'], [only.to, only.value, only.data])
    : encodeAbiParameters(BATCH, [list.map(({ to, value, data }) => ({ target: to, value, callData: data }))])
  return { mode, executionCalldata }
}

/** `execute(mode, executionCalldata)` of ERC-7579 for {@link encodeCallList}. */
export function encodeExecutions(calls: readonly CallRequest[], options: { continueOnError?: boolean } = {}): Hex {
  const { mode, executionCalldata } = encodeCallList(calls, options)
  return encodeFunctionData({ abi: EXECUTE_ABI, functionName: 'execute', args: [mode, executionCalldata] })
}

/** Call data for accounts that take operations by `executeUserOp` only. */
export function wrapInExecuteUserOp(callData: Hex): Hex {
  return concat([EXECUTE_USER_OP_SELECTOR, callData])
}

/** What an account calls itself with behind `executeUserOp`; other call data as it is. */
export function unwrapExecuteUserOp(callData: Hex): Hex {
  return size(callData) > 4 && slice(callData, 0, 4) === EXECUTE_USER_OP_SELECTOR ? slice(callData, 4) : callData
}

/**
 * The calls of an operation's call data. Inverse of {@link encodeExecutions}; what is not in the canonical encoding is
 * refused.
 *
 * @throws MalformedBytesError
 */
export function decodeExecutions(callData: Hex): readonly Call[] {
  const fail = (offset: number, reason: string): never => {
    throw new MalformedBytesError('call data', offset, reason)
  }
  if (size(callData) < 100 || slice(callData, 0, 4) !== EXECUTE_SELECTOR)
    fail(0, 'not `execute(bytes32,bytes)` of ERC-7579')
  const [mode, executions] = decodeAbiParameters([{ type: 'bytes32' }, { type: 'bytes' }], slice(callData, 4))
  const [callType, execType] = [Number(slice(mode, 0, 1)), Number(slice(mode, 1, 2))]
  if (callType > 1 || execType > 1 || BigInt(slice(mode, 2)) !== 0n) fail(4, `execution mode ${mode}`)
  const calls =
    callType === 0
      ? [size(executions) < 52 ? fail(100, 'shorter than a target and a value') : readSingle(executions)]
      : decodeAbiParameters(BATCH, executions)[0].map((it) => ({ to: it.target, value: it.value, data: it.callData }))
  if (calls.length === 0) fail(100, 'no calls')
  const canonical =
    callType === 1 && calls.length === 1
      ? encodeBatchOfOne(mode, calls)
      : encodeExecutions(calls, { continueOnError: execType === 1 })
  if (canonical.toLowerCase() !== callData.toLowerCase()) fail(4, 'not the canonical encoding')
  return calls
}

/**
 * The calls of a redemption. Inverse of {@link encodeCallList}; what the direct lane does not take is refused.
 *
 * @throws MalformedBytesError
 */
export function decodeCallList({ mode, executionCalldata }: Executions): readonly Call[] {
  if (Number(slice(mode, 1, 2)) !== 0) throw new MalformedBytesError('mode', 1, 'not the default execution type')
  return decodeExecutions(
    encodeFunctionData({ abi: EXECUTE_ABI, functionName: 'execute', args: [mode, executionCalldata] }),
  )
}

function readSingle(executions: Hex): Call {
  return {
    to: getAddress(slice(executions, 0, 20)),
    value: BigInt(slice(executions, 20, 52)),
    data: size(executions) === 52 ? '0x' : slice(executions, 52),
  }
}

function encodeBatchOfOne(mode: Hex, calls: readonly Call[]): Hex {
  const batch = encodeAbiParameters(BATCH, [
    calls.map(({ to, value, data }) => ({ target: to, value, callData: data })),
  ])
  return encodeFunctionData({ abi: EXECUTE_ABI, functionName: 'execute', args: [mode, batch] })
}
