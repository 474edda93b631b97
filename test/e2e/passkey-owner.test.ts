import { encodeFunctionData, parseEther } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ContractSignerInBundlerLaneError,
  type KeySigner,
  PrecompileMissingError,
  definePolicy,
  equals,
  requireSignerSupport,
  sessionKeyAgentActions,
  sessionKeyOwnerActions,
  toContractSigner,
  toEoaSigner,
  toMultisigSigner,
  toOwnedAccount,
  toP256Signer,
  toSessionKeyAccount,
  toWebAuthnSigner,
} from '../../ts-sdk/src/index.ts'
import { softwareP256, softwarePasskey } from '../utils/passkey.ts'
import { type Fixture, openFixture, stackVersion, tokenAbi } from '../integration/sdk-fixture.ts'

const TIMEOUT = 60_000
const VERSIONS = ['0.7', '0.8', '0.9'] as const

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture()
}, TIMEOUT)
afterAll(async () => {
  await fixture?.stack.stop()
})

const p256 = 'solidity'
const passkey = (): KeySigner => toWebAuthnSigner({ ...softwarePasskey(), userVerification: 'required', p256 })
const OWNERS: Readonly<Record<string, () => KeySigner>> = {
  'a passkey': passkey,
  'a P-256 key': () => toP256Signer({ ...softwareP256(), p256 }),
  'two of a passkey, an EOA and an address': () =>
    toMultisigSigner({ members: [passkey(), toEoaSigner(fixture.newKey()), fixture.newKey().address], threshold: 2 }),
}

describe.each(VERSIONS)('on EntryPoint v%s', (entryPoint) => {
  test.each(Object.entries(OWNERS))(
    '%s owns an account: creates it and grants a session key through the bundler, and the key acts',
    { timeout: TIMEOUT },
    async (_, makeOwner) => {
      const { module, publicClient, bundler, usdc } = fixture
      const owner = makeOwner()
      await requireSignerSupport(publicClient, owner)
      const account = await toOwnedAccount({
        client: publicClient,
        factory: fixture.stack.addresses.ownedAccountFactory[stackVersion[entryPoint]],
        owners: [owner],
        entryPoint,
      })
      await fixture.fund(account.address)
      const [agent, payee] = [fixture.newKey(), fixture.newKey().address]
      const policy = definePolicy({
        validUntil: (await fixture.now()) + 86_400n,
        nativeLimit: { amount: parseEther('0.05'), period: 'year' },
        tokenLimits: [{ token: usdc, amount: 100n, period: 'year' }],
        callPolicies: [{ target: usdc, abi: tokenAbi, functionName: 'transfer', args: { to: equals(payee) } }],
      })
      const client = fixture.bundlerClientOf(account).extend(sessionKeyOwnerActions({ module }))
      const creation = await client.sendUserOperation({ calls: [{ to: payee, value: 0n }] })
      await client.waitForUserOperationReceipt({ hash: creation })
      await client.grantSessionKey({ key: agent.address, policy })

      const session = await toSessionKeyAccount({ client: publicClient, bundler, account: account.address, module, policy, signer: agent })
      const agentClient = fixture.bundlerClientOf(session).extend(sessionKeyAgentActions())
      const data = encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [payee, 100n] })
      const hash = await agentClient.sendSessionOperation({ calls: [{ to: usdc, data }] })
      expect((await agentClient.waitForUserOperationReceipt({ hash })).success).toBe(true)
    },
  )
})

test('a key that needs the precompile is refused before it owns anything on a chain without it', async () => {
  const owner = toWebAuthnSigner({ ...softwarePasskey(), userVerification: 'required', p256: 'precompile' })
  await expect(requireSignerSupport(fixture.publicClient, owner)).rejects.toThrow(PrecompileMissingError)
})

test('a contract is refused by name as the owner that signs for a bundler', async () => {
  const { publicClient, stack } = fixture
  const owner = toContractSigner({ address: stack.addresses.usdc, sign: async () => '0x' })
  const opening = toOwnedAccount({ client: publicClient, factory: stack.addresses.ownedAccountFactory.v07, owners: [owner] })
  await expect(opening).rejects.toThrow(ContractSignerInBundlerLaneError)
})
