import { describe, expect, test } from 'vitest'
import { type CosignRequest, InvalidCosignRequestError, parseCosignRequest, serializeCosignRequest } from '../../src/index.ts'
import { ACCOUNT, KEY, MODULE, OTHER } from '../fixtures.ts'

const request: CosignRequest = {
  version: 1,
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
const paid: CosignRequest = {
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

describe('a request', () => {
  test('survives the way to the co-signer', () => {
    for (const it of [request, paid]) expect(parseCosignRequest(serializeCosignRequest(it))).toEqual(it)
  })

  const fields: Record<string, unknown> = JSON.parse(serializeCosignRequest(paid))
  test.each(Object.keys(fields).filter((name) => name !== 'note'))('without its %s is refused', (name) => {
    const { [name]: _, ...rest } = fields
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

  test('that is no JSON is refused', () => {
    for (const text of ['', '{', '[]', 'null', '7']) expect(() => parseCosignRequest(text)).toThrow(InvalidCosignRequestError)
  })
})
