import type { Address, Hex } from 'viem'
import { parseEther } from 'viem'
import { describe, expect, test } from 'vitest'
import { type CallRequest, type EntryPointVersion, type Policy, definePolicy, toSessionKeyAccount } from '../../ts-sdk/src/index.ts'
import { type Fixture, refusalOf, useFixture } from '../integration/sdk-fixture.ts'
import { CONDITION_CASES, type ConditionCall, account as example, named } from '../vectors/conditionCases.ts'

/** Real call data of every example, and what is wrong with it, through a bundler. */

const TIMEOUT = 120_000
/** Leaves, set proofs and call data of so many calls stay below the 8,192 bytes of a bundler's operation. */
const CALLS_PER_OPERATION = 3

let fixture: Fixture
useFixture((opened) => {
  fixture = opened
})

const targetOf = (name: string): Address => named(`target of ${name}`)
/** The examples name an account of their own as the recipient. */
const forAccount = (address: Address, text: Hex): Hex => text.replaceAll(example.slice(2).toLowerCase(), address.slice(2).toLowerCase()) as Hex

const callOf = (address: Address, name: string, { data, value = 0n }: ConditionCall): CallRequest => ({
  to: targetOf(name),
  data: forAccount(address, data),
  value,
})

function policyOf(now: bigint): Policy {
  return definePolicy({
    validUntil: now + 86_400n,
    nativeLimit: { amount: parseEther('0.5'), period: 'year' },
    callPolicies: CONDITION_CASES.map(({ name, policy }) => ({ ...policy, target: targetOf(name), mark: 'uncapped' as const })),
  })
}

describe.concurrent.each<EntryPointVersion>(['0.7', '0.8', '0.9'])('on EntryPoint v%s', (entryPoint) => {
  test('every call that the conditions allow is taken, and every kind of refusal comes from the account itself', { timeout: TIMEOUT }, async () => {
    const { module, publicClient, bundler } = fixture
    const session = await fixture.newSession(entryPoint, policyOf(await fixture.now()))
    const { address } = session.account
    const allowed = CONDITION_CASES.flatMap(({ name, calls }) => {
      const first = calls.find(({ expected }) => expected === 'holds')
      return first ? [callOf(address, name, first)] : []
    })
    expect(allowed).toHaveLength(CONDITION_CASES.length)
    for (let at = 0; at < allowed.length; at += CALLS_PER_OPERATION) {
      expect(await session.send(...allowed.slice(at, at + CALLS_PER_OPERATION))).toBe(true)
    }

    // A client that checks nothing leaves it to the account, which the bundler asks.
    const careless = fixture.bundlerClientOf(
      await toSessionKeyAccount({
        client: publicClient,
        bundler,
        account: address,
        module,
        policy: session.policy,
        signer: session.key,
        entryPoint,
        precheck: false,
      }),
    )
    const refused = new Map(CONDITION_CASES.flatMap(({ name, calls }) => calls.map((it) => [it.expected, { name, it }] as const)))
    refused.delete('holds')
    expect(refused.size).toBe(8)
    for (const [expected, { name, it }] of refused) {
      const calls = [callOf(address, name, it)]
      const code = { code: expected }
      expect(await refusalOf(session.client.sendSessionOperation({ calls }))).toMatchObject(code)
      expect(await refusalOf(careless.sendUserOperation({ calls }))).toMatchObject(code)
    }
  })
})
