import { type Address, type Hex, parseEther } from 'viem'
import { expect, test } from 'vitest'
import {
  type CallRequest,
  type PolicyInput,
  type SenderClient,
  definePolicy,
  encodeRedeemDelegations,
  equals,
  previewRedeem,
  redeemAsKey,
  relayRedemption,
  sendAsSessionKey,
  sendCall,
  sessionKeyOwnerActions,
  signRedemption,
  toOwnedAccount,
  toSessionKeyAccount,
} from '../../ts-sdk/src/index.ts'
import { type Fixture, useFixture, stackVersion, tokenAbi, refusalOf } from '../integration/sdk-fixture.ts'

/** The direct lane through the SDK, on both reference accounts. */

const TIMEOUT = 60_000

let fixture: Fixture
useFixture((opened) => {
  fixture = opened
})

const transfer = (to: Address, amount: bigint): CallRequest => fixture.transfer(to, amount)

const balanceOf = (holder: Address): Promise<bigint> => fixture.balanceOf(holder)

const ACCOUNTS = {
  delegated: async (guardian: Address) => {
    const { owner, wallet } = await fixture.newDelegatedOwner('0.7', guardian)
    return { address: owner.address, client: wallet as SenderClient }
  },
  owned: async (guardian: Address) => {
    const account = await toOwnedAccount({
      client: fixture.publicClient,
      factory: fixture.stack.addresses.ownedAccountFactory[stackVersion['0.7']],
      owners: [fixture.newKey()],
      guardian,
    })
    await fixture.fund(account.address)
    return { address: account.address, client: fixture.bundlerClientOf(account) as unknown as SenderClient }
  },
} as const

/** An account of `kind` whose key may transfer 100 dollars a year to `payee`. */
async function open(kind: keyof typeof ACCOUNTS, changes: Partial<PolicyInput> = {}) {
  const { module, publicClient, bundler } = fixture
  const [key, relayer, payee] = [await fixture.newFundedKey(), await fixture.newFundedKey(), fixture.newKey().address]
  const { address: account, client } = await ACCOUNTS[kind](relayer.address)
  const owner = client.extend(sessionKeyOwnerActions({ module }))
  // The factory's account comes to be with its first operation.
  if (kind === 'owned') await owner.setGuardian({ guardian: relayer.address })
  const policy = definePolicy({
    validUntil: (await fixture.now()) + 86_400n,
    nativeLimit: { amount: parseEther('0.05'), period: 'year' },
    tokenLimits: [{ token: fixture.usdc, amount: 100_000_000n, period: 'year' }],
    rateLimits: [{ count: 10, period: 'year' }],
    callPolicies: [{ target: fixture.usdc, abi: tokenAbi, functionName: 'transfer', args: { to: equals(payee) } }],
    directLane: true,
    ...changes,
  })
  await owner.grantSessionKey({ key: key.address, policy })
  const session = await toSessionKeyAccount({ client: publicClient, bundler, account, module, policy, signer: key })
  return { account, module, policy, key, payee, owner, session, ofKey: fixture.walletOf(key), relay: fixture.walletOf(relayer) }
}

for (const kind of ['delegated', 'owned'] as const) {
  test(
    `${kind} account: both lanes, the key's own transactions and signed ones spend one budget`,
    async () => {
      const { account, module, policy, key, payee, owner, session, ofKey, relay } = await open(kind)
      const request = { account, module, policy }
      const calls = (amount: bigint) => [transfer(payee, amount)]

      const early = await refusalOf(redeemAsKey(ofKey, { ...request, calls: calls(1n) }))
      expect([early.code, early.args]).toEqual(['ModuleNotInstalled', [account, 2n]])
      await owner.installExecutor()

      const dry = await previewRedeem(fixture.publicClient, { ...request, key: key.address, calls: calls(20_000_000n) })
      expect(dry).toMatchObject({ calls: 1n, nativeCharge: 0n, rateLeft: 9n })
      expect(dry.tokens[0]).toMatchObject({ charge: 20_000_000n, left: 80_000_000n })

      await redeemAsKey(ofKey, { ...request, calls: calls(20_000_000n) })
      expect(await balanceOf(payee)).toBe(20_000_000n)

      const signed = await signRedemption(fixture.publicClient, { ...request, signer: key, calls: calls(30_000_000n) })
      expect(signed.nonce).toBe(1n)
      await relayRedemption(relay, signed)
      expect(await balanceOf(payee)).toBe(50_000_000n)
      expect((await refusalOf(relayRedemption(relay, signed))).code).toBe('RedemptionNonceInvalid')

      await sendAsSessionKey(fixture.bundlerClientOf(session) as unknown as SenderClient, {
        account: session,
        calls: calls(10_000_000n),
      })
      await sendAsSessionKey(ofKey, { account: session, calls: calls(10_000_000n), lane: 'direct' })
      await sendAsSessionKey(relay, { account: session, calls: [...calls(1_000_000n), ...calls(9_000_000n)], lane: 'direct' })
      expect(await balanceOf(payee)).toBe(80_000_000n)

      const over = await refusalOf(redeemAsKey(ofKey, { ...request, calls: calls(20_000_001n) }))
      expect(over).toMatchObject({ code: 'SpendingLimitExceeded', left: 20_000_000n, attempted: 20_000_001n })
      const overSigned = await refusalOf(session.signRedemption({ calls: calls(20_000_001n) }))
      expect(overSigned.code).toBe('SpendingLimitExceeded')

      const state = await session.readKeyState()
      expect(state.usage).toMatchObject({ meterSpent: 80_000_000n, uses: 6n })
    },
    TIMEOUT,
  )
}

test(
  'several signed redemptions in one ERC-7710 transaction, all or none',
  async () => {
    const { account, module, policy, key, payee, owner, relay } = await open('delegated')
    await owner.installExecutor()
    const sign = (amount: bigint, nonce: bigint) =>
      signRedemption(fixture.publicClient, { account, module, policy, signer: key, calls: [transfer(payee, amount)], nonce })
    const [first, second] = [await sign(60_000_000n, 0n), await sign(40_000_000n, 1n)]
    const tooMuch = await sign(40_000_001n, 1n)
    expect((await refusalOf(sendCall(relay, encodeRedeemDelegations([first, tooMuch])))).code).toBe('SpendingLimitExceeded')
    expect((await refusalOf(sendCall(relay, encodeRedeemDelegations([second, first])))).code).toBe('RedemptionNonceInvalid')
    await sendCall(relay, encodeRedeemDelegations([first, second]))
    expect(await balanceOf(payee)).toBe(100_000_000n)
  },
  TIMEOUT,
)

test(
  'refusals are told by name: a closed lane, a window that is over, a stranger, another payee',
  async () => {
    const { account, module, policy, key, payee, owner, ofKey, relay } = await open('delegated')
    await owner.installExecutor()
    const request = { account, module, policy, calls: [transfer(payee, 1n)] }
    const past = (await fixture.now()) - 1n
    expect(await refusalOf(redeemAsKey(ofKey, { ...request, validUntil: past }))).toMatchObject({
      code: 'RedemptionOutsideWindow',
      limit: past,
    })
    const other = { ...request, calls: [transfer(key.address, 1n)] }
    expect((await refusalOf(redeemAsKey(ofKey, other))).code).toBe('PinnedWordMismatch')
    // A signature by another key for this one's evidence.
    const signed = await signRedemption(fixture.publicClient, { ...request, signer: key })
    const forged = { ...signed, context: `${signed.context.slice(0, -4)}001b` as Hex }
    expect((await refusalOf(relayRedemption(relay, forged))).code).toBe('RedemptionSignatureInvalid')
    const closed = await open('delegated', { directLane: false })
    await closed.owner.installExecutor()
    const { code } = await refusalOf(
      redeemAsKey(closed.ofKey, { account: closed.account, module, policy: closed.policy, calls: [transfer(closed.payee, 1n)] }),
    )
    expect(code).toBe('DirectLaneClosed')
  },
  TIMEOUT,
)
