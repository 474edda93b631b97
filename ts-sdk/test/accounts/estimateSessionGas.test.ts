import { type Client, toHex } from 'viem'
import { entryPoint07Address } from 'viem/account-abstraction'
import { describe, expect, test } from 'vitest'
import type { KeyState } from '../../src/actions/readKeyState.ts'
import { estimateSessionGas } from '../../src/accounts/estimateSessionGas.ts'
import { VerificationGasExceededError, definePolicy, missingVerificationGas } from '../../src/index.ts'
import { OTHER, input } from '../fixtures.ts'

const { header } = definePolicy(input)
const state = { usage: { serial: 1n }, meters: [], ceilingPeriods: [] } as unknown as KeyState
const missing = missingVerificationGas(state, header, new Set())

/** A bundler whose every estimate is the same. */
const bundlerOf = (verificationGasLimit: bigint): Client =>
  ({
    request: async () => ({
      callGasLimit: toHex(50_000n),
      preVerificationGas: toHex(60_000n),
      verificationGasLimit: toHex(verificationGasLimit),
    }),
  }) as unknown as Client

type More = { given?: { verificationGasLimit?: bigint; callGasLimit?: bigint }; own?: bigint; callGas?: () => Promise<bigint> }

const estimate = (verificationGasLimit: bigint, { given = {}, own, callGas }: More = {}) =>
  estimateSessionGas({
    bundler: bundlerOf(verificationGasLimit),
    entryPoint: entryPoint07Address,
    request: { sender: OTHER, nonce: 0n, callData: '0x', signature: '0x', ...given },
    readState: async () => state,
    header,
    meters: new Set(),
    carriedBytes: () => 0,
    signatureGas: async () => 0n,
    validationGas: async () => own,
    callGas,
  })

describe('verification gas', () => {
  test('is what the bundler says and what its stub leaves out, up to 500,000', async () => {
    expect(await estimate(100_000n)).toMatchObject({ verificationGasLimit: 100_000n + missing, callGasLimit: 50_000n })
    expect(await estimate(500_000n - missing)).toMatchObject({ verificationGasLimit: 500_000n })
  })

  test('is refused with the figure from one unit more on', async () => {
    const refusal: unknown = await estimate(500_001n - missing).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(VerificationGasExceededError)
    expect(refusal).toMatchObject({ code: 'VerificationGasExceeded', gas: 500_001n, limit: 500_000n })
  })

  test('is what bundlers allow where only the margin is above it', async () => {
    expect(await estimate(700_000n, { own: 500_000n - missing })).toMatchObject({ verificationGasLimit: 500_000n })
    const refusal: unknown = await estimate(700_000n, { own: 500_001n - missing }).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(VerificationGasExceededError)
    expect(refusal).toMatchObject({ gas: 500_001n, limit: 500_000n })
  })

  test('is taken as it is where it is given', async () => {
    expect(await estimate(900_000n, { given: { verificationGasLimit: 600_000n } })).toMatchObject({ verificationGasLimit: 600_000n })
  })
})

describe('call gas', () => {
  test('is the bundler\'s, or what is known where it cannot tell, or what is given', async () => {
    const callGas = async () => 123_000n
    expect(await estimate(100_000n)).toMatchObject({ callGasLimit: 50_000n })
    expect(await estimate(100_000n, { callGas })).toMatchObject({ callGasLimit: 123_000n })
    expect(await estimate(100_000n, { callGas, given: { callGasLimit: 7n } })).toMatchObject({ callGasLimit: 7n })
  })
})
