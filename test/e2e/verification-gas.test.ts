import { encodeFunctionData, parseAbi, parseEther } from 'viem'
import { expect, test } from 'vitest'
import { VerificationGasExceededError, and, definePolicy, equals, every, length, oneOf, slice } from '../../ts-sdk/src/index.ts'
import { type Fixture, useFixture } from '../integration/sdk-fixture.ts'

/** A condition on every element of an array costs gas for each: what bundlers do not take is refused before it is signed. */

const TIMEOUT = 60_000
const abi = parseAbi(['function tag(bytes[] labels)'])

let fixture: Fixture
useFixture((opened) => {
  fixture = opened
})

test('an operation that takes more than 500,000 gas to validate is refused with the figure', { timeout: TIMEOUT }, async () => {
  const target = fixture.newKey().address
  const first = every(slice(0, 1, equals(1n)))
  const several = and(first, every(length(oneOf([1n, 2n]))), every(slice(-1, 1, equals(1n))))
  const newSession = async (labels: typeof first | typeof several) =>
    fixture.newSession(
      '0.7',
      definePolicy({
        validUntil: (await fixture.now()) + 86_400n,
        nativeLimit: { amount: parseEther('1'), period: 'year' },
        callPolicies: [{ target, abi, functionName: 'tag', args: { labels } }],
      }),
    )
  // As many labels as an operation of 8,192 bytes has room for.
  const data = encodeFunctionData({ abi, args: [Array.from({ length: 75 }, () => '0x01' as const)] })
  const calls = [{ to: target, data }]
  const cheap = await newSession(first)
  await expect(cheap.client.prepareUserOperation({ account: cheap.account, calls })).resolves.toMatchObject({ sender: cheap.account.address })
  const { client, account } = await newSession(several)
  const refusal: unknown = await client.prepareUserOperation({ account, calls }).catch((error: unknown) => error)
  if (!(refusal instanceof VerificationGasExceededError)) throw refusal
  expect(refusal).toMatchObject({ code: 'VerificationGasExceeded', limit: 500_000n })
  expect(refusal.gas).toBeGreaterThan(500_000n)
  expect(refusal.message).toContain(`takes ${refusal.gas} gas`)
  // Whoever knows better says so.
  const own = { verificationGasLimit: 900_000n, callGasLimit: 200_000n, preVerificationGas: 500_000n }
  await expect(client.prepareUserOperation({ account, calls, ...own })).resolves.toMatchObject(own)
})
