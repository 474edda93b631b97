import { decodeFunctionData, zeroAddress } from 'viem'
import { describe, expect, test } from 'vitest'
import { encodeLiftCeiling, encodeSetCeiling, sessionKeyModuleAbi } from '../../src/index.ts'
import { MODULE, USDC } from '../fixtures.ts'

const argsOf = (data: `0x${string}`) => decodeFunctionData({ abi: sessionKeyModuleAbi, data })

describe('a ceiling', () => {
  test('of a token, and of the native token', () => {
    const token = encodeSetCeiling({ module: MODULE, token: USDC, amount: 2n ** 128n - 1n, period: 'day' })
    expect([token.to, token.value]).toEqual([MODULE, 0n])
    expect(argsOf(token.data)).toEqual({ functionName: 'setCeiling', args: [USDC, 4n, 2n ** 128n - 1n] })
    const native = encodeSetCeiling({ module: MODULE, amount: 1n, period: 'operation' })
    expect(argsOf(native.data).args).toEqual([zeroAddress, 1n, 1n])
  })

  test('is lifted by zeros', () => {
    expect(argsOf(encodeLiftCeiling({ module: MODULE, token: USDC }).data).args).toEqual([USDC, 0n, 0n])
    expect(argsOf(encodeLiftCeiling({ module: MODULE }).data).args).toEqual([zeroAddress, 0n, 0n])
  })

  test.each([
    [{ amount: 0n, period: 'day' }, 'amount'],
    [{ amount: 2n ** 128n, period: 'day' }, 'amount'],
    [{ amount: 1n, period: 'fortnight' }, 'period'],
    [{ amount: 1n, period: 'day', token: '0x12' }, 'token'],
  ])('%o is refused', (ceiling, field) => {
    const wrong = { module: MODULE, ...ceiling } as Parameters<typeof encodeSetCeiling>[0]
    expect(() => encodeSetCeiling(wrong)).toThrow(expect.objectContaining({ field }))
  })
})
