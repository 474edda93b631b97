import {
  type Abi,
  type AbiParameter,
  type Hex,
  BaseError,
  concat,
  encodeErrorResult,
  parseAbi,
  parseEther,
  zeroAddress,
} from 'viem'
import { describe, expect, test } from 'vitest'
import { OPERATION_REFUSALS } from '../../src/errors/refusals.ts'
import {
  SessionKeyRefusedError,
  ValetError,
  decodeRefusal,
  findRefusal,
  sessionKeyModuleAbi,
  toRefusal,
} from '../../src/index.ts'
import { USDC } from '../fixtures.ts'

const entryPointAbi = parseAbi([
  'error FailedOp(uint256 opIndex, string reason)',
  'error FailedOpWithRevert(uint256 opIndex, string reason, bytes inner)',
  'error Error(string message)',
])
const NEVER = 2n ** 48n - 1n

const spending = encodeErrorResult({
  abi: sessionKeyModuleAbi,
  errorName: 'SpendingLimitExceeded',
  args: [USDC, 0n, 100n, 70n, 50n, 1_900_000_000n],
})
const wrapped = encodeErrorResult({
  abi: entryPointAbi,
  errorName: 'FailedOpWithRevert',
  args: [0n, 'AA23 reverted', spending],
})
const figures = {
  code: 'SpendingLimitExceeded',
  token: USDC,
  limit: 100n,
  used: 70n,
  attempted: 50n,
  left: 30n,
  resetsAt: 1_900_000_000n,
}

describe('figures', () => {
  test('of a spending limit', () => {
    const refusal = decodeRefusal(spending)
    expect(refusal).toMatchObject(figures)
    expect(refusal?.reason).toBe(`The operation charges 50 units of ${USDC}; 30 of 100 are left.`)
  })

  test('nothing is left where an update put the cap below what was spent', () => {
    const data = encodeErrorResult({
      abi: sessionKeyModuleAbi,
      errorName: 'NativeLimitExceeded',
      args: [parseEther('1'), parseEther('2'), 5n, NEVER],
    })
    expect(decodeRefusal(data)).toMatchObject({ left: 0n, resetsAt: null, attempted: 5n })
  })

  test('of a rate and of a quota', () => {
    const rate = encodeErrorResult({
      abi: sessionKeyModuleAbi,
      errorName: 'RateLimitExceeded',
      args: [10n, 9n, 2n, 7_200n],
    })
    expect(decodeRefusal(rate)).toMatchObject({ limit: 10n, used: 9n, attempted: 2n, left: 1n, resetsAt: 7_200n })
    const quota = encodeErrorResult({ abi: sessionKeyModuleAbi, errorName: 'QuotaExceeded', args: [3n, 3n, 1n] })
    expect(decodeRefusal(quota)).toMatchObject({ limit: 3n, left: 0n, resetsAt: null })
  })

  test('of a cooldown: when it is over', () => {
    const data = encodeErrorResult({
      abi: sessionKeyModuleAbi,
      errorName: 'CooldownActive',
      args: [1_900_000_060n, 1_900_000_000n],
    })
    expect(decodeRefusal(data)).toMatchObject({
      availableAt: 1_900_000_060n,
      reason: 'The cooldown ends at 2030-03-17T17:47:40.000Z.',
    })
  })
})

const zeroOf = ({ type }: AbiParameter): unknown =>
  type === 'address'
    ? zeroAddress
    : type === 'bytes'
      ? '0x'
      : type.startsWith('bytes')
        ? `0x${'00'.repeat(Number(type.slice(5)))}`
        : 0n
// `CarriedPreview` is an answer, which has to come as a revert.
const moduleErrors = (sessionKeyModuleAbi as Abi).filter((item) => item.type === 'error').filter(({ name }) => name !== 'CarriedPreview')

describe('every error of the module', () => {
  test.each(moduleErrors.map((item) => [item.name, item] as const))('%s is a refusal with a sentence', (name, item) => {
    const data = encodeErrorResult({ abi: [item], errorName: name, args: item.inputs.map(zeroOf) } as never)
    const refusal = decodeRefusal(data)
    expect(refusal).toBeInstanceOf(SessionKeyRefusedError)
    expect(refusal?.code).toBe(name)
    expect(refusal?.reason).toMatch(/^[A-Z].*\.$/)
    expect(refusal?.reason).not.toMatch(/undefined|\[object/)
  })

  test('nothing is described that the module cannot say', () => {
    const names = moduleErrors.map((item) => item.name)
    for (const name of Object.keys(OPERATION_REFUSALS)) expect(names).toContain(name)
  })
})

/** What viem makes of a bundler's answer: the request in its message, the answer in the innermost error. */
function bundlerError(message: string, data?: unknown): Error {
  const rpc = Object.assign(new Error(message), { code: -32500, ...(data !== undefined && { data }) })
  return new BaseError('User Operation failed', {
    cause: new BaseError('RPC Request failed.', { cause: rpc, details: message }),
    metaMessages: [`callData: ${concat(['0xe9ae5c53', spending])}`],
  })
}

describe('wherever a refusal hides', () => {
  test.each<[string, unknown]>([
    ['the bytes of a revert', Object.assign(new Error('execution reverted'), { data: spending })],
    [
      'the bytes in an object, as some nodes send them',
      Object.assign(new Error('execution reverted'), { data: { data: spending } }),
    ],
    ['the EntryPoint’s wrapping', Object.assign(new Error('execution reverted'), { data: wrapped })],
    ['the words of Alto', bundlerError(`UserOperation reverted with reason: AA23 reverted ${spending}`)],
    [
      'the words of Alto’s estimate',
      bundlerError(`UserOperation reverted during simulation with reason: AA23 reverted ${spending}`),
    ],
    ['the data of a bundler that sends the EntryPoint’s error', bundlerError('validation reverted', wrapped)],
    [
      'the data of a bundler that sends the bytes by a name',
      bundlerError('validation reverted', { revertData: spending }),
    ],
    [
      'a cause behind causes',
      new Error('a', { cause: new Error('b', { cause: Object.assign(new Error('c'), { data: spending }) }) }),
    ],
  ])('%s', (_, error) => {
    expect(findRefusal(error)).toMatchObject(figures)
  })

  test('a refusal that was decoded already is the same one', () => {
    const refusal = decodeRefusal(spending) as SessionKeyRefusedError
    expect(findRefusal(new Error('outer', { cause: refusal }))).toBe(refusal)
  })

  test.each([
    ['SignatureInvalid', 'Invalid UserOp signature'],
    ['SignatureInvalid', 'UserOperation reverted with reason: AA24 signature error'],
    ['OperationExpired', 'UserOperation expires too soon, validUntil=5, now=10'],
    ['OperationExpired', 'User operation is not valid yet, validAfter=10, now=5'],
    ['OperationExpired', 'UserOperation reverted with reason: AA22 expired or not due'],
  ])('%s, in words: %s', (code, message) => {
    expect(findRefusal(bundlerError(message))?.code).toBe(code)
  })

  test.each(['aa22', 'AA22', 'aa24', 'AA24'])('%s in bytes that an error shows is no word of the EntryPoint', (digits) => {
    for (const text of [`callData: 0x12${digits}34`, `callData: 0x${digits}`, `sender: 0x${'00'.repeat(18)}${digits}`, `hash ${digits}0c`]) {
      expect(findRefusal(new Error(text))).toBeUndefined()
    }
  })

  test('the EntryPoint’s own refusals of signature and time', () => {
    const data = encodeErrorResult({ abi: entryPointAbi, errorName: 'FailedOp', args: [0n, 'AA24 signature error'] })
    expect(decodeRefusal(data)?.code).toBe('SignatureInvalid')
  })
})

describe('what the module had no part in', () => {
  const message = encodeErrorResult({ abi: entryPointAbi, errorName: 'Error', args: ['no'] })
  test.each<[string, unknown]>([
    ['a message of another contract', Object.assign(new Error('execution reverted: no'), { data: message })],
    ['too little deposit', bundlerError("UserOperation reverted with reason: AA21 didn't pay prefund")],
    [
      'another contract behind the EntryPoint',
      Object.assign(new Error('x'), {
        data: encodeErrorResult({
          abi: entryPointAbi,
          errorName: 'FailedOpWithRevert',
          args: [0n, 'AA23 reverted', message],
        }),
      }),
    ],
    ['no error at all', undefined],
    ['a string', 'AA99'],
  ])('%s', (_, error) => {
    expect(findRefusal(error)).toBeUndefined()
    expect(toRefusal(error)).toBe(error)
  })

  test('a circle of causes ends', () => {
    const error = new Error('a')
    error.cause = error
    expect(findRefusal(error)).toBeUndefined()
    expect(new ValetError('Code', 'Short.', { cause: error }).walk()).toBe(error)
  })
})

test('an error tells code, sentence and cause', () => {
  const cause = new Error('node said no')
  const refusal = decodeRefusal(spending as Hex, cause)
  expect(refusal).toMatchObject({
    name: 'SessionKeyRefusedError',
    code: 'SpendingLimitExceeded',
    cause,
    docsPath: 'WIRE-FORMAT.md',
    details: 'node said no',
  })
  expect(refusal?.message).toContain(refusal?.reason as string)
})
