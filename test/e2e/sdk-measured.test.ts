import { type Address, encodeFunctionData, parseAbi, parseEther } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  type CallRequest,
  type EntryPointVersion,
  definePolicy,
  findRefusal,
  sessionKeyAgentActions,
  sessionKeyOwnerActions,
  toSessionKeyAccount,
} from '../../ts-sdk/src/index.ts'
import { type Fixture, useFixture, tokenAbi } from '../integration/sdk-fixture.ts'

const TIMEOUT = 90_000
const fromAbi = parseAbi(['function transferFrom(address from, address to, uint256 amount) returns (bool)'])

let fixture: Fixture
useFixture((opened) => {
  fixture = opened
})

describe.concurrent.each<EntryPointVersion>(['0.7', '0.8', '0.9'])('on EntryPoint v%s', (entryPoint) => {
  test('a measured key is charged what left the account, and held to it', { timeout: TIMEOUT }, async () => {
    const { module, publicClient, bundler, usdc } = fixture
    const [agent, payee] = [fixture.newKey(), fixture.newKey().address]
    const { owner, wallet } = await fixture.newDelegatedOwner(entryPoint, fixture.newKey().address)
    const token = (to: Address, amount: bigint): CallRequest => ({
      to: usdc,
      data: encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [to, amount] }),
    })
    /** Moves what no limit counts by its call data: only measuring finds it. */
    const uncounted = (amount: bigint): CallRequest => ({
      to: usdc,
      data: encodeFunctionData({ abi: fromAbi, functionName: 'transferFrom', args: [owner.address, payee, amount] }),
    })
    const policy = definePolicy({
      validUntil: (await fixture.now()) + 86_400n,
      nativeLimit: { amount: parseEther('0.5'), period: 'year' },
      tokenLimits: [{ token: usdc, amount: 100n, period: 'year' }],
      measured: {},
      callPolicies: [
        { target: usdc, abi: tokenAbi, functionName: 'transfer' },
        { target: usdc, abi: fromAbi, functionName: 'transferFrom', mark: 'uncapped' },
      ],
    })
    await wallet.extend(sessionKeyOwnerActions({ module })).grantSessionKey({ key: agent.address, policy })
    const allow = encodeFunctionData({ abi: tokenAbi, functionName: 'approve', args: [owner.address, 1_000n] })
    await publicClient.waitForTransactionReceipt({ hash: await wallet.sendTransaction({ to: usdc, data: allow }) })

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
    const send = async (calls: readonly CallRequest[]) => {
      const hash = await client.sendUserOperation({ calls: [...calls] })
      return (await client.waitForUserOperationReceipt({ hash })).success
    }
    const balance = () =>
      publicClient.readContract({ abi: tokenAbi, address: usdc, functionName: 'balanceOf', args: [payee] })
    const spent = async () => (await account.readKeyState()).usage.meterSpent

    // Gas is estimated, both times: with nothing counted yet, and with a counter to add to.
    expect(await send([token(payee, 10n)])).toBe(true)
    expect(await spent()).toBe(10n)
    expect(await send([token(payee, 20n), uncounted(30n)])).toBe(true)
    expect(await spent()).toBe(60n)
    expect(await balance()).toBe(60n)
    expect(await account.decodeCalls?.(await account.encodeCalls([token(payee, 1n)]))).toMatchObject([token(payee, 1n)])

    // One unit above what is left: the estimate runs the calls, and finds what their frame will say.
    const refusal = await send([uncounted(41n)]).catch(findRefusal)
    expect(refusal).toMatchObject({ code: 'SpendingLimitExceeded', used: 60n, attempted: 41n })
    expect(await balance()).toBe(60n)
    expect(await send([uncounted(40n)])).toBe(true)
    expect(await spent()).toBe(100n)
  })
})
