import { type Address, type Hex, getAddress, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deployModule } from '../../deploy/deployModule.ts'
import { openDelegatedAccount } from '../../bench/account.ts'
import { type Chain, fixedAccount, openChain, ENTRY_POINTS } from '../../bench/chain.ts'
import {
  PERIODS,
  type Policy,
  type PolicyInput,
  type SessionKeyRefusedError,
  type WindowOptions,
  definePolicy,
  encodeGrantSessionKey,
  equals,
  self,
  toSessionKeyAccount,
} from '../../ts-sdk/src/index.ts'

/** What the SDK puts together for an operation is held against the module's own dry run. */

const owner = fixedAccount(30)
const usdc: Address = '0x0000000000000000000000000000000001000001'
const router: Address = '0x0000000000000000000000000000000001000003'

let chain: Chain
let module: Address
beforeAll(async () => {
  chain = await openChain()
  module = await deployModule(chain.deploy)
  await openDelegatedAccount(chain, ENTRY_POINTS['0.7'], module, owner)
  await chain.fund(owner.address, 10n ** 20n)
})
afterAll(() => chain?.close())

let granted = 0
/** The account of a key that was just granted `policy`. */
async function sessionUnder(policy: Policy, window: WindowOptions = {}) {
  const signer = privateKeyToAccount(toHex(0xa9e7_0000 + ++granted, { size: 32 }))
  const { to, data } = encodeGrantSessionKey({ module, key: signer.address, policy, epoch: 1n, serial: 1n })
  await chain.send({ from: owner, to, data })
  const account = (changes: WindowOptions) =>
    toSessionKeyAccount({ client: chain.client, account: owner.address, module, policy, signer, window: changes })
  return { session: await account(window), account }
}

const base = (): PolicyInput => ({
  validUntil: chain.now() + 86_400n * 4_000n,
  nativeLimit: { amount: 10n ** 15n, period: 'lifetime' },
  rateLimits: [{ count: 1_000, period: 'lifetime' }],
  callPolicies: [{ target: router, selector: '0x12345678' }],
})

describe('evidence', () => {
  test('every permission of a large policy can be shown, hot or not, of every kind, alone and in batches', async () => {
    const targets = Array.from({ length: 70 }, (_, index) => getAddress(toHex(0x1000 + index, { size: 20 })))
    const kinds = [
      (target: Address) => ({ target, selector: '0x12345678' as Hex, args: { 0: self(), 2: equals(7n) } }),
      (target: Address) => ({ target, selector: 'none' as const, value: 5n }),
      (target: Address) => ({ target, selector: 'any' as const }),
    ]
    const callPolicies = targets.map((target, index) => ({
      ...(kinds[index % 3] as (typeof kinds)[number])(target),
      hot: index % 20 === 3,
    }))
    const { session } = await sessionUnder(definePolicy({ ...base(), callPolicies }))
    const pinned =
      `0x12345678${[owner.address, toHex(9n, { size: 32 }), toHex(7n, { size: 32 })].map((it) => it.slice(2).toLowerCase().padStart(64, '0')).join('')}` as Hex
    const calls = targets.map(
      (to, index) =>
        [
          { to, data: pinned },
          { to, value: 5n },
          { to, data: '0xdeadbeef' as Hex },
        ][index % 3] as { to: Address; data?: Hex; value?: bigint },
    )
    for (const call of calls) expect((await session.preview({ calls: [call] })).calls).toBe(1n)
    const batch = calls.slice(0, 20).flatMap((call) => [call, call])
    expect((await session.preview({ calls: batch })).calls).toBe(40n)
  })

  test('of two permissions for one function the one that fits is shown', async () => {
    const payees = [router, usdc] as const
    const callPolicies = payees.map((payee) => ({
      target: router,
      selector: '0x12345678' as Hex,
      args: { 0: equals(payee) },
    }))
    const { session } = await sessionUnder(definePolicy({ ...base(), callPolicies }))
    const call = (payee: Address) => ({
      to: router,
      data: `0x12345678${payee.slice(2).toLowerCase().padStart(64, '0')}` as Hex,
    })
    expect((await session.preview({ calls: payees.map(call) })).calls).toBe(2n)
    await expect(session.preview({ calls: [call(owner.address)] })).rejects.toMatchObject({
      code: 'PinnedWordMismatch',
    })
  })
})

describe('windows', () => {
  test('whatever the time and the periods, the module accepts the window that is chosen', async () => {
    const start = chain.now()
    let checked = 0
    for (const [index, period] of PERIODS.entries()) {
      const rate = PERIODS[Math.max(1, (index * 3) % PERIODS.length)] as (typeof PERIODS)[number]
      const policy = definePolicy({
        ...base(),
        nativeLimit: { amount: 10n ** 15n, period },
        rateLimits: [{ count: 1_000, period: rate }],
        tokenLimits: [
          { token: usdc, amount: 1n, period: PERIODS[(index * 5) % PERIODS.length] as (typeof PERIODS)[number] },
        ],
      })
      const { account } = await sessionUnder(policy)
      for (let step = 0n; step < 25n; step++) {
        let now = start + 100n + step * (86_400n * 11n + 3_599n)
        const sleep = async (milliseconds: number) => {
          now += BigInt(milliseconds) / 1000n
        }
        const session = await account({ now: async () => now, sleep })
        const { validAfter, validUntil } = await session.preview({ calls: [{ to: router, data: '0x12345678' }] })
        expect(validAfter < now && now < validUntil).toBe(true)
        checked++
      }
    }
    expect(checked).toBe(200)
  })

  test('the module refuses the windows that the SDK never chooses', async () => {
    const { account } = await sessionUnder(
      definePolicy({ ...base(), nativeLimit: { amount: 10n ** 15n, period: 'hour' } }),
    )
    const hour = ((chain.now() + 7_200n) / 3_600n) * 3_600n
    const ask = async (validAfter: bigint, validUntil: bigint) => {
      const session = await account({ fixed: { validAfter, validUntil } })
      return session.preview({ calls: [{ to: router, data: '0x12345678' }] }).then(
        () => undefined,
        (error: SessionKeyRefusedError) => error.code,
      )
    }
    expect(await ask(hour, hour + 3_599n)).toBeUndefined()
    expect(await ask(hour - 1n, hour)).toBe('WindowCrossesPeriod')
    expect(await ask(hour, hour + 3_600n)).toBe('WindowCrossesPeriod')
    expect(await ask(hour, hour)).toBe('WindowMalformed')
    expect(await ask(hour, 0n)).toBe('WindowMalformed')
    expect(await ask(hour, 2n ** 36n)).toBe('WindowMalformed')
    expect(await ask(hour + 86_400n * 5_000n, hour + 86_400n * 5_000n + 1n)).toBe('WindowOutsideKey')
  })
})
