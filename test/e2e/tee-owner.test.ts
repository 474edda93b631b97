import { encodeFunctionData, parseEther } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  ClientUnfitError,
  TeeAttestationRefusedError,
  definePolicy,
  equals,
  sessionKeyAgentActions,
  sessionKeyOwnerActions,
  sessionKeyReaderActions,
  toOwnedAccount,
  toSessionKeyAccount,
} from '../../ts-sdk/src/index.ts'
import { type Faults, openEnclave, teeOwner } from '../../ts-sdk/test/accounts/teeEnclave.ts'
import { type Fixture, useFixture, stackVersion, tokenAbi } from '../integration/sdk-fixture.ts'

const TIMEOUT = 60_000
const clock = (): number => Math.floor(Date.now() / 1000)

let fixture: Fixture
useFixture((opened) => {
  fixture = opened
})

/** An account whose owner is in an enclave, with a recovery signer and a guardian outside of it. */
async function openAccount(entryPoint: '0.7' | '0.8' | '0.9', faults: Faults = {}) {
  const opened = openEnclave(clock, faults)
  const account = await toOwnedAccount({
    client: fixture.publicClient,
    factory: fixture.stack.addresses.ownedAccountFactory[stackVersion[entryPoint]],
    owners: [teeOwner(opened, clock), fixture.newKey().address],
    threshold: 1,
    guardian: fixture.newKey().address,
    entryPoint,
  })
  await fixture.fund(account.address)
  return { account, handed: opened.handed }
}

describe('an owner in a TEE', () => {
  test.each(['0.7', '0.8', '0.9'] as const)(
    'grants, updates and revokes a session key on EntryPoint v%s',
    { timeout: TIMEOUT },
    async (entryPoint) => {
      const { module, publicClient, bundler, usdc } = fixture
      const { account, handed } = await openAccount(entryPoint)
      const [agent, payee] = [fixture.newKey(), fixture.newKey().address]
      const policyOf = async (amount: bigint) =>
        definePolicy({
          validUntil: (await fixture.now()) + 86_400n,
          nativeLimit: { amount: parseEther('0.05'), period: 'year' },
          tokenLimits: [{ token: usdc, amount, period: 'year' }],
          rateLimits: [{ count: 10, period: 'year' }],
          callPolicies: [{ target: usdc, abi: tokenAbi, functionName: 'transfer', args: { to: equals(payee) } }],
        })
      const owner = fixture.bundlerClientOf(account).extend(sessionKeyOwnerActions({ module }))
      const creation = await owner.sendUserOperation({ calls: [{ to: payee, value: 0n }] })
      await owner.waitForUserOperationReceipt({ hash: creation })
      await owner.grantSessionKey({ key: agent.address, policy: await policyOf(100n) })
      const policy = await policyOf(200n)
      await owner.updateSessionKey({ key: agent.address, policy })

      const signer = await toSessionKeyAccount({ client: publicClient, bundler, account: account.address, module, policy, signer: agent, entryPoint })
      const client = fixture.bundlerClientOf(signer).extend(sessionKeyAgentActions())
      const data = encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [payee, 150n] })
      const hash = await client.sendSessionOperation({ calls: [{ to: usdc, data }] })
      expect((await client.waitForUserOperationReceipt({ hash })).success).toBe(true)

      await owner.revokeSessionKey({ key: agent.address })
      const reader = publicClient.extend(sessionKeyReaderActions({ module }))
      expect((await reader.getSessionKey({ account: account.address, key: agent.address })).standing).toBe('notGranted')
      expect(handed).toEqual(['attest', ...Array.from({ length: 4 }, () => `operation of ${account.address}`)])
    },
  )

  test('signs nothing when its enclave runs other code', { timeout: TIMEOUT }, async () => {
    const { account, handed } = await openAccount('0.7', { measurement: `0x${'52'.repeat(32)}` })
    const call = { to: fixture.newKey().address, value: 0n }
    const sent = fixture.bundlerClientOf(account).sendUserOperation({ calls: [call] })
    await expect(sent).rejects.toSatisfy((error: { walk: (is: (it: unknown) => boolean) => unknown }) => error.walk((it) => it instanceof TeeAttestationRefusedError) !== null)
    expect(handed).toEqual(['attest'])
  })

  test('cannot be replaced by owners that are addresses only', { timeout: TIMEOUT }, async () => {
    const owners = [fixture.newKey().address, fixture.newKey().address]
    const opening = toOwnedAccount({ client: fixture.publicClient, factory: fixture.stack.addresses.ownedAccountFactory.v07, owners, threshold: 1 })
    await expect(opening).rejects.toThrow(ClientUnfitError)
  })
})
