import { type Address, type Hex, parseEther } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  type CallRequest,
  type CosignExplanation,
  ContractSignerInBundlerLaneError,
  type CosignRequest,
  type EntryPointVersion,
  InvalidCosignatureError,
  type KeySigner,
  type OperationCosignRequest,
  VerifierNotDeployedError,
  completeCosignedOperation,
  definePolicy,
  parseCosignRequest,
  relayRedemption,
  requestCosignature,
  sendAsSessionKey,
  sendCosignedOperation,
  serializeCosignRequest,
  sessionKeyAgentActions,
  sessionKeyOwnerActions,
  signCosignRequest,
  toContractSigner,
  toP256Signer,
  toSessionKeyAccount,
  toWebAuthnSigner,
} from '../../ts-sdk/src/index.ts'
import { type Fixture, refusalOf, tokenAbi, useFixture } from '../integration/sdk-fixture.ts'
import { softwareP256, softwarePasskey } from '../utils/passkey.ts'

/** Session keys and co-signers that are no EOAs, through a bundler and without one. */

const TIMEOUT = 120_000
const CAP = 100n
const ALONE = 40n
const p256 = 'solidity'

let fixture: Fixture
useFixture((opened) => {
  fixture = opened
})

const passkey = (): KeySigner => toWebAuthnSigner({ ...softwarePasskey(), userVerification: 'required', p256 })
const KEYS: Readonly<Record<string, () => KeySigner>> = {
  passkey,
  'P-256 key': () => toP256Signer({ ...softwareP256(), p256 }),
}
const transfer = (to: Address, amount: bigint): CallRequest => fixture.transfer(to, amount)

/** A key of any kind under a cap of 100 units, alone up to 40 at once if there is a co-signer. */
async function open(entryPoint: EntryPointVersion, signer: Parameters<typeof toSessionKeyAccount>[0]['signer'], coSigner?: KeySigner | Address) {
  const { module, publicClient, bundler, usdc } = fixture
  const payee = fixture.newKey().address
  const { owner, wallet } = await fixture.newDelegatedOwner(entryPoint, fixture.newKey().address)
  const actions = wallet.extend(sessionKeyOwnerActions({ module }))
  await actions.installExecutor()
  const policy = definePolicy({
    validUntil: (await fixture.now()) + 86_400n,
    nativeLimit: { amount: parseEther('0.5'), period: 'year' },
    tokenLimits: [{ token: usdc, amount: CAP, period: 'year' }],
    callPolicies: [{ target: usdc, abi: tokenAbi, functionName: 'transfer' }],
    directLane: true,
    ...(coSigner && { coSigner: { signer: coSigner, thresholds: [{ token: usdc, above: ALONE }] } }),
  })
  const key = 'verifiers' in signer ? signer : signer.address
  await actions.grantSessionKey({ key, policy })
  const account = (cosign?: (request: CosignRequest) => Promise<Hex>) =>
    toSessionKeyAccount({ client: publicClient, bundler, account: owner.address, module, policy, signer, ...(cosign && { cosign }) })
  const session = await account()
  const client = fixture.bundlerClientOf(session).extend(sessionKeyAgentActions())
  const land = async (sent: Promise<Hex>): Promise<boolean> => (await client.waitForUserOperationReceipt({ hash: await sent })).success
  return { owner, actions, key, policy, payee, account, session, client, land, received: () => fixture.balanceOf(payee) }
}

describe.each<EntryPointVersion>(['0.7', '0.8', '0.9'])('on EntryPoint v%s', (entryPoint) => {
  test.each(Object.entries(KEYS))('a %s acts through the bundler up to its cap, and not once it is revoked', { timeout: TIMEOUT }, async (_, make) => {
    const { actions, key, payee, session, client, land, received } = await open(entryPoint, make())
    expect(await land(client.sendSessionOperation({ calls: [transfer(payee, CAP - 1n)] }))).toBe(true)
    const refused = await refusalOf(client.sendSessionOperation({ calls: [transfer(payee, 2n)] }))
    expect(refused).toMatchObject({ code: 'SpendingLimitExceeded', attempted: 2n, left: 1n })
    expect(await land(client.sendSessionOperation({ calls: [transfer(payee, 1n)] }))).toBe(true)
    expect(await received()).toBe(CAP)
    expect((await session.readKeyState()).usage.uses).toBe(2n)
    await actions.revokeSessionKey({ key })
    expect((await refusalOf(client.sendSessionOperation({ calls: [transfer(payee, 0n)] }))).code).toBe('KeyNotGranted')
  })

  test('a passkey co-signs above the threshold what an EOA asks for', { timeout: TIMEOUT }, async () => {
    const person = passkey()
    const { account, payee, session, client, land, received } = await open(entryPoint, fixture.newKey(), person)
    expect(await land(client.sendSessionOperation({ calls: [transfer(payee, ALONE)] }))).toBe(true)
    const asked = await requestCosignature(client, { account: session, calls: [transfer(payee, ALONE + 1n)] })
    if (!asked) throw new Error('no co-signature is needed')
    const request = parseCosignRequest(serializeCosignRequest(asked)) as OperationCosignRequest
    let shown: CosignExplanation | undefined
    const sign = (it: CosignRequest, signer: KeySigner) =>
      signCosignRequest(fixture.publicClient, {
        request: it,
        module: fixture.module,
        signer,
        confirm: (explanation) => {
          shown = explanation
          return true
        },
      })
    const cosignature = await sign(request, person)
    expect(shown?.charges.filter((it) => it.passes)).toMatchObject([{ charge: ALONE + 1n, threshold: ALONE }])
    await expect(sign(request, passkey())).rejects.toThrow(/co-signer is/)
    const forged = `${cosignature.slice(0, -2)}7e` as Hex
    await expect(completeCosignedOperation(request, `0x00000000${cosignature.slice(10)}`)).rejects.toThrow(InvalidCosignatureError)
    await expect(completeCosignedOperation(request, `${forged}00`, fixture.publicClient)).rejects.toThrow(InvalidCosignatureError)
    expect(await land(sendCosignedOperation(fixture.bundler, { request, cosignature }))).toBe(true)
    expect(await received()).toBe(2n * ALONE + 1n)
    // At hand, it is asked on the way.
    const left = CAP - 2n * ALONE - 1n
    expect(await land(client.sendSessionOperation({ account: await account((it) => sign(it, person)), calls: [transfer(payee, left)] }))).toBe(true)
    expect(await received()).toBe(CAP)
  })
})

test('an EOA co-signs what a passkey asks for', { timeout: TIMEOUT }, async () => {
  const person = fixture.newKey()
  const { account, payee, client, land, received } = await open('0.7', passkey(), person.address)
  expect(await land(client.sendSessionOperation({ calls: [transfer(payee, ALONE)] }))).toBe(true)
  await expect(client.sendSessionOperation({ calls: [transfer(payee, ALONE + 1n)] })).rejects.toMatchObject({ code: 'CosignatureNeeded' })
  const asked = await account((request) => signCosignRequest(fixture.publicClient, { request, module: fixture.module, signer: person, confirm: () => true }))
  expect(await land(client.sendSessionOperation({ account: asked, calls: [transfer(payee, ALONE + 1n)] }))).toBe(true)
  expect(await received()).toBe(2n * ALONE + 1n)
})

describe('in the direct lane', () => {
  test('a contract (ERC-1271) is a session key, and no operation of a bundler', { timeout: TIMEOUT }, async () => {
    const signing = fixture.newKey()
    const contract = await fixture.deployMock('SigningContract', [signing.address])
    const signer = toContractSigner({ address: contract.address, sign: ({ hash }) => signing.sign({ hash }) })
    const { payee, session, client, received } = await open('0.7', signer)
    const relayer = fixture.walletOf(await fixture.newFundedKey())
    await sendAsSessionKey(relayer, { account: session, calls: [transfer(payee, CAP - 1n)], lane: 'direct' })
    expect(await received()).toBe(CAP - 1n)
    const over = sendAsSessionKey(relayer, { account: session, calls: [transfer(payee, 2n)], lane: 'direct' })
    expect((await refusalOf(over)).code).toBe('SpendingLimitExceeded')
    const signed = await session.signRedemption({ calls: [transfer(payee, 1n)] })
    await relayRedemption(relayer, signed)
    expect((await refusalOf(relayRedemption(relayer, signed))).code).toBe('SpendingLimitExceeded')
    expect(await received()).toBe(CAP)
    await expect(client.sendUserOperation({ calls: [transfer(payee, 1n)] })).rejects.toThrow(ContractSignerInBundlerLaneError)
  })

  test('a passkey co-signs what an EOA sends itself, and what another passkey signs', { timeout: TIMEOUT }, async () => {
    const person = passkey()
    const cosign = (request: CosignRequest) =>
      signCosignRequest(fixture.publicClient, { request, module: fixture.module, signer: person, confirm: () => true })
    for (const signer of [await fixture.newFundedKey(), passkey()]) {
      const { account, payee, received } = await open('0.7', signer, person)
      const wallet = fixture.walletOf('verifiers' in signer ? await fixture.newFundedKey() : signer)
      const session = await account(cosign)
      await sendAsSessionKey(wallet, { account: session, calls: [transfer(payee, ALONE)], lane: 'direct' })
      await sendAsSessionKey(wallet, { account: session, calls: [transfer(payee, ALONE + 1n)], lane: 'direct' })
      expect(await received()).toBe(2n * ALONE + 1n)
      const alone = sendAsSessionKey(wallet, { account: await account(), calls: [transfer(payee, ALONE)], lane: 'direct' })
      expect((await refusalOf(alone)).code).toBe('SpendingLimitExceeded')
    }
  })
})

test('a verifier that is not on the chain is found out before the grant', async () => {
  const signer = { ...passkey(), signer: `0x${'ab'.repeat(30)}`, verifiers: [`0x${'ab'.repeat(20)}`] } as const
  await expect(open('0.7', signer)).rejects.toThrow(VerifierNotDeployedError)
})
