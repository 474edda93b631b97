import { type Address, encodeFunctionData, erc20Abi, parseEther, zeroAddress } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CallRequest, type EntryPointVersion, type MeasuredInput, definePolicy } from '../../ts-sdk/src/index.ts'
import { type Fixture, openFixture, refusalOf, tokenAbi } from './sdk-fixture.ts'

/** What a measured key's operations leave and bring in, through the bundler: the estimate says it, the chain holds it. */

const TIMEOUT = 120_000
const HOUR = 3_600n
const PRICE = 2_000n * 10n ** 8n
/** 10 dollars at that price, less one per cent. */
const FAIR = parseEther('0.00495')
const PAID = 10_000_000n

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture()
}, TIMEOUT)
afterAll(async () => {
  await fixture?.stack.stop()
})

/** A key that may spend 1,000 dollars with a router that trades at whatever it is told. */
async function openTrader(entryPoint: EntryPointVersion, rulesFor: (bought: Address, feed: Address) => MeasuredInput) {
  const [router, token, feed] = [
    await fixture.deployMock('HostileRouter'),
    await fixture.deployMock('StrangeToken'),
    await fixture.deployMock('MockFeed'),
  ]
  await token.tell('mint', router.address, 10n ** 30n)
  await fixture.setBalance(router.address, 10n ** 18n)
  await feed.tell('set', PRICE, await fixture.now())
  const usdc = fixture.usdc
  const policy = definePolicy({
    validUntil: (await fixture.now()) + 86_400n,
    nativeLimit: { amount: parseEther('0.5'), period: 'year' },
    tokenLimits: [{ token: usdc, amount: 1_000_000_000n, period: 'year' }],
    measured: { ephemeral: [usdc], ...rulesFor(token.address, feed.address) },
    callPolicies: [
      { target: usdc, abi: tokenAbi, functionName: 'approve' },
      { target: router.address, abi: router.abi, functionName: 'swap' },
    ],
  })
  const session = await fixture.newSession(entryPoint, policy)
  const approve = (amount: bigint): CallRequest => ({
    to: usdc,
    data: encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [router.address, amount] }),
  })
  const swap = (amount: bigint, bought: Address, amountOut: bigint): CallRequest => ({
    to: router.address,
    data: encodeFunctionData({ abi: router.abi, functionName: 'swap', args: [usdc, amount, bought, amountOut] }),
  })
  const read = (address: Address, functionName: 'balanceOf' | 'allowance', ...args: Address[]) =>
    fixture.publicClient.readContract({ abi: erc20Abi, address, functionName, args } as never) as Promise<bigint>
  return {
    ...session,
    feed,
    approve,
    swap,
    bought: token.address,
    trade: (amountOut: bigint) => [approve(PAID), swap(PAID, token.address, amountOut)],
    allowance: () => read(usdc, 'allowance', session.owner.address, router.address),
    held: async () => [await read(usdc, 'balanceOf', session.owner.address), await read(token.address, 'balanceOf', session.owner.address)],
  }
}

describe.concurrent.each<EntryPointVersion>(['0.7', '0.8', '0.9'])('on EntryPoint v%s', (entryPoint) => {
  test('what comes in is held to a price feed, and approvals end with the operation', { timeout: TIMEOUT }, async () => {
    const { send, client, trade, approve, swap, allowance, held, feed, bought, account } = await openTrader(
      entryPoint,
      (token, source) => ({
        minReceived: [
          {
            token,
            spent: fixture.usdc,
            spentDecimals: 6,
            decimals: 18,
            feed: source,
            feedDecimals: 8,
            prices: 'received',
            maxAge: HOUR,
            maxSlippage: 100,
          },
        ],
      }),
    )
    const refusal = (...calls: CallRequest[]) => refusalOf(send(...calls))

    expect(await send(...trade(FAIR))).toBe(true)
    expect(await held()).toEqual([990_000_000n, FAIR])
    expect(await allowance()).toBe(0n)
    expect((await account.readKeyState()).usage.meterSpent).toBe(PAID)

    expect(await refusal(...trade(FAIR - 1n))).toMatchObject({ code: 'ReceivedTooLittle', token: bought, limit: FAIR, attempted: FAIR - 1n })
    const leaving = [approve(PAID + 1n), swap(PAID, bought, FAIR)]
    expect(await refusal(...leaving)).toMatchObject({ code: 'AllowanceLeft', limit: 0n, attempted: 1n })

    // Sent all the same, with gas that nobody estimated: taken, and undone by its own end.
    const gas = { callGasLimit: 500_000n, verificationGasLimit: 400_000n, preVerificationGas: 200_000n }
    for (const calls of [trade(FAIR - 1n), leaving]) {
      const hash = await client.sendSessionOperation({ calls, ...gas })
      expect((await client.waitForUserOperationReceipt({ hash })).success).toBe(false)
    }
    expect(await held()).toEqual([990_000_000n, FAIR])
    expect(await allowance()).toBe(0n)

    const now = await fixture.now()
    await feed.tell('set', PRICE, now - HOUR - 60n)
    const stale = await refusal(...trade(FAIR))
    expect(stale).toMatchObject({ code: 'FeedStale', target: feed.address, limit: HOUR })
    expect(stale.attempted).toBeGreaterThanOrEqual(HOUR + 60n)
    expect(stale.reason).toContain(`${stale.attempted} seconds old`)
    await feed.tell('set', -1n, now)
    expect(await refusal(...trade(FAIR))).toMatchObject({ code: 'FeedAnswerInvalid', target: feed.address, attempted: -1n })
    await feed.tell('set', PRICE, 0n)
    expect(await refusal(...trade(FAIR))).toMatchObject({ code: 'FeedAnswerInvalid' })
    await feed.tell('set', PRICE, now)
    await feed.tell('setRound', 5n, 4n)
    expect(await refusal(...trade(FAIR))).toMatchObject({ code: 'FeedAnswerInvalid', args: [feed.address, 5n, PRICE] })
    await feed.tell('setRound', 5n, 5n)
    expect(await send(...trade(FAIR))).toBe(true)
  })

  test('what comes in is held to fixed amounts, of a token and of native', { timeout: TIMEOUT }, async () => {
    const { send, approve, swap, bought } = await openTrader(entryPoint, (token) => ({
      minReceived: [
        { token, amount: 500n },
        { token: 'native', amount: 1_000n },
      ],
    }))
    const trade = (amountOut: bigint, wei: bigint) => [approve(2n), swap(1n, bought, amountOut), swap(1n, zeroAddress, wei)]
    expect(await send(...trade(500n, 1_000n))).toBe(true)
    expect(await refusalOf(send(...trade(499n, 1_000n)))).toMatchObject({ code: 'ReceivedTooLittle', token: bought, limit: 500n, attempted: 499n })
    expect(await refusalOf(send(...trade(500n, 999n)))).toMatchObject({ code: 'ReceivedTooLittle', token: zeroAddress, limit: 1_000n, attempted: 999n })
  })
})
