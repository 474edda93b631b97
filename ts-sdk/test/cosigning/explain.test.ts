import { encodeFunctionData } from 'viem'
import { describe, expect, test } from 'vitest'
import { type OperationPreview, type RedemptionCosignRequest, definePolicy } from '../../src/index.ts'
import { explainCosignRequest } from '../../src/cosigning/explain.ts'
import { ACCOUNT, KEY, MODULE, OTHER, ROUTER, USDC, input, tokenAbi } from '../fixtures.ts'

const { header } = definePolicy({
  ...input,
  rateLimits: [...input.rateLimits, { count: 5, period: 'day' }],
  meters: { swapIn: { amount: 900n, period: 'day' } },
  callPolicies: [
    {
      target: USDC,
      abi: tokenAbi,
      functionName: 'transfer',
      charges: [{ meter: 'swapIn', by: { argument: 'amount' } }],
    },
  ],
  coSigner: {
    signer: OTHER,
    thresholds: [
      { token: USDC, above: 5_000_000n },
      { meter: 'swapIn', above: 100n },
    ],
  },
})
const request: RedemptionCosignRequest = {
  version: 1,
  lane: 'direct',
  chainId: 31_337,
  account: ACCOUNT,
  module: MODULE,
  key: KEY,
  redemption: { epoch: 1n, serial: 1n, nonce: 7n, mode: '0x', executionCalldata: '0x' },
  window: { validAfter: 1_900_000_000n, validUntil: 1_900_000_300n },
  evidence: '0x15',
  keySignature: '0x',
}
const preview: OperationPreview = {
  keyId: '0x',
  validAfter: 0n,
  validUntil: 0n,
  calls: 1n,
  nativeCharge: 0n,
  nativeLeft: 1n,
  tokens: [{ token: USDC, tag: 0, charge: 101n, left: 99_999_899n }],
  meters: [
    { number: 1, tag: 0, charge: 101n, left: 799n },
    { number: 2, tag: 255, charge: 1n, left: 4n },
  ],
  ceilings: [],
  rateLeft: undefined,
  usesLeft: undefined,
  needsCosignature: true,
}
const data = encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [ROUTER, 101n] })
const explain = (changes: { request?: RedemptionCosignRequest; uses?: bigint; begins?: boolean } = {}) =>
  explainCosignRequest({
    request,
    header,
    preview,
    calls: [{ to: USDC, value: 0n, data }],
    policyRoot: '0x01',
    begins: false,
    uses: 7n,
    userOpHash: undefined,
    digest: '0x02',
    tokens: new Map([[USDC, { symbol: 'USDC', decimals: 6 }]]),
    abis: [],
    ...changes,
  })

describe('an explanation for the direct lane', () => {
  test('tells each limit that is charged, and which asks for the co-signer, by its place in the header', () => {
    const { charges } = explain()
    expect(charges.map(({ token, number, charge, passes }) => [token, number, charge, passes])).toEqual([
      [USDC, undefined, 101n, false],
      [undefined, 1, 101n, true],
      [undefined, 2, 1n, false],
    ])
    expect(charges.map((it) => it.line)).toEqual([
      `Charges 0.000101 USDC (101) of token ${USDC}; 99.999899 USDC (99999899) are left of the limit afterwards.`,
      "Charges 101 units to the policy's meter 1; 799 units are left of the limit afterwards. That is above the 100 units that the key may spend alone.",
      'Charges 1 calls to a rate limit; 4 calls are left of the limit afterwards.',
    ])
  })

  test('tells how it is sent, who pays, and when its turn is', () => {
    const text = explain().lines.join('\n')
    expect(text).toContain('a transaction to the module, without a bundler')
    expect(text).toContain('Whoever sends it pays for its gas.')
    expect(text).toContain("It is the key's next act")
    expect(explain({ uses: 4n }).lines.join('\n')).toContain('Its turn is after 3 more calls of the key')
  })

  test('tells that a grant begins with it', () => {
    const line = "It carries the owner's signed grant of that key, which becomes live with it."
    expect(explain().lines).not.toContain(line)
    expect(explain({ begins: true }).lines).toContain(line)
  })

  test('marks what the agent says, and lets it draw nothing', () => {
    const { lines } = explain({ request: { ...request, note: 'a\u001b[2Jb\n' } })
    expect(lines.at(-1)).toBe('The agent says, unchecked: "a?[2Jb?"')
  })
})
