import { type Address, type Hex, type LocalAccount, encodeFunctionData, http, parseEther, parseGwei } from 'viem'
import { createSmartAccountClient } from 'permissionless'
import { describe, expect, test } from 'vitest'
import {
  type CallRequest,
  type EntryPointVersion,
  KeyAlreadyGrantedError,
  type Policy,
  PolicyMismatchError,
  type PolicyInput,
  type SessionKeyAccount,
  definePolicy,
  equals,
  sessionKeyAgentActions,
  sessionKeyGuardianActions,
  sessionKeyHolderActions,
  sessionKeyOwnerActions,
  sessionKeyReaderActions,
  toOwnedAccount,
  toSessionKeyAccount,
} from '../../ts-sdk/src/index.ts'
import { type Fixture, useFixture, stackVersion, tokenAbi, refusalOf } from './sdk-fixture.ts'

const DAY = 86_400n
const TIMEOUT = 60_000

let fixture: Fixture
useFixture((opened) => {
  fixture = opened
})

const transfer = (to: Address, amount: bigint): CallRequest => fixture.transfer(to, amount)

/** 100 dollars, 0.05 ether and ten calls a year, transfers to `payee` only: no period ends while a test runs. */
async function yearlyPolicy(payee: Address, changes: Partial<PolicyInput> = {}): Promise<Policy> {
  return definePolicy({
    validUntil: (await fixture.now()) + DAY,
    nativeLimit: { amount: parseEther('0.05'), period: 'year' },
    tokenLimits: [{ token: fixture.usdc, amount: 100_000_000n, period: 'year' }],
    rateLimits: [{ count: 10, period: 'year' }],
    callPolicies: [{ target: fixture.usdc, abi: tokenAbi, functionName: 'transfer', args: { to: equals(payee) } }],
    ...changes,
  })
}

/** A delegated account on EntryPoint v0.7 with one key under `policy`. */
async function grantedKey(changes: Partial<PolicyInput> = {}) {
  const { module, publicClient, bundler } = fixture
  const [agent, payee, guardian] = [fixture.newKey(), fixture.newKey().address, await fixture.newFundedKey()]
  const { owner, wallet } = await fixture.newDelegatedOwner('0.7', guardian.address)
  const ownerClient = wallet.extend(sessionKeyOwnerActions({ module }))
  const reader = publicClient.extend(sessionKeyReaderActions({ module }))
  const policy = await yearlyPolicy(payee, changes)
  await ownerClient.grantSessionKey({ key: agent.address, policy })
  const account = (options: Partial<Parameters<typeof toSessionKeyAccount>[0]> = {}): Promise<SessionKeyAccount> =>
    toSessionKeyAccount({
      client: publicClient,
      bundler,
      account: owner.address,
      module,
      policy,
      signer: agent,
      ...options,
    })
  return { agent, guardian, payee, owner, ownerClient, reader, policy, account }
}

describe.concurrent.each<EntryPointVersion>(['0.7', '0.8', '0.9'])('on EntryPoint v%s', (entryPoint) => {
  test(
    'an owner grants by user operation, and the key acts through viem and permissionless',
    { timeout: TIMEOUT },
    async () => {
      const { module, publicClient, bundler, stack } = fixture
      const [agent, payee] = [fixture.newKey(), fixture.newKey().address]
      const ownerAccount = await toOwnedAccount({
        client: publicClient,
        factory: stack.addresses.ownedAccountFactory[stackVersion[entryPoint]],
        owners: [fixture.newKey(), fixture.newKey()],
        entryPoint,
      })
      await fixture.fund(ownerAccount.address)
      const policy = await yearlyPolicy(payee)
      const owner = fixture.bundlerClientOf(ownerAccount).extend(sessionKeyOwnerActions({ module }))
      // The first operation creates the account. The grant reads what the account has installed, so it comes second.
      const creation = await owner.sendUserOperation({ calls: [{ to: payee, value: 0n }] })
      await owner.waitForUserOperationReceipt({ hash: creation })
      await owner.grantSessionKey({ key: agent.address, policy })

      const account = await toSessionKeyAccount({
        client: publicClient,
        bundler,
        account: ownerAccount.address,
        module,
        policy,
        signer: agent,
        entryPoint,
      })
      const viemClient = fixture.bundlerClientOf(account).extend(sessionKeyAgentActions())
      const hash = await viemClient.sendSessionOperation({ calls: [transfer(payee, 30_000_000n)] })
      const { success } = await viemClient.waitForUserOperationReceipt({ hash })
      expect(success).toBe(true)

      const permissionless = createSmartAccountClient({
        account,
        chain: stack.chain,
        client: publicClient,
        bundlerTransport: http(stack.bundlerUrl),
        pollingInterval: 100,
      })
      const call = transfer(payee, 20_000_000n)
      const batch = await permissionless.sendUserOperation({ calls: [call, call] })
      expect((await permissionless.waitForUserOperationReceipt({ hash: batch })).success).toBe(true)

      const balance = await publicClient.readContract({
        abi: tokenAbi,
        address: fixture.usdc,
        functionName: 'balanceOf',
        args: [payee],
      })
      expect(balance).toBe(70_000_000n)
      const status = await publicClient
        .extend(sessionKeyReaderActions({ module }))
        .getSessionKey({ account: ownerAccount.address, key: agent.address, policy })
      expect(status.standing).toBe('alive')
      expect(status.limits.find((limit) => limit.kind === 'token')).toMatchObject({
        cap: 100_000_000n,
        used: 70_000_000n,
        left: 30_000_000n,
      })
      expect(status.limits.find((limit) => limit.kind === 'rate')).toMatchObject({ cap: 10n, used: 3n, left: 7n })
    },
  )
})

describe.concurrent('refusals', () => {
  test(
    'are the same from the precheck, from the bundler and from its estimate, with figures',
    { timeout: TIMEOUT },
    async () => {
      const { account, payee, owner } = await grantedKey()
      const [checked, unchecked] = await Promise.all([account(), account({ precheck: false })])
      const client = fixture.bundlerClientOf(checked)
      const stranger = fixture.newKey().address
      const gas = { verificationGasLimit: 300_000n, callGasLimit: 200_000n, preVerificationGas: 100_000n }
      const attempts: readonly [call: CallRequest, expected: Record<string, unknown>][] = [
        [
          transfer(payee, 100_000_001n),
          {
            code: 'SpendingLimitExceeded',
            limit: 100_000_000n,
            attempted: 100_000_001n,
            left: 100_000_000n,
            token: fixture.usdc,
          },
        ],
        [transfer(stranger, 1n), { code: 'PinnedWordMismatch', callIndex: 0n }],
        [
          { ...transfer(payee, 1n), to: fixture.stack.addresses.weth },
          { code: 'CallNotPermitted', target: fixture.stack.addresses.weth, selector: '0xa9059cbb' },
        ],
        [
          { ...transfer(payee, 1n), value: 5n },
          { code: 'CallValueExceeded', attempted: 5n, left: 0n },
        ],
        [
          { to: owner.address, data: '0x12345678' },
          { code: 'TargetForbidden', target: owner.address },
        ],
        [
          { to: fixture.module, data: '0x12345678' },
          { code: 'TargetForbidden', target: fixture.module },
        ],
        [{ to: fixture.usdc, data: '0xa905' }, { code: 'SelectorIncomplete' }],
      ]
      for (const [call, expected] of attempts) {
        expect(await refusalOf(client.sendUserOperation({ calls: [call] }))).toMatchObject(expected)
        expect(await refusalOf(client.sendUserOperation({ account: unchecked, calls: [call], ...gas }))).toMatchObject(
          expected,
        )
        expect(await refusalOf(client.sendUserOperation({ account: unchecked, calls: [call] }))).toMatchObject(expected)
      }
    },
  )

  test('gas at an absurd fee is a native charge that the limit does not cover', { timeout: TIMEOUT }, async () => {
    const { account, payee } = await grantedKey()
    const client = fixture.bundlerClientOf(await account())
    const fees = { maxFeePerGas: parseGwei('1000000'), maxPriorityFeePerGas: parseGwei('1') }
    const refusal = await refusalOf(client.sendUserOperation({ calls: [transfer(payee, 1n)], ...fees }))
    expect(refusal).toMatchObject({ code: 'NativeLimitExceeded', limit: parseEther('0.05'), left: parseEther('0.05') })
    expect(refusal.attempted).toBeTypeOf('bigint')
  })

  test('a window in the past and a signature of another key', { timeout: TIMEOUT }, async () => {
    const { account, payee, agent } = await grantedKey()
    const now = await fixture.now()
    const late = await account({ window: { fixed: { validAfter: now - 100n, validUntil: now - 50n } } })
    const client = fixture.bundlerClientOf(late).extend(sessionKeyAgentActions())
    expect(await refusalOf(client.sendSessionOperation({ calls: [transfer(payee, 1n)] }))).toMatchObject({
      code: 'OperationExpired',
    })

    const impostor: LocalAccount = { ...fixture.newKey(), address: agent.address }
    const forged = await account({ signer: impostor })
    expect(
      await refusalOf(client.sendSessionOperation({ account: forged, calls: [transfer(payee, 1n)] })),
    ).toMatchObject({ code: 'SignatureInvalid' })
  })
})

describe.concurrent('the life of a key', () => {
  test('a live key is not granted again; an update keeps what was spent', { timeout: TIMEOUT }, async () => {
    const { account, agent, owner, ownerClient, payee, policy, reader } = await grantedKey()
    const client = fixture.bundlerClientOf(await account()).extend(sessionKeyAgentActions())
    const hash = await client.sendSessionOperation({ calls: [transfer(payee, 60_000_000n)] })
    await client.waitForUserOperationReceipt({ hash })
    await expect(ownerClient.grantSessionKey({ key: agent.address, policy })).rejects.toBeInstanceOf(
      KeyAlreadyGrantedError,
    )

    const wider = await yearlyPolicy(payee, {
      tokenLimits: [{ token: fixture.usdc, amount: 200_000_000n, period: 'year' }],
    })
    await ownerClient.updateSessionKey({ key: agent.address, policy: wider })
    const on = { account: owner.address, key: agent.address }
    expect(await reader.getGrantedPolicy(on)).toEqual(wider)
    const { limits, serial } = await reader.getSessionKey({ ...on, policy: wider })
    expect(serial).toBe(1n)
    expect(limits.find((limit) => limit.kind === 'token')).toMatchObject({ used: 60_000_000n, left: 140_000_000n })
    await expect(client.sendSessionOperation({ calls: [transfer(payee, 1n)] })).rejects.toBeInstanceOf(
      PolicyMismatchError,
    )
  })

  test('pause, resume, revoke, revoke all, renounce', { timeout: TIMEOUT }, async () => {
    const { account, agent, guardian, owner, ownerClient, payee, policy, reader } = await grantedKey()
    const on = { account: owner.address, key: agent.address }
    const client = fixture.bundlerClientOf(await account()).extend(sessionKeyAgentActions())
    const attempt = () => refusalOf(client.sendSessionOperation({ calls: [transfer(payee, 1n)] }))
    const standing = async () => (await reader.getSessionKey(on)).standing
    const guard = fixture.walletOf(guardian).extend(sessionKeyGuardianActions({ module: fixture.module }))

    await guard.pauseSessionKey(on)
    expect(await attempt()).toMatchObject({ code: 'KeyPaused' })
    await ownerClient.resumeSessionKey({ key: agent.address })
    expect(await standing()).toBe('alive')
    await guard.pauseAccount({ account: owner.address })
    expect(await attempt()).toMatchObject({ code: 'AccountPaused' })
    await ownerClient.resumeAccount()
    await guard.revokeSessionKey(on)
    expect(await attempt()).toMatchObject({ code: 'KeyNotGranted' })

    // The next grant takes the serial after the one that the revoke burned.
    await ownerClient.grantSessionKey({ key: agent.address, policy })
    expect((await reader.getSessionKey(on)).serial).toBe(3n)
    await ownerClient.revokeAllSessionKeys()
    expect(await standing()).toBe('epochOutdated')
    expect(await attempt()).toMatchObject({ code: 'KeyEpochOutdated' })

    await ownerClient.grantSessionKey({ key: agent.address, policy })
    await fixture.fund(agent.address)
    await fixture
      .walletOf(agent)
      .extend(sessionKeyHolderActions({ module: fixture.module }))
      .renounceSessionKey({ account: owner.address })
    expect(await standing()).toBe('notGranted')
  })
})

describe.concurrent('gas', () => {
  test('an estimate covers the counters that its stub signature does not write', { timeout: TIMEOUT }, async () => {
    const periods = ['day', 'hour', 'week', 'month', 'year', 'lifetime'] as const
    const { account, payee } = await grantedKey({
      tokenLimits: periods.map((period) => ({ token: fixture.usdc, amount: 100_000_000n, period })),
    })
    const session = await account()
    const client = fixture.bundlerClientOf(session).extend(sessionKeyAgentActions())
    const operation = { calls: [transfer(payee, 1n)] }
    // What the bundler alone says: no hook of the account corrects it.
    const bare = await client.estimateUserOperationGas({
      ...operation,
      account: { ...session, userOperation: undefined },
    } as never)
    const short = { verificationGasLimit: bare.verificationGasLimit }
    const { verificationGasLimit } = await client.prepareUserOperation(operation)
    expect(verificationGasLimit - short.verificationGasLimit).toBe(6n * 22_100n)
    // Six fresh words do not fit into what an operation without them needs, whatever margin the bundler adds.
    await expect(client.sendUserOperation({ ...operation, ...short })).rejects.toThrow(/AA23|AA26/)

    for (let use = 0; use < 2; use++) {
      const hash = await client.sendSessionOperation(operation)
      expect((await client.waitForUserOperationReceipt({ hash })).success).toBe(true)
    }
    const again = await client.prepareUserOperation(operation)
    const bareAgain = await client.estimateUserOperationGas({
      ...operation,
      account: { ...session, userOperation: undefined },
    } as never)
    expect(again.verificationGasLimit - bareAgain.verificationGasLimit).toBe(6n * 5_000n)
  })
})

describe.concurrent('the dry run', () => {
  test('says what an operation would charge and what would be left', { timeout: TIMEOUT }, async () => {
    const { account, payee } = await grantedKey({ maxUses: 5 })
    const session = await account()
    const gas = {
      verificationGasLimit: 100_000n,
      callGasLimit: 50_000n,
      preVerificationGas: 50_000n,
      maxFeePerGas: parseGwei('1'),
      maxPriorityFeePerGas: parseGwei('1'),
    }
    const call = transfer(payee, 10_000_000n)
    const preview = await session.preview({ calls: [call, call], ...gas })
    expect(preview).toMatchObject({
      calls: 2n,
      nativeCharge: parseGwei('200000'),
      nativeLeft: parseEther('0.05') - parseGwei('200000'),
      tokens: [{ token: fixture.usdc, tag: 0, charge: 20_000_000n, left: 80_000_000n }],
      rateLeft: 8n,
      usesLeft: 3n,
    })
    const callData: Hex = encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [payee, 1n] })
    expect(await refusalOf(session.preview({ callData }))).toMatchObject({ code: 'AccountFunctionForbidden' })
  })
})
