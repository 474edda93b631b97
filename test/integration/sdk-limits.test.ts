import { type Address, encodeFunctionData, parseEther } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type CallRequest,
  type SessionKeyRefusedError,
  definePolicy,
  findRefusal,
  sessionKeyAgentActions,
  sessionKeyOwnerActions,
  sessionKeyReaderActions,
  toSessionKeyAccount,
} from '../../ts-sdk/src/index.ts'
import { type Fixture, openFixture, tokenAbi } from './sdk-fixture.ts'

const TIMEOUT = 60_000

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture()
}, TIMEOUT)
afterAll(async () => {
  await fixture?.stack.stop()
})

const transfer = (to: Address, amount: bigint): CallRequest => ({
  to: fixture.usdc,
  data: encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [to, amount] }),
})

async function refusalOf(action: Promise<unknown>): Promise<SessionKeyRefusedError> {
  const refusal = await action.then(
    () => undefined,
    (error: unknown) => findRefusal(error),
  )
  if (!refusal) throw new Error('nothing was refused')
  return refusal
}

test(
  'meters by name, a second rate limit, and ceilings of the account over an uncapped key',
  { timeout: TIMEOUT },
  async () => {
    const { module, publicClient, bundler, usdc } = fixture
    const [agent, payee, guardian] = [fixture.newKey(), fixture.newKey().address, await fixture.newFundedKey()]
    const { owner, wallet } = await fixture.newDelegatedOwner('0.7', guardian.address)
    const ownerClient = wallet.extend(sessionKeyOwnerActions({ module }))
    const reader = publicClient.extend(sessionKeyReaderActions({ module }))
    // Periods of a year: none ends while the test runs.
    const policy = definePolicy({
      validUntil: (await fixture.now()) + 86_400n,
      nativeLimit: { amount: parseEther('0.5'), period: 'year' },
      rateLimits: [
        { count: 100, period: 'year' },
        { count: 4, period: 'lifetime' },
      ],
      meters: {
        paid: [
          { amount: 30n, period: 'operation' },
          { amount: 60n, period: 'year' },
        ],
      },
      callPolicies: [
        {
          target: usdc,
          abi: tokenAbi,
          functionName: 'transfer',
          mark: 'uncapped',
          charges: [{ meter: 'paid', by: { argument: 'amount' } }],
        },
      ],
    })
    await ownerClient.grantSessionKey({ key: agent.address, policy })
    const account = await toSessionKeyAccount({
      client: publicClient,
      bundler,
      account: owner.address,
      module,
      policy,
      signer: agent,
    })
    const client = fixture.bundlerClientOf(account).extend(sessionKeyAgentActions())
    const send = async (...calls: CallRequest[]) => {
      const hash = await client.sendSessionOperation({ calls })
      expect((await client.waitForUserOperationReceipt({ hash })).success).toBe(true)
    }

    await send(transfer(payee, 20n), transfer(payee, 10n))
    expect(await refusalOf(client.sendSessionOperation({ calls: [transfer(payee, 31n)] }))).toMatchObject({
      code: 'SpendingLimitExceeded',
      limit: 30n, attempted: 31n, resetsAt: null,
    })

    await ownerClient.setCeiling({ token: usdc, amount: 20n, period: 'year' })
    await ownerClient.setCeiling({ amount: parseEther('1'), period: 'year' })
    await send(transfer(payee, 15n))
    expect(await refusalOf(client.sendSessionOperation({ calls: [transfer(payee, 6n)] }))).toMatchObject({
      code: 'CeilingExceeded',
      token: usdc, limit: 20n, used: 15n, attempted: 6n, left: 5n,
    })
    expect(await reader.getCeiling({ account: owner.address, token: usdc })).toMatchObject({ cap: 20n, used: 15n, left: 5n })
    const native = await reader.getCeiling({ account: owner.address })
    expect(native?.used).toBeGreaterThan(0n)
    const preview = await account.preview({ calls: [transfer(payee, 5n)] })
    expect(preview.ceilings.find((it) => it.token === usdc)).toMatchObject({ charge: 5n, left: 0n })
    expect(preview.meters.map((it) => it.left)).toEqual([25n, 10n, 0n])
    await ownerClient.liftCeiling({ token: usdc })

    await send(transfer(payee, 15n))
    expect(await refusalOf(client.sendSessionOperation({ calls: [transfer(payee, 0n)] }))).toMatchObject({
      code: 'SpendingLimitExceeded',
      limit: 4n, used: 4n, attempted: 1n, resetsAt: null,
    })
    const status = await reader.getSessionKey({ account: owner.address, key: agent.address, policy })
    expect(status.hasCeilings).toBe(true)
    expect(status.limits.filter((it) => it.kind === 'meter').map((it) => it.left)).toEqual([30n, 0n])
    expect(status.limits.filter((it) => it.kind === 'rate').map((it) => it.left)).toEqual([0n, 96n])
  },
)
