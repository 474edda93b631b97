import { type Address, encodeFunctionData, parseAbi, parseEther } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  type CallRequest,
  type EntryPointVersion,
  call,
  chargedAmount,
  definePolicy,
  element,
  sendAsSessionKey,
} from '../../ts-sdk/src/index.ts'
import { type Fixture, useFixture, refusalOf, tokenAbi } from '../integration/sdk-fixture.ts'

/** Meters of anything, and a checker that is asked about every call, in both lanes and in the dry run. */

const TIMEOUT = 90_000
const payAbi = parseAbi(['function swap(address paid, uint256 amount, address bought, uint256 amountOut) payable'])
const batchAbi = parseAbi(['function batch(bytes[] calls, uint256[] amounts)'])
/** The checker allows what has an even first argument. */
const EVEN: Address = '0x00000000000000000000000000000000c0ffee00'
const ODD: Address = '0x00000000000000000000000000000000c0ffee01'

let fixture: Fixture
useFixture((opened) => {
  fixture = opened
})

const transfer = (to: Address, amount: bigint): CallRequest => fixture.transfer(to, amount)

describe.concurrent.each<EntryPointVersion>(['0.7', '0.8', '0.9'])('on EntryPoint v%s, in both lanes', (entryPoint) => {
  async function open(changes: Partial<Parameters<typeof definePolicy>[0]> = {}) {
    const router = await fixture.deployMock('HostileRouter')
    const policy = definePolicy({
      validUntil: (await fixture.now()) + 86_400n,
      nativeLimit: { amount: parseEther('0.5'), period: 'year' },
      meters: {
        orders: { amount: 6n, period: 'year' },
        moved: [
          { amount: 50n, period: 'operation' },
          { amount: 100n, period: 'year' },
        ],
        tips: { amount: 10n, period: 'lifetime' },
      },
      callPolicies: [
        {
          target: fixture.usdc,
          abi: tokenAbi,
          functionName: 'transfer',
          mark: 'uncapped',
          charges: [
            { meter: 'orders', by: 'count' },
            { meter: 'moved', by: { argument: 'amount' } },
          ],
        },
        {
          target: router.address,
          abi: payAbi,
          functionName: 'swap',
          value: 100n,
          charges: [
            { meter: 'orders', by: 'count' },
            { meter: 'moved', by: { argument: 'amountOut' } },
            { meter: 'tips', by: 'value' },
          ],
        },
      ],
      directLane: true,
      ...changes,
    })
    const session = await fixture.newSession(entryPoint, policy)
    const { account, key } = session
    const sendDirect = (...calls: CallRequest[]) => sendAsSessionKey(fixture.walletOf(key), { account, calls, lane: 'direct' })
    return {
      ...session,
      sendDirect,
      /** Pays nothing, says that it moves `amountOut`, and gets it back. */
      swap: (amountOut: bigint, value = 0n): CallRequest => ({
        to: router.address,
        value,
        data: encodeFunctionData({ abi: payAbi, functionName: 'swap', args: [EVEN, 0n, fixture.usdc, amountOut] }),
      }),
      fill: () =>
        fixture.walletOf(key).writeContract({ abi: tokenAbi, address: fixture.usdc, functionName: 'mint', args: [router.address, 1_000n] }),
      /** By every way of acting, the dry runs included. */
      refusals: (...calls: CallRequest[]) =>
        Promise.all([
          refusalOf(session.client.sendSessionOperation({ calls })),
          refusalOf(account.preview({ calls })),
          refusalOf(sendDirect(...calls)),
          refusalOf(account.signRedemption({ calls })),
        ]),
    }
  }

  test('permissions share meters, which count calls, values and arguments', { timeout: TIMEOUT }, async () => {
    const { send, sendDirect, swap, fill, refusals, account } = await open()
    await fixture.publicClient.waitForTransactionReceipt({ hash: await fill() })
    const refused = async (calls: readonly CallRequest[], figures: object) => {
      for (const refusal of await refusals(...calls)) expect(refusal).toMatchObject({ code: 'SpendingLimitExceeded', ...figures })
    }

    // Per operation and per year at once, over both permissions.
    await refused([transfer(EVEN, 30n), swap(21n)], { limit: 50n, used: 0n, attempted: 51n, resetsAt: null })
    expect(await send(transfer(EVEN, 30n), swap(20n, 7n))).toBe(true)
    await refused([swap(0n, 4n)], { limit: 10n, used: 7n, attempted: 4n, left: 3n })
    await sendDirect(swap(10n, 3n), transfer(EVEN, 20n))
    await refused([transfer(EVEN, 21n)], { limit: 100n, used: 80n, attempted: 21n, left: 20n })
    // The fifth and sixth order, and no seventh.
    await refused([swap(1n), transfer(EVEN, 1n), swap(1n)], { limit: 6n, used: 4n, attempted: 3n, left: 2n })
    expect(await send(swap(20n), transfer(EVEN, 0n))).toBe(true)
    await refused([transfer(EVEN, 0n)], { limit: 6n, used: 6n, attempted: 1n, left: 0n })
    expect((await account.readKeyState()).usage.uses).toBe(6n)
  })

  test('amounts in an array and in a call inside of another count as those of arguments do', { timeout: TIMEOUT }, async () => {
    const target = fixture.newKey().address
    const { send, sendDirect, refusals } = await open({
      meters: { sold: { amount: 100n, period: 'year' }, largest: { amount: 40n, period: 'operation' } },
      callPolicies: [
        {
          target,
          abi: batchAbi,
          functionName: 'batch',
          charges: [
            { meter: 'sold', by: { at: { calls: element(1, call(tokenAbi, 'transfer', { amount: chargedAmount() })) } } },
            { meter: 'largest', by: { at: { amounts: element(0, chargedAmount()) } } },
          ],
        },
      ],
    })
    const inner = (amount: bigint) => encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [EVEN, amount] })
    const batch = (sold: bigint, largest: bigint): CallRequest => ({
      to: target,
      data: encodeFunctionData({ abi: batchAbi, args: [[inner(999n), inner(sold)], [largest, 999n]] }),
    })
    expect(await send(batch(60n, 40n))).toBe(true)
    await sendDirect(batch(30n, 20n), batch(4n, 20n))
    for (const refusal of await refusals(batch(7n, 1n))) {
      expect(refusal).toMatchObject({ code: 'SpendingLimitExceeded', limit: 100n, used: 94n, attempted: 7n, left: 6n })
    }
    for (const refusal of await refusals(batch(0n, 21n), batch(0n, 20n))) {
      expect(refusal).toMatchObject({ code: 'SpendingLimitExceeded', limit: 40n, used: 0n, attempted: 41n })
    }
    const data = encodeFunctionData({ abi: batchAbi, args: [[inner(1n)], [1n]] })
    for (const refusal of await refusals({ to: target, data })) expect(refusal).toMatchObject({ code: 'ElementMissing', args: [0n, expect.anything(), 1n, 1n] })
    expect(await send(batch(6n, 40n))).toBe(true)
  })

  test('a checker is asked about every call of a batch', { timeout: TIMEOUT }, async () => {
    const checker = (await fixture.deployMock('MockChecker')).address
    const { send, sendDirect, refusals } = await open({ checker })
    const before = await balanceOf(EVEN)
    expect(await send(transfer(EVEN, 1n), transfer(EVEN, 2n))).toBe(true)
    await sendDirect(transfer(EVEN, 4n))
    for (const refusal of await refusals(transfer(EVEN, 1n), transfer(ODD, 1n))) {
      expect(refusal).toMatchObject({ code: 'CheckerRefused', callIndex: 1n, target: checker })
    }
    // Other tests pay to the same address, never back.
    expect((await balanceOf(EVEN)) - before).toBeGreaterThanOrEqual(7n)
    expect(await balanceOf(ODD)).toBe(0n)
  })

  // The first limit is counted in the usage word, the others by meters.
  test.each([
    ['the first', [3, 5, 9], 'RateLimitExceeded'],
    ['the last', [9, 5, 3], 'SpendingLimitExceeded'],
  ] as const)('several rate limits hold at once: %s', { timeout: TIMEOUT }, async (_, counts, code) => {
    const { send, sendDirect, refusals } = await open({
      meters: {},
      callPolicies: [{ target: fixture.usdc, abi: tokenAbi, functionName: 'transfer', mark: 'uncapped' }],
      rateLimits: counts.map((count, index) => ({ count, period: (['year', 'lifetime', 'month'] as const)[index] ?? 'year' })),
    })
    const one = transfer(EVEN, 0n)
    expect(await send(one, one)).toBe(true)
    await sendDirect(one)
    for (const refusal of await refusals(one)) expect(refusal).toMatchObject({ code, limit: 3n, used: 3n, attempted: 1n })
  })
})

const balanceOf = (holder: Address): Promise<bigint> => fixture.balanceOf(holder)
