import { type Address, type Hex, concat, encodeFunctionData, parseEther } from 'viem'
import { formatUserOperationRequest } from 'viem/account-abstraction'
import { describe, expect, test } from 'vitest'
import {
  type CallRequest,
  CosignatureDeclinedError,
  type OperationCosignRequest,
  type EntryPointVersion,
  InvalidCosignatureError,
  completeCosignedOperation,
  definePolicy,
  OWNER_ROUTE,
  encodeCosignature,
  encodePolicy,
  encodeSessionSignature,
  entryPointOf,
  findRefusal,
  parseCosignRequest,
  prepareGrantEntry,
  requestCosignature,
  sendCosignedOperation,
  serializeCosignRequest,
  sessionKeyAgentActions,
  sessionKeyOwnerActions,
  setOwnerRoute,
  signGrant,
  toEoaGrantSigner,
  toSessionKeyAccount,
} from '../../ts-sdk/src/index.ts'
import { contentOf } from '../../ts-sdk/src/cosigning/content.ts'
import { type Fixture, useFixture, tokenAbi } from '../integration/sdk-fixture.ts'
import { coSignedAccount, cosignaturesOf, dollarsOf, expectNoneToPass, toPerson } from './cosigning.ts'

const TIMEOUT = 60_000
const THRESHOLD = 50_000_000n

let fixture: Fixture
useFixture((opened) => {
  fixture = opened
})

const transfer = (to: Address, amount: bigint): CallRequest => fixture.transfer(to, amount)

/** A key that may spend 500 dollars, alone up to 50 at once, and 0.01 ether of gas. */
async function coSignedKey(entryPoint: EntryPointVersion) {
  const { module } = fixture
  const [agent, person, payee] = [fixture.newKey(), fixture.newKey(), fixture.newKey().address]
  const { owner, wallet } = await fixture.newDelegatedOwner(entryPoint, fixture.newKey().address)
  const policy = definePolicy({
    validUntil: (await fixture.now()) + 86_400n,
    nativeLimit: { amount: parseEther('0.5'), period: 'year' },
    tokenLimits: [{ token: fixture.usdc, amount: 500_000_000n, period: 'year' }],
    callPolicies: [{ target: fixture.usdc, abi: tokenAbi, functionName: 'transfer' }],
    coSigner: {
      signer: person.address,
      thresholds: [
        { token: fixture.usdc, above: THRESHOLD },
        { token: 'native', above: parseEther('0.1') },
      ],
    },
  })
  await wallet.extend(sessionKeyOwnerActions({ module })).grantSessionKey({ key: agent.address, policy })
  const account = coSignedAccount(fixture, { account: owner.address, policy, signer: agent, entryPoint })
  const alone = await account()
  const client = fixture.bundlerClientOf(alone).extend(sessionKeyAgentActions())
  const request = async (amount: bigint, note?: string): Promise<OperationCosignRequest> => {
    const found = await requestCosignature(client, {
      account: alone,
      calls: [transfer(payee, amount)],
      ...(note && { note }),
    })
    if (!found) throw new Error('no co-signature is needed')
    return found
  }
  const landed = async (hash: Hex) => {
    const { success } = await client.waitForUserOperationReceipt({ hash })
    expect(success).toBe(true)
  }
  const balance = () => dollarsOf(fixture, payee)
  return { agent, person, payee, owner, account, alone, client, request, balance, landed, entryPoint, ...toPerson(fixture, person) }
}

type Keys = Awaited<ReturnType<typeof coSignedKey>>

/** What the bundler says to the key's signature with any bytes behind it. */
async function answerTo({ entryPoint, owner }: Keys, request: OperationCosignRequest, cosignature: Hex) {
  const signature = encodeSessionSignature({
    ...request.window,
    evidence: request.evidence,
    keySignature: concat([request.keySignature, cosignature]),
  })
  const operation = { ...request.operation, sender: owner.address, signature }
  return fixture.bundler
    .request({
      method: 'eth_sendUserOperation',
      params: [formatUserOperationRequest(operation), entryPointOf(entryPoint).address],
    })
    .then(
      () => undefined,
      (error: unknown) => findRefusal(error)?.code ?? error,
    )
}

describe.concurrent.each<EntryPointVersion>(['0.7', '0.8', '0.9'])('on EntryPoint v%s', (entryPoint) => {
  test('the agent acts alone up to the threshold, and one unit above with the person', { timeout: TIMEOUT }, async () => {
    const keys = await coSignedKey(entryPoint)
    const { alone, client, payee, request, balance, landed, read, account, confirm } = keys
    expect((await alone.preview({ calls: [transfer(payee, THRESHOLD)] })).needsCosignature).toBe(false)
    expect((await alone.preview({ calls: [transfer(payee, THRESHOLD + 1n)] })).needsCosignature).toBe(true)
    await landed(await client.sendSessionOperation({ calls: [transfer(payee, THRESHOLD)] }))
    expect(await requestCosignature(client, { account: alone, calls: [transfer(payee, 1n)] })).toBeUndefined()
    await expect(client.sendSessionOperation({ calls: [transfer(payee, THRESHOLD + 1n)] })).rejects.toMatchObject({
      code: 'CosignatureNeeded',
    })

    const sent = serializeCosignRequest(await request(THRESHOLD + 1n, 'rent'))
    const received = parseCosignRequest(sent) as OperationCosignRequest
    const { cosignature, shown, text } = await read(received)
    expect(shown.calls).toMatchObject([{ functionName: 'transfer', args: [payee, THRESHOLD + 1n] }])
    expect(shown.charges.filter((it) => it.passes)).toMatchObject([
      { token: fixture.usdc, charge: THRESHOLD + 1n, threshold: THRESHOLD, left: 399_999_999n },
    ])
    expect(text).toContain('The agent says, unchecked: "rent"')
    expect(text).toContain('That is above the')
    await landed(await sendCosignedOperation(fixture.bundler, { request: received, cosignature }))
    expect(await balance()).toBe(2n * THRESHOLD + 1n)

    // At hand, the person is asked on the way.
    const asked = await account(confirm)
    await landed(await client.sendSessionOperation({ account: asked, calls: [transfer(payee, 60_000_000n)] }))
    expect(await balance()).toBe(2n * THRESHOLD + 60_000_001n)
  })

  test('the bundler passes on what is wrong with a co-signature', { timeout: TIMEOUT }, async () => {
    const keys = await coSignedKey(entryPoint)
    const { agent, person, request } = keys
    const above = await request(THRESHOLD + 1n)
    const { byKey: byAgent } = await cosignaturesOf(above, person, agent)
    const other = contentOf(await request(THRESHOLD + 2n))
    expect(await answerTo(keys, above, '0x')).toBe('CosignatureMissing')
    expect(await answerTo(keys, above, '0x1234')).toBe('CosignatureMalformed')
    expect(await answerTo(keys, above, byAgent)).toBe('CosignatureByAnotherKey')
    const overOther = encodeCosignature(other.digest, await person.signTypedData(other.typedData))
    expect(await answerTo(keys, above, overOther)).toBe('CosignatureOverOtherContent')
    const forged = { ...above, keySignature: `0x${'11'.repeat(64)}1b` } as OperationCosignRequest
    expect(await answerTo(keys, forged, byAgent)).toBe('SignatureInvalid')
  })
})

test.concurrent('a first operation that carries its grant is shown, signed by two and sent', { timeout: TIMEOUT }, async () => {
  const { module, publicClient, bundler } = fixture
  const [agent, person, payee] = [fixture.newKey(), fixture.newKey(), fixture.newKey().address]
  const { owner, wallet } = await fixture.newDelegatedOwner('0.7', fixture.newKey().address)
  await setOwnerRoute(wallet, { module, route: OWNER_ROUTE })
  const policy = definePolicy({
    validUntil: (await fixture.now()) + 86_400n,
    nativeLimit: { amount: parseEther('0.5'), period: 'year' },
    tokenLimits: [{ token: fixture.usdc, amount: 500_000_000n, period: 'year' }],
    callPolicies: [{ target: fixture.usdc, abi: tokenAbi, functionName: 'transfer' }],
    coSigner: { signer: person.address, thresholds: [{ token: fixture.usdc, above: THRESHOLD }] },
  })
  const entry = await prepareGrantEntry(publicClient, { module, account: owner.address, key: agent.address, policy })
  const deadline = (await fixture.now()) + 3_600n
  const [carriedGrant] = await signGrant({ owner: toEoaGrantSigner(owner), entries: [entry], deadline })
  if (!carriedGrant) throw new Error('nothing was signed')
  const account = await toSessionKeyAccount({
    client: publicClient,
    bundler,
    account: owner.address,
    module,
    policy,
    signer: agent,
    carriedGrant,
  })
  const client = fixture.bundlerClientOf(account)
  const request = await requestCosignature(client, { account, calls: [transfer(payee, THRESHOLD + 1n)] })
  if (!request) throw new Error('no co-signature is needed')
  const { cosignature, shown, text } = await toPerson(fixture, person).read(request)
  expect(shown.policyRoot).toBe(encodePolicy(policy).policyRoot)
  expect(text).toContain('which becomes live with it')
  const hash = await sendCosignedOperation(bundler, { request, cosignature })
  expect((await client.waitForUserOperationReceipt({ hash })).success).toBe(true)
  expect(await dollarsOf(fixture, payee)).toBe(THRESHOLD + 1n)
})

describe.concurrent("the co-signer's client", () => {
  test('signs nothing that is not what it says', { timeout: TIMEOUT }, async () => {
    const { request, payee, owner, verify, decline } = await coSignedKey('0.7')
    const good = await request(THRESHOLD + 1n)
    await expect(verify(good)).resolves.toMatchObject({ account: owner.address })

    const otherCall = encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [payee, 1n] })
    const tampered: readonly [Partial<OperationCosignRequest>, RegExp][] = [
      [{ chainId: 1 }, /for chain 1/],
      [{ module: payee }, /names the module/],
      [{ account: payee }, /has not signed/],
      [{ key: payee }, /another session key/],
      [{ entryPoint: '0.8' }, /has not signed/],
      [{ operation: { ...good.operation, nonce: good.operation.nonce + 1n } }, /has not signed/],
      [{ operation: { ...good.operation, callData: otherCall } }, /can not be read/],
      [{ window: { ...good.window, validUntil: good.window.validUntil + 1n } }, /has not signed/],
      [{ evidence: `${good.evidence}00` }, /has not signed/],
      [{ evidence: '0x01' }, /can not be read/],
    ]
    await expectNoneToPass(good, tampered, verify)
    await expect(verify(good, payee)).rejects.toThrow(/co-signer is/)
    await expect(decline(good)).rejects.toBeInstanceOf(CosignatureDeclinedError)
  })

  test("the agent's client completes nothing that the module would refuse", { timeout: TIMEOUT }, async () => {
    const { agent, person, request } = await coSignedKey('0.7')
    const above = await request(THRESHOLD + 1n)
    const { own, wrong } = await cosignaturesOf(above, person, agent)
    for (const cosignature of wrong) {
      await expect(completeCosignedOperation(above, cosignature)).rejects.toBeInstanceOf(InvalidCosignatureError)
    }
    await expect(completeCosignedOperation(above, own)).resolves.toMatchObject({ sender: above.account })
  })
})
