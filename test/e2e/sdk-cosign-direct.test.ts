import { type Address, type Hex, concat, parseEther } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  type CallRequest,
  CosignatureDeclinedError,
  CosignatureNeededError,
  type CosignRequest,
  InvalidCosignatureError,
  type RedemptionCosignRequest,
  type SenderClient,
  completeCosignedRedemption,
  definePolicy,
  encodeCosignature,
  encodeRedemptionContext,
  findRefusal,
  parseCosignRequest,
  previewRedeem,
  redeemAsKey,
  relayRedemption,
  requestCosignature,
  sendAsSessionKey,
  sendCosignedRedemption,
  serializeCosignRequest,
  sessionKeyOwnerActions,
  signRedemption,
} from '../../ts-sdk/src/index.ts'
import { contentOf } from '../../ts-sdk/src/cosigning/content.ts'
import { type Fixture, useFixture, tokenAbi } from '../integration/sdk-fixture.ts'
import { coSignedAccount, cosignaturesOf, dollarsOf, expectNoneToPass, toPerson } from './cosigning.ts'

/** Co-signing above a threshold in the direct lane: the agent asks, the person is shown it and signs, anybody sends. */

const TIMEOUT = 60_000
const THRESHOLD = 50_000_000n

let fixture: Fixture
useFixture((opened) => {
  fixture = opened
})

const transfer = (to: Address, amount: bigint): CallRequest => fixture.transfer(to, amount)

/** A key that may spend 500 dollars, alone up to 50 at once, and 1 ether, alone up to 0.1. */
async function coSignedKey() {
  const { module, publicClient } = fixture
  const [key, relayer, person] = [await fixture.newFundedKey(), await fixture.newFundedKey(), fixture.newKey()]
  const payee = fixture.newKey().address
  const { owner, wallet } = await fixture.newDelegatedOwner('0.7', relayer.address)
  const actions = (wallet as SenderClient).extend(sessionKeyOwnerActions({ module }))
  await actions.installExecutor()
  const policy = definePolicy({
    validUntil: (await fixture.now()) + 86_400n,
    nativeLimit: { amount: parseEther('1'), period: 'year' },
    tokenLimits: [{ token: fixture.usdc, amount: 500_000_000n, period: 'year' }],
    meters: { paid: { amount: 300_000_000n, period: 'year' } },
    callPolicies: [
      {
        target: fixture.usdc,
        abi: tokenAbi,
        functionName: 'transfer',
        charges: [{ meter: 'paid', by: { argument: 'amount' } }],
      },
      { target: payee, selector: 'none', value: parseEther('1') },
    ],
    directLane: true,
    coSigner: {
      signer: person.address,
      thresholds: [
        { token: fixture.usdc, above: THRESHOLD },
        { token: 'native', above: parseEther('0.1') },
        { meter: 'paid', above: 60_000_000n },
      ],
    },
  })
  await actions.grantSessionKey({ key: key.address, policy })
  const account = coSignedAccount(fixture, { account: owner.address, policy, signer: key })
  const alone = await account()
  const request = async (amount: bigint, note?: string): Promise<RedemptionCosignRequest> => {
    const calls = [transfer(payee, amount)]
    const found = await requestCosignature(publicClient, {
      lane: 'direct',
      account: alone,
      calls,
      ...(note && { note }),
    })
    if (!found) throw new Error('no co-signature is needed')
    return found
  }
  return {
    key,
    person,
    payee,
    policy,
    module,
    account,
    alone,
    request,
    ...toPerson(fixture, person),
    balance: () => dollarsOf(fixture, payee),
    of: { account: owner.address, module, policy },
    ofKey: fixture.walletOf(key),
    relay: fixture.walletOf(relayer),
  }
}

const codeOf = (action: Promise<unknown>): Promise<string | undefined> =>
  action.then(
    () => undefined,
    (error: unknown) => findRefusal(error)?.code ?? String(error),
  )

test('the agent acts alone up to the threshold, and one unit above with the person', { timeout: TIMEOUT }, async () => {
  const { alone, of, ofKey, relay, key, payee, request, balance, read } = await coSignedKey()
  const dry = (amount: bigint) =>
    previewRedeem(fixture.publicClient, { ...of, key: key.address, calls: [transfer(payee, amount)] })
  expect((await dry(THRESHOLD)).needsCosignature).toBe(false)
  expect((await dry(THRESHOLD + 1n)).needsCosignature).toBe(true)
  await redeemAsKey(ofKey, { ...of, calls: [transfer(payee, THRESHOLD)] })
  await relayRedemption(relay, await alone.signRedemption({ calls: [transfer(payee, THRESHOLD)] }))
  const below = { lane: 'direct', account: alone, calls: [transfer(payee, 1n)] } as const
  expect(await requestCosignature(fixture.publicClient, below)).toBeUndefined()

  const above = { ...of, calls: [transfer(payee, THRESHOLD + 1n)] }
  await expect(redeemAsKey(ofKey, above)).rejects.toBeInstanceOf(CosignatureNeededError)
  await expect(alone.signRedemption(above)).rejects.toMatchObject({ request: { lane: 'direct' } })

  const sent = serializeCosignRequest(await request(THRESHOLD + 1n, 'rent'))
  const received = parseCosignRequest(sent)
  const { cosignature, shown, text } = await read(received)
  expect(shown.userOpHash).toBeUndefined()
  expect(shown.calls).toMatchObject([{ functionName: 'transfer', args: [payee, THRESHOLD + 1n] }])
  expect(shown.charges).toMatchObject([
    { token: fixture.usdc, charge: THRESHOLD + 1n, threshold: THRESHOLD, left: 349_999_999n, passes: true },
    { token: undefined, number: 1, charge: THRESHOLD + 1n, threshold: 60_000_000n, left: 149_999_999n, passes: false },
  ])
  expect(text).toContain('a transaction to the module, without a bundler')
  expect(text).toContain("It is the key's next act")
  expect(text).toContain('The agent says, unchecked: "rent"')
  if (received.lane !== 'direct') throw new Error('another lane')
  await sendCosignedRedemption(relay, { request: received, cosignature })
  expect(await balance()).toBe(3n * THRESHOLD + 1n)
  // Once.
  expect(await codeOf(sendCosignedRedemption(relay, { request: received, cosignature }))).toBe(
    'CosignatureOverOtherContent',
  )
})

test('with the person at hand, every way of sending asks on the way', { timeout: TIMEOUT }, async () => {
  const { of, ofKey, relay, key, payee, account, confirm, balance } = await coSignedKey()
  const asked: CosignRequest[] = []
  const cosign = (it: CosignRequest) => {
    asked.push(it)
    return confirm(it)
  }
  const session = await account(cosign)
  const calls = [transfer(payee, 60_000_000n)]
  await redeemAsKey(ofKey, { ...of, calls, cosign })
  await relayRedemption(relay, await signRedemption(fixture.publicClient, { ...of, signer: key, calls, cosign }))
  await sendAsSessionKey(ofKey, { account: session, calls, lane: 'direct' })
  await sendAsSessionKey(relay, { account: session, calls, lane: 'direct' })
  expect(await balance()).toBe(240_000_000n)
  expect(asked.map((it) => it.lane)).toEqual(['direct', 'direct', 'direct', 'direct'])
  // The bundler lane spends the same budget, and asks in its own way.
  const bundler = fixture.bundlerClientOf(session) as unknown as SenderClient
  await sendAsSessionKey(bundler, { account: session, calls: [transfer(payee, THRESHOLD + 1n)] })
  expect(asked.at(-1)?.lane).toBe('bundler')
  expect(await codeOf(redeemAsKey(ofKey, { ...of, calls: [transfer(payee, 10_000_000n)], cosign }))).toBe(
    'SpendingLimitExceeded',
  )
  // Native, by value alone.
  await redeemAsKey(ofKey, { ...of, calls: [{ to: payee, value: parseEther('0.1') }], cosign })
  expect(asked).toHaveLength(5)
  await redeemAsKey(ofKey, { ...of, calls: [{ to: payee, value: parseEther('0.1') + 1n }], cosign })
  expect(asked).toHaveLength(6)
  expect(await fixture.publicClient.getBalance({ address: payee })).toBe(parseEther('0.2') + 1n)
})

test('the module says what is wrong with a co-signature', { timeout: TIMEOUT }, async () => {
  const { key, person, request, relay } = await coSignedKey()
  const above = await request(THRESHOLD + 1n)
  const { own, byKey } = await cosignaturesOf(above, person, key)
  const other = contentOf(await request(THRESHOLD + 2n))
  const answerTo = (it: RedemptionCosignRequest, cosignature: Hex) => {
    const { module, account, window, evidence, keySignature, redemption } = it
    const { nonce, mode, executionCalldata } = redemption
    const context = encodeRedemptionContext({ ...window, evidence, authorization: { nonce, keySignature }, cosignature })
    return codeOf(relayRedemption(relay, { module, account, mode, executionCalldata, context, nonce, ...window }))
  }
  expect(await answerTo(above, '0x')).toBe('CosignatureMissing')
  expect(await answerTo(above, concat([own.slice(0, -2) as Hex, '0x00']))).toBe('CosignatureMalformed')
  expect(await answerTo(above, byKey)).toBe('CosignatureByAnotherKey')
  const overOther = encodeCosignature(other.digest, await person.signTypedData(other.typedData))
  expect(await answerTo(above, overOther)).toBe('CosignatureOverOtherContent')
  expect(await answerTo({ ...above, keySignature: `0x${'11'.repeat(64)}1b` }, own)).toBe('RedemptionSignatureInvalid')
  const later = { ...above, redemption: { ...above.redemption, nonce: 1n } }
  expect(await answerTo(later, own)).toBe('RedemptionNonceInvalid')
  expect(await answerTo(above, own)).toBeUndefined()
})

describe("the co-signer's client", () => {
  test('signs nothing that is not what it says', { timeout: TIMEOUT }, async () => {
    const { request, payee, of, ofKey, alone, verify, decline } = await coSignedKey()
    const good = await request(THRESHOLD + 1n)
    const redemption = (changes: Partial<RedemptionCosignRequest['redemption']>) => ({
      redemption: { ...good.redemption, ...changes },
    })
    await expect(verify(good)).resolves.toMatchObject({ account: of.account })
    const elsewhere = (await request(THRESHOLD + 2n)).redemption.executionCalldata
    const tampered: readonly [Partial<RedemptionCosignRequest>, RegExp][] = [
      [{ chainId: 1 }, /for chain 1/],
      [{ module: payee }, /names the module/],
      [{ account: payee }, /has not signed/],
      [{ key: payee }, /another session key/],
      [redemption({ nonce: 1n }), /has not signed/],
      [redemption({ epoch: 7n }), /has not signed/],
      [redemption({ serial: 7n }), /has not signed/],
      [redemption({ serial: 2n ** 24n }), /nobody can sign/],
      [redemption({ executionCalldata: elsewhere }), /has not signed/],
      [redemption({ executionCalldata: '0x1234' }), /can not be read/],
      [redemption({ mode: `0x0001${'00'.repeat(30)}` }), /can not be read/],
      [{ window: { ...good.window, validUntil: good.window.validUntil + 1n } }, /has not signed/],
      [{ evidence: `${good.evidence}00` }, /has not signed/],
      [{ evidence: '0x01' }, /can not be read/],
    ]
    await expectNoneToPass(good, tampered, verify)
    await expect(verify(good, payee)).rejects.toThrow(/co-signer is/)
    await expect(decline(good)).rejects.toBeInstanceOf(CosignatureDeclinedError)
    // One for a later turn is shown as such; one whose place the key has taken meanwhile is not signed.
    const later = await alone
      .signRedemption({ calls: [transfer(payee, THRESHOLD + 1n)], nonce: 2n })
      .catch((it: unknown) => (it as CosignatureNeededError).request)
    expect((await verify(later as RedemptionCosignRequest)).lines.join('\n')).toContain('Its turn is after 2 more calls of the key')
    await redeemAsKey(ofKey, { ...of, calls: [transfer(payee, 1n)] })
    await expect(verify(good)).rejects.toThrow(/Its place in line, 0, is taken/)
  })

  test("the agent's client completes nothing that the module would refuse", { timeout: TIMEOUT }, async () => {
    const { key, person, request, of, ofKey, payee } = await coSignedKey()
    const above = await request(THRESHOLD + 1n)
    const { own, wrong } = await cosignaturesOf(above, person, key)
    for (const cosignature of wrong) {
      await expect(completeCosignedRedemption(above, cosignature)).rejects.toBeInstanceOf(InvalidCosignatureError)
      const calls = [transfer(payee, THRESHOLD + 1n)]
      const sending = redeemAsKey(ofKey, { ...of, calls, cosign: async () => cosignature })
      await expect(sending).rejects.toBeInstanceOf(InvalidCosignatureError)
    }
    await expect(completeCosignedRedemption(above, own)).resolves.toMatchObject({ account: above.account, nonce: 0n })
  })
})
