import { type Hex, concat, encodeFunctionData, padHex, parseAbi, parseEther, toHex } from 'viem'
import { expect, test } from 'vitest'
import { VerificationGasExceededError, definePolicy, equals, every, slice } from '../../ts-sdk/src/index.ts'
import { type Fixture, useFixture } from '../integration/sdk-fixture.ts'

/** A condition on every element of an array costs gas for each: what bundlers do not take is refused before it is signed. */

const TIMEOUT = 60_000
const abi = parseAbi(['function tag(bytes[] labels)'])

let fixture: Fixture
useFixture((opened) => {
  fixture = opened
})

/** Call data of `count` labels that are one and the same: the longest arrays that an operation has room for. */
function manyLabels(count: number): Hex {
  const word = (value: number) => toHex(value, { size: 32 })
  const selector = encodeFunctionData({ abi, args: [[]] }).slice(0, 10) as Hex
  const offsets = Array.from({ length: count }, () => word(32 * count))
  return concat([selector, word(32), word(count), ...offsets, word(1), padHex('0x01', { dir: 'right', size: 32 })])
}

test('an operation that takes more than 500,000 gas to validate is refused with the figure', { timeout: TIMEOUT }, async () => {
  const target = fixture.newKey().address
  const policy = definePolicy({
    validUntil: (await fixture.now()) + 86_400n,
    nativeLimit: { amount: parseEther('1'), period: 'year' },
    callPolicies: [{ target, abi, functionName: 'tag', args: { labels: every(slice(0, 1, equals(1n))) } }],
  })
  const { client, account } = await fixture.newSession('0.7', policy)
  const prepare = (count: number): Promise<unknown> =>
    client.prepareUserOperation({ account, calls: [{ to: target, data: manyLabels(count) }] })
  await expect(prepare(100)).resolves.toMatchObject({ sender: account.address })
  const refusal: unknown = await prepare(200).catch((error: unknown) => error)
  if (!(refusal instanceof VerificationGasExceededError)) throw refusal
  expect(refusal).toMatchObject({ code: 'VerificationGasExceeded', limit: 500_000n })
  expect(refusal.gas).toBeGreaterThan(500_000n)
  expect(refusal.message).toContain(`takes ${refusal.gas} gas`)
  // Whoever knows better says so.
  const own = { verificationGasLimit: 900_000n, callGasLimit: 200_000n, preVerificationGas: 500_000n }
  const calls = [{ to: target, data: manyLabels(200) }]
  await expect(client.prepareUserOperation({ account, calls, ...own })).resolves.toMatchObject(own)
})
