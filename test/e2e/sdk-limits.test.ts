import { type Address, parseEther } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  type CallRequest,
  type EntryPointVersion,
  definePolicy,
  sendAsSessionKey,
  sessionKeyAgentActions,
  sessionKeyOwnerActions,
  sessionKeyReaderActions,
  toSessionKeyAccount,
} from '../../ts-sdk/src/index.ts'
import { type Fixture, useFixture, tokenAbi, refusalOf } from '../integration/sdk-fixture.ts'

const TIMEOUT = 60_000

let fixture: Fixture
useFixture((opened) => {
  fixture = opened
})

const transfer = (to: Address, amount: bigint): CallRequest => fixture.transfer(to, amount)

describe.concurrent.each<EntryPointVersion>(['0.7', '0.8', '0.9'])('on EntryPoint v%s, in both lanes', (entryPoint) => {
  test('meters by name, a second rate limit, and ceilings of the account over an uncapped key', { timeout: TIMEOUT }, async () => {
    const { module, publicClient, bundler, usdc } = fixture
    const [agent, payee, guardian] = [await fixture.newFundedKey(), fixture.newKey().address, await fixture.newFundedKey()]
    const { owner, wallet } = await fixture.newDelegatedOwner(entryPoint, guardian.address)
    const ownerClient = wallet.extend(sessionKeyOwnerActions({ module }))
    const reader = publicClient.extend(sessionKeyReaderActions({ module }))
    // Periods of a year: none ends while the test runs.
    const policy = definePolicy({
      validUntil: (await fixture.now()) + 86_400n,
      nativeLimit: { amount: parseEther('0.5'), period: 'year' },
      rateLimits: [
        { count: 100, period: 'year' },
        { count: 5, period: 'lifetime' },
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
      directLane: true,
    })
    await ownerClient.installExecutor()
    await ownerClient.grantSessionKey({ key: agent.address, policy })
    const account = await toSessionKeyAccount({
      client: publicClient,
      bundler,
      account: owner.address,
      module,
      policy,
      signer: agent,
      entryPoint,
    })
    const client = fixture.bundlerClientOf(account).extend(sessionKeyAgentActions())
    const send = async (...calls: CallRequest[]) => {
      const hash = await client.sendSessionOperation({ calls })
      expect((await client.waitForUserOperationReceipt({ hash })).success).toBe(true)
    }

    const sendDirect = (...calls: CallRequest[]) =>
      sendAsSessionKey(fixture.walletOf(agent), { account, calls, lane: 'direct' })
    const refusals = async (...calls: CallRequest[]) => [
      await refusalOf(client.sendSessionOperation({ calls })),
      await refusalOf(sendDirect(...calls)),
      await refusalOf(account.signRedemption({ calls })),
    ]

    await send(transfer(payee, 20n), transfer(payee, 10n))
    for (const refusal of await refusals(transfer(payee, 31n))) {
      expect(refusal).toMatchObject({ code: 'SpendingLimitExceeded', limit: 30n, attempted: 31n, resetsAt: null })
    }

    await ownerClient.setCeiling({ token: usdc, amount: 20n, period: 'year' })
    await ownerClient.setCeiling({ amount: parseEther('1'), period: 'year' })
    await sendDirect(transfer(payee, 10n))
    await send(transfer(payee, 5n))
    for (const refusal of await refusals(transfer(payee, 6n))) {
      expect(refusal).toMatchObject({ code: 'CeilingExceeded', token: usdc, limit: 20n, used: 15n, attempted: 6n, left: 5n })
    }
    expect(await reader.getCeiling({ account: owner.address, token: usdc })).toMatchObject({ cap: 20n, used: 15n, left: 5n })
    const native = await reader.getCeiling({ account: owner.address })
    expect(native?.used).toBeGreaterThan(0n)
    const preview = await account.preview({ calls: [transfer(payee, 5n)] })
    expect(preview.ceilings.find((it) => it.token === usdc)).toMatchObject({ charge: 5n, left: 0n })
    expect(preview.meters.map((it) => it.left)).toEqual([25n, 10n, 0n])
    const direct = await account.previewRedeem({ calls: [transfer(payee, 5n)] })
    expect(direct.ceilings.map((it) => [it.token, it.charge, it.left])).toEqual([[usdc, 5n, 0n]])
    expect(direct.meters).toEqual(preview.meters)
    await ownerClient.liftCeiling({ token: usdc })

    await sendDirect(transfer(payee, 15n))
    for (const refusal of await refusals(transfer(payee, 0n))) {
      expect(refusal).toMatchObject({ code: 'SpendingLimitExceeded', limit: 5n, used: 5n, attempted: 1n, resetsAt: null })
    }
    const status = await reader.getSessionKey({ account: owner.address, key: agent.address, policy })
    expect(status.hasCeilings).toBe(true)
    expect(status.limits.filter((it) => it.kind === 'meter').map((it) => it.left)).toEqual([30n, 0n])
    expect(status.limits.filter((it) => it.kind === 'rate').map((it) => it.left)).toEqual([0n, 95n])
  })
})
