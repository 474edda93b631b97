import { type Address, parseEther } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  type EntryPointVersion,
  OWNER_ROUTE,
  type Policy,
  SessionKeyRefusedError,
  definePolicy,
  equals,
  findRefusal,
  prepareGrantEntry,
  prepareRevocation,
  readKeyState,
  relayRevoke,
  setOwnerRoute,
  signGrant,
  signRevoke,
  submitSignedGrant,
  toEoaGrantSigner,
  toOwnedAccount,
  toOwnersGrantSigner,
  toSessionKeyAccount,
  toSetOwner,
} from '../../ts-sdk/src/index.ts'
import { type Fixture, useFixture, stackVersion, tokenAbi } from '../integration/sdk-fixture.ts'

const DAY = 86_400n
const TIMEOUT = 90_000

let fixture: Fixture
useFixture((opened) => {
  fixture = opened
})

const transfer = (to: Address, amount: bigint) => fixture.transfer(to, amount)

async function policyFor(payee: Address): Promise<Policy> {
  return definePolicy({
    validUntil: (await fixture.now()) + DAY,
    nativeLimit: { amount: parseEther('0.05'), period: 'year' },
    tokenLimits: [{ token: fixture.usdc, amount: 100_000_000n, period: 'year' }],
    rateLimits: [{ count: 10, period: 'year' }],
    callPolicies: [{ target: fixture.usdc, abi: tokenAbi, functionName: 'transfer', args: { to: equals(payee) } }],
  })
}

/** An account of each kind, and how its owner signs. */
async function ownedBy(kind: '7702' | 'factory', entryPoint: EntryPointVersion) {
  const { module, publicClient, stack } = fixture
  if (kind === '7702') {
    const { owner, wallet } = await fixture.newDelegatedOwner(entryPoint, fixture.newKey().address)
    await setOwnerRoute(wallet, { module, route: OWNER_ROUTE })
    return { address: owner.address, signer: toEoaGrantSigner(owner) }
  }
  const owners = [fixture.newKey(), fixture.newKey()]
  const account = await toOwnedAccount({
    client: publicClient,
    factory: stack.addresses.ownedAccountFactory[stackVersion[entryPoint]],
    owners,
    entryPoint,
  })
  await fixture.fund(account.address)
  const client = fixture.bundlerClientOf(account)
  const hash = await client.sendUserOperation({ calls: [{ to: fixture.newKey().address, value: 0n }] })
  await client.waitForUserOperationReceipt({ hash })
  return { address: account.address, signer: toOwnersGrantSigner(owners.map(toSetOwner)) }
}

async function refusalOf(action: Promise<unknown>): Promise<string> {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => findRefusal(reason) ?? reason,
  )
  if (error instanceof SessionKeyRefusedError) return error.message
  throw error ?? new Error('nothing was refused')
}

const CASES = (['0.7', '0.8', '0.9'] as const).flatMap((version) => [
  { version, kind: '7702' as const },
  { version, kind: 'factory' as const },
])

describe.concurrent.each<{ version: EntryPointVersion; kind: '7702' | 'factory' }>(CASES)(
  'a $kind account on EntryPoint v$version',
  ({ version, kind }) => {
    test('the owner signs once, the first operation carries it, the next one need not', { timeout: TIMEOUT }, async () => {
      const { module, publicClient, bundler } = fixture
      const { address, signer: owner } = await ownedBy(kind, version)
      const [agent, payee] = [fixture.newKey(), fixture.newKey().address]
      const policy = await policyFor(payee)
      const entry = await prepareGrantEntry(publicClient, { module, account: address, key: agent.address, policy })
      const elsewhere = { ...entry, chainId: entry.chainId + 1 }
      const deadline = (await fixture.now()) + 3_600n
      const [, carriedGrant] = await signGrant({ owner, entries: [elsewhere, entry], deadline })
      const account = await toSessionKeyAccount({
        client: publicClient,
        bundler,
        account: address,
        module,
        policy,
        signer: agent,
        entryPoint: version,
        ...(carriedGrant && { carriedGrant }),
      })
      const preview = await account.preview({ calls: [transfer(payee, 60_000_000n)] })
      expect(preview.tokens[0]?.left).toBe(40_000_000n)
      await expect(refusalOf(account.preview({ calls: [transfer(payee, 100_000_001n)] }))).resolves.toContain('units of')

      const client = fixture.bundlerClientOf(account)
      const sizes: number[] = []
      for (const amount of [60_000_000n, 40_000_000n]) {
        const hash = await client.sendUserOperation({ calls: [transfer(payee, amount)] })
        const { success } = await client.waitForUserOperationReceipt({ hash })
        expect(success).toBe(true)
        sizes.push((await bundler.getUserOperation({ hash })).userOperation.signature.length)
      }
      expect(sizes[1]).toBeLessThan(sizes[0] ?? 0)
      const state = await readKeyState(publicClient, { module, account: address, key: agent.address })
      expect(state.usage.meterSpent).toBe(100_000_000n)

      const revocation = await prepareRevocation(publicClient, { module, account: address, key: agent.address })
      const signed = await signRevoke({ owner, revocation })
      const relayer = fixture.walletOf(await fixture.newFundedKey())
      await relayRevoke(relayer, signed)
      const after = await readKeyState(publicClient, { module, account: address, key: agent.address })
      expect(after.settings).toMatchObject({ active: false, serial: 2n })
      if (carriedGrant) await expect(refusalOf(submitSignedGrant(relayer, carriedGrant))).resolves.toContain('serial')
    })

    test('anyone submits it as a transaction', { timeout: TIMEOUT }, async () => {
      const { module, publicClient } = fixture
      const { address, signer: owner } = await ownedBy(kind, version)
      const key = fixture.newKey().address
      const policy = await policyFor(fixture.newKey().address)
      const entry = await prepareGrantEntry(publicClient, { module, account: address, key, policy })
      const [signed] = await signGrant({ owner, entries: [entry], deadline: (await fixture.now()) + 3_600n })
      if (!signed) throw new Error('nothing was signed')
      await submitSignedGrant(fixture.walletOf(await fixture.newFundedKey()), signed)
      const { settings } = await readKeyState(publicClient, { module, account: address, key })
      expect(settings).toMatchObject({ active: true, serial: 1n })
    })
  },
)
