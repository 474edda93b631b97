import { type Hex, encodeFunctionData, parseAbi, parseEther } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type CallRequest,
  type EntryPointVersion,
  definePolicy,
  encodeRevokeSessionKey,
  sessionKeyOwnerActions,
  toDelegatedAccount,
  toSessionKeyAccount,
} from '../../ts-sdk/src/index.ts'
import { type Fixture, tokenAbi, useFixture } from '../integration/sdk-fixture.ts'

/** A bundler that puts operations of several keys of one account, and of its owner, into one bundle. */

const TIMEOUT = 90_000
const fromAbi = parseAbi(['function transferFrom(address from, address to, uint256 amount) returns (bool)'])

let fixture: Fixture
useFixture(
  (opened) => {
    fixture = opened
  },
  { sharedBundles: true },
)

const debug = (method: string, ...params: unknown[]): Promise<unknown> =>
  fixture.bundler.request({ method: `debug_bundler_${method}`, params } as never)

// Operations wait in the mempool until the test has them sent: one test after the other.
describe.each<EntryPointVersion>(['0.7', '0.8', '0.9'])('on EntryPoint v%s', (entryPoint) => {
  beforeAll(async () => {
    await debug('setBundlingMode', 'manual')
  })

  async function open() {
    const { module, publicClient, bundler, usdc } = fixture
    const payee = fixture.newKey().address
    const { owner, wallet } = await fixture.newDelegatedOwner(entryPoint, fixture.newKey().address)
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
    const actions = wallet.extend(sessionKeyOwnerActions({ module }))
    const allow = encodeFunctionData({ abi: tokenAbi, functionName: 'approve', args: [owner.address, 10_000n] })
    await publicClient.waitForTransactionReceipt({ hash: await wallet.sendTransaction({ to: usdc, data: allow }) })
    const newKey = async () => {
      const signer = fixture.newKey()
      await actions.grantSessionKey({ key: signer.address, policy })
      const inLane = async (lane: number) => {
        const parameters = { client: publicClient, bundler, account: owner.address, module, policy, signer, entryPoint, lane }
        return fixture.bundlerClientOf(await toSessionKeyAccount(parameters))
      }
      const spent = async () => (await (await toSessionKeyAccount({ client: publicClient, account: owner.address, module, policy, signer, entryPoint })).readKeyState()).usage.meterSpent
      return { signer, inLane, spent }
    }
    const ownerClient = fixture.bundlerClientOf(await toDelegatedAccount({ client: publicClient, owner, entryPoint }))
    return {
      owner,
      newKey,
      byOwner: (...calls: CallRequest[]) => ownerClient.sendUserOperation({ calls }),
      transfer: (amount: bigint): CallRequest => fixture.transfer(payee, amount),
      /** Moves what call data do not show to any limit. */
      uncounted: (amount: bigint): CallRequest => ({
        to: usdc,
        data: encodeFunctionData({ abi: fromAbi, functionName: 'transferFrom', args: [owner.address, payee, amount] }),
      }),
      paid: () => fixture.balanceOf(payee),
    }
  }

  /** Has the bundler send what waits; whether each operation's calls succeeded, all in one transaction. */
  async function bundle(hashes: readonly Hex[]): Promise<boolean[]> {
    await debug('sendBundleNow')
    const receipts = await Promise.all(hashes.map((hash) => fixture.bundler.waitForUserOperationReceipt({ hash })))
    expect(new Set(receipts.map(({ receipt }) => receipt.transactionHash)).size).toBe(1)
    return receipts.map(({ success }) => success)
  }

  test('each of several keys is charged what its own operations took, and nobody what the owner took', { timeout: TIMEOUT }, async () => {
    const { newKey, byOwner, transfer, uncounted, paid } = await open()
    const [first, second] = [await newKey(), await newKey()]
    const send = async (client: Awaited<ReturnType<typeof first.inLane>>, ...calls: CallRequest[]) => client.sendUserOperation({ calls })
    const hashes = [
      await send(await first.inLane(0), transfer(10n), uncounted(20n)),
      await byOwner(transfer(5_000n)),
      await send(await second.inLane(1), uncounted(100n)),
      await send(await first.inLane(2), uncounted(40n)),
    ]
    expect(await bundle(hashes)).toEqual([true, true, true, true])
    expect([await first.spent(), await second.spent()]).toEqual([70n, 100n])
    expect(await paid()).toBe(5_170n)
  })

  test('of what together passes a cap, exactly the cap is spent', { timeout: TIMEOUT }, async () => {
    const { newKey, uncounted, paid } = await open()
    const key = await newKey()
    const hashes: Hex[] = []
    // Each is within the cap while it is asked, and all of them together are not.
    for (const lane of [0, 1, 2]) hashes.push(await (await key.inLane(lane)).sendUserOperation({ calls: [uncounted(50n)] }))
    const outcomes = await bundle(hashes)
    expect(outcomes.filter(Boolean)).toHaveLength(2)
    expect([await key.spent(), await paid()]).toEqual([100n, 100n])
  })

  test('an operation behind the owner\'s revoke is left out, one before it and another key\'s are what they were', { timeout: TIMEOUT }, async () => {
    const { owner, newKey, byOwner, transfer, paid } = await open()
    const [revoked, kept] = [await newKey(), await newKey()]
    const { to, data } = encodeRevokeSessionKey({ module: fixture.module, account: owner.address, key: revoked.signer.address })
    const before = await (await revoked.inLane(0)).sendUserOperation({ calls: [transfer(1n)] })
    const revoke = await byOwner({ to, data })
    const behind = await (await revoked.inLane(1)).sendUserOperation({ calls: [transfer(2n)] })
    const other = await (await kept.inLane(2)).sendUserOperation({ calls: [transfer(4n)] })
    // The bundler tries them one behind the other. One that asks less is tried by `test/erc7562/measured-bundles.test.ts`.
    expect(await bundle([before, revoke, other])).toEqual([true, true, true])
    const status = (await fixture.bundler.request({ method: 'pimlico_getUserOperationStatus', params: [behind] } as never)) as { status: string }
    expect(status.status).toBe('rejected')
    expect(await paid()).toBe(5n)
  })
})
