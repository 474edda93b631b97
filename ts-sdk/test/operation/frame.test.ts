import { concat, decodeFunctionData, encodeFunctionData, maxUint256, parseAbi, toHex } from 'viem'
import { describe, expect, test } from 'vitest'
import { encodeFrame, frameCalls, unframedCalls } from '../../src/operation/frame.ts'
import type { Call } from '../../src/operation/executions.ts'
import { definePolicy } from '../../src/policy/definePolicy.ts'
import { encodePolicy } from '../../src/policy/encodePolicy.ts'
import { keyIdOf } from '../../src/policy/signer.ts'
import { ACCOUNT, KEY, MODULE, OTHER, ROUTER, USDC, input, tokenAbi } from '../fixtures.ts'

const policy = definePolicy({
  ...input,
  measured: { ephemeral: [USDC] },
  callPolicies: [
    { target: USDC, abi: tokenAbi, functionName: 'approve' },
    { target: USDC, abi: tokenAbi, functionName: 'transfer' },
    { target: OTHER, selector: 'none', value: 10n },
  ],
})
const { header, permissionsRoot } = encodePolicy(policy)
const token = (functionName: 'approve' | 'transfer', amount: bigint): Call => ({
  to: USDC,
  value: 0n,
  data: encodeFunctionData({ abi: tokenAbi, functionName, args: [ROUTER, amount] }),
})
const pay: Call = { to: OTHER, value: 7n, data: '0x' }
const charge = (amount: bigint) => toHex(amount, { size: 16 })

describe('encodeFrame', () => {
  test('names approvals in order and sums up what calls charge', () => {
    const approval = concat(['0x01', USDC, ROUTER])
    const expected = concat([keyIdOf(KEY), permissionsRoot, '0x01', approval, header, charge(7n), charge(30n)])
    const frame = encodeFrame(KEY, policy, ACCOUNT, [token('approve', 20n), pay, token('transfer', 10n)])
    expect(frame).toBe(expected.toLowerCase())
  })

  test('writes what no cap can hold as the largest charge, for the module to refuse', () => {
    expect(encodeFrame(KEY, policy, ACCOUNT, [token('transfer', maxUint256)])).toContain('f'.repeat(32))
  })
})

describe('frameCalls', () => {
  const calls = [token('transfer', 1n)]
  const framed = frameCalls(MODULE, KEY, policy, calls, ACCOUNT)

  test('puts calls between open and close, without value', () => {
    const abi = parseAbi(['function open(bytes frame)', 'function close()'])
    expect(framed.map((call) => call.to)).toEqual([MODULE, USDC, MODULE])
    expect(framed.map((call) => call.value)).toEqual([0n, 0n, 0n])
    expect(decodeFunctionData({ abi, data: framed[0]?.data ?? '0x' }).args).toEqual([encodeFrame(KEY, policy, ACCOUNT, calls)])
    expect(decodeFunctionData({ abi, data: framed[2]?.data ?? '0x' }).functionName).toBe('close')
  })

  test('is undone by unframedCalls, which leaves other calls alone', () => {
    expect(unframedCalls(MODULE, framed)).toEqual(calls)
    expect(unframedCalls(MODULE, calls)).toEqual(calls)
  })
})
