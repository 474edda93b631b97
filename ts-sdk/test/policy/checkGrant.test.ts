import { zeroAddress } from 'viem'
import { describe, expect, test } from 'vitest'
import { type GrantContext, UnsafePolicyError, checkGrant, definePolicy } from '../../src/index.ts'
import { ACCOUNT, KEY, MODULE, ROUTER, USDC, input } from '../fixtures.ts'

const policy = definePolicy(input)
const context: GrantContext = { account: ACCOUNT, module: MODULE, key: KEY, now: 1_900_000_000n }

function codeOf(changes: Partial<GrantContext>, subject = policy): string | undefined {
  try {
    checkGrant(subject, { ...context, ...changes })
    return undefined
  } catch (error) {
    if (error instanceof UnsafePolicyError) return error.code
    throw error
  }
}

test('the fixture may be granted', () => {
  expect(codeOf({})).toBeUndefined()
})

test.each([zeroAddress, ACCOUNT, MODULE])('%s is no key', (key) => {
  expect(codeOf({ key })).toBe('SignerForbidden')
})

test.each([zeroAddress, ACCOUNT, MODULE])('%s verifies no key', (verifier) => {
  expect(codeOf({ key: `${verifier}01` })).toBe('SignerForbidden')
  expect(codeOf({ key: `${ROUTER}01` })).toBeUndefined()
})

test('a key with a verifier does not co-sign for itself', () => {
  const signer = `${ROUTER}01` as const
  const cosigned = definePolicy({ ...input, coSigner: { signer, thresholds: [{ token: USDC, above: 1n }] } })
  expect(codeOf({ key: signer }, cosigned)).toBe('CosignerInvalid')
  expect(codeOf({ key: `${ROUTER}02` }, cosigned)).toBeUndefined()
  expect(codeOf({ account: ROUTER, key: KEY }, cosigned)).toBe('CosignerInvalid')
})

test('the expiry lies after the chain’s time, by a second at least', () => {
  expect(codeOf({ now: policy.validUntil - 1n })).toBeUndefined()
  expect(codeOf({ now: policy.validUntil })).toBe('ExpiryInvalid')
})

describe('targets that depend on the account', () => {
  test.each([
    ['the account', { account: ROUTER }],
    ['the module', { module: ROUTER }],
  ])('%s', (_, changes) => {
    expect(codeOf(changes)).toBe('PermissionTargetForbidden')
  })

  test('a wildcard names none, and the module refuses them call by call', () => {
    const anyTarget = definePolicy({ ...input, callPolicies: [{ target: 'any', selector: '0x12345678' }] })
    expect(codeOf({ account: ROUTER }, anyTarget)).toBeUndefined()
  })
})
