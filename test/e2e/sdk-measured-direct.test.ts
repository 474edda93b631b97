import { type Address, encodeFunctionData, parseAbi, parseEther } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type CallRequest,
  type SenderClient,
  definePolicy,
  encodeRedeemDelegations,
  redeemAsKey,
  relayRedemption,
  sendCall,
  signRedemption,
} from '../../ts-sdk/src/index.ts'
import { type Fixture, openFixture, refusalOf, tokenAbi } from './sdk-fixture.ts'

/** A measured key without a bundler: the module opens and closes the frame itself, and counts what both lanes took. */

const TIMEOUT = 60_000
const fromAbi = parseAbi(['function transferFrom(address from, address to, uint256 amount) returns (bool)'])

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture()
}, TIMEOUT)
afterAll(async () => {
  await fixture?.stack.stop()
})

async function open() {
  const { usdc, publicClient } = fixture
  const payee = fixture.newKey().address
  const validUntil = (await fixture.now()) + 86_400n
  const session = await fixture.newSession(
    '0.7',
    definePolicy({
      validUntil,
      nativeLimit: { amount: parseEther('0.5'), period: 'year' },
      tokenLimits: [{ token: usdc, amount: 100n, period: 'year' }],
      measured: {},
      directLane: true,
      callPolicies: [
        { target: usdc, abi: tokenAbi, functionName: 'transfer' },
        { target: usdc, abi: fromAbi, functionName: 'transferFrom', mark: 'uncapped' },
      ],
    }),
  )
  const account = session.owner.address
  const allow = encodeFunctionData({ abi: tokenAbi, functionName: 'approve', args: [account, 1_000n] })
  await publicClient.waitForTransactionReceipt({ hash: await session.wallet.sendTransaction({ to: usdc, data: allow }) })
  const call = (data: CallRequest['data']): CallRequest => ({ to: usdc, data: data ?? '0x' })
  const relayer = await fixture.newFundedKey()
  return {
    ...session,
    ofKey: fixture.walletOf(session.key) as SenderClient,
    relay: fixture.walletOf(relayer) as SenderClient,
    charged: (amount: bigint) => call(encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [payee, amount] })),
    /** Moves what no limit counts by its call data: only measuring finds it. */
    uncounted: (amount: bigint, to: Address = payee) =>
      call(encodeFunctionData({ abi: fromAbi, functionName: 'transferFrom', args: [account, to, amount] })),
    spent: async () => (await session.account.readKeyState()).usage.meterSpent,
    received: () => publicClient.readContract({ abi: tokenAbi, address: usdc, functionName: 'balanceOf', args: [payee] }),
  }
}

test("the key's own transactions, signed ones and operations are charged what they took", { timeout: TIMEOUT }, async () => {
  const { of, key, ofKey, relay, charged, uncounted, spent, received, send } = await open()
  await redeemAsKey(ofKey, { ...of, calls: [charged(10n), uncounted(15n)] })
  expect(await spent()).toBe(25n)
  const signed = await signRedemption(fixture.publicClient, { ...of, signer: key, calls: [uncounted(20n)] })
  await relayRedemption(relay, signed)
  expect(await spent()).toBe(45n)
  expect(await send(uncounted(5n))).toBe(true)
  expect(await spent()).toBe(50n)

  // The dry run knows what calls say. What they do is found when the transaction is estimated.
  const over = await refusalOf(redeemAsKey(ofKey, { ...of, calls: [charged(20n), uncounted(31n)] }))
  expect(over).toMatchObject({ code: 'SpendingLimitExceeded', limit: 100n, used: 70n, attempted: 31n })
  expect(await received()).toBe(50n)
  await redeemAsKey(ofKey, { ...of, calls: [charged(20n), uncounted(30n)] })
  expect([await spent(), await received()]).toEqual([100n, 100n])
})

test('several redemptions of one ERC-7710 transaction stand in frames of their own, all or none', { timeout: TIMEOUT }, async () => {
  const { of, key, relay, charged, uncounted, spent, received } = await open()
  const sign = (nonce: bigint, ...calls: CallRequest[]) => signRedemption(fixture.publicClient, { ...of, signer: key, calls, nonce })
  const first = await sign(0n, uncounted(60n))
  const second = await sign(1n, charged(10n), uncounted(30n))
  const tooMuch = await sign(1n, charged(10n), uncounted(31n))
  const refusal = await refusalOf(sendCall(relay, encodeRedeemDelegations([first, tooMuch])))
  expect(refusal).toMatchObject({ code: 'SpendingLimitExceeded', used: 70n, attempted: 31n })
  expect([await spent(), await received()]).toEqual([0n, 0n])
  await sendCall(relay, encodeRedeemDelegations([first, second]))
  expect([await spent(), await received()]).toEqual([100n, 100n])
})
