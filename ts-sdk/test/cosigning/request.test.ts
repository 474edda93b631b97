import { describe, expect, test } from 'vitest'
import {
  InvalidCosignRequestError,
  type OperationCosignRequest,
  type RedemptionCosignRequest,
  parseCosignRequest,
  serializeCosignRequest,
} from '../../src/index.ts'
import { ACCOUNT, KEY, MODULE, OTHER } from '../fixtures.ts'

const request: OperationCosignRequest = {
  version: 1,
  lane: 'bundler',
  chainId: 31_337,
  account: ACCOUNT,
  module: MODULE,
  entryPoint: '0.8',
  key: KEY,
  operation: {
    callData: '0xe9ae5c53',
    nonce: 2n ** 200n,
    callGasLimit: 1n,
    verificationGasLimit: 2n,
    preVerificationGas: 3n,
    maxFeePerGas: 4n,
    maxPriorityFeePerGas: 5n,
  },
  window: { validAfter: 1_900_000_000n, validUntil: 1_900_000_300n },
  evidence: '0x15',
  keySignature: `0x${'ab'.repeat(65)}`,
}
const paid: OperationCosignRequest = {
  ...request,
  note: 'the rent of June',
  operation: {
    ...request.operation,
    paymaster: OTHER,
    paymasterData: '0x',
    paymasterVerificationGasLimit: 6n,
    paymasterPostOpGasLimit: 7n,
  },
}

const { entryPoint: _entryPoint, operation: _operation, ...common } = paid
const direct: RedemptionCosignRequest = {
  ...common,
  lane: 'direct',
  redemption: { epoch: 1n, serial: 2n, nonce: 3n, mode: `0x${'00'.repeat(32)}`, executionCalldata: `0x${'cd'.repeat(52)}` },
}

describe('a request', () => {
  test('survives the way to the co-signer', () => {
    for (const it of [request, paid, direct]) expect(parseCosignRequest(serializeCosignRequest(it))).toEqual(it)
  })

  const fields: Record<string, unknown> = JSON.parse(serializeCosignRequest(paid))
  test.each(Object.keys(fields).filter((name) => name !== 'note'))('without its %s is refused', (name) => {
    const { [name]: _gone, ...rest } = fields
    expect(() => parseCosignRequest(JSON.stringify(rest))).toThrow(InvalidCosignRequestError)
  })

  test.each([
    ['of another version', { version: 2 }],
    ['with a field that nobody knows', { more: 1 }],
    ['with another length of signature', { keySignature: '0x12' }],
    ['for no EntryPoint', { entryPoint: '0.6' }],
    ['for no chain', { chainId: 0 }],
    ['with a number instead of digits', { window: { validAfter: 1, validUntil: '2' } }],
    ['with a negative time', { window: { validAfter: '-1', validUntil: '2' } }],
    ['with digits in a second form', { window: { validAfter: '01', validUntil: '2' } }],
    ['with a note that is no text', { note: {} }],
    ['with half a paymaster', { operation: { ...(fields['operation'] as object), paymasterData: undefined } }],
  ])('%s is refused', (_, change) => {
    expect(() => parseCosignRequest(JSON.stringify({ ...fields, ...change }))).toThrow(InvalidCosignRequestError)
  })

  const redemption: Record<string, unknown> = JSON.parse(serializeCosignRequest(direct))
  test.each(Object.keys(redemption).filter((name) => name !== 'note'))('for the direct lane without its %s is refused', (name) => {
    const { [name]: _gone, ...rest } = redemption
    expect(() => parseCosignRequest(JSON.stringify(rest))).toThrow(InvalidCosignRequestError)
  })

  test.each([
    ['of no lane', { lane: 'fast' }],
    ["of the other lane's content", { lane: 'bundler' }],
    ['of both contents', { operation: fields['operation'] }],
    ['of a mode that is no word', { redemption: { ...(redemption['redemption'] as object), mode: '0x00' } }],
    ['of executions with half a byte', { redemption: { ...(redemption['redemption'] as object), executionCalldata: '0x123' } }],
    ['of a nonce that is a number', { redemption: { ...(redemption['redemption'] as object), nonce: 3 } }],
  ])('for the direct lane %s is refused', (_name, change) => {
    expect(() => parseCosignRequest(JSON.stringify({ ...redemption, ...change }))).toThrow(InvalidCosignRequestError)
  })

  test('that is no JSON is refused', () => {
    for (const text of ['', '{', '[]', 'null', '7']) expect(() => parseCosignRequest(text)).toThrow(InvalidCosignRequestError)
  })
})
