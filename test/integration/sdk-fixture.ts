import {
  type Abi,
  type Address,
  type Hex,
  type PrivateKeyAccount,
  concat,
  createPublicClient,
  createTestClient,
  createWalletClient,
  encodeFunctionData,
  getAddress,
  http,
  parseAbi,
} from 'viem'
import { type SmartAccount, createBundlerClient } from 'viem/account-abstraction'
import { artifacts } from 'hardhat'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll } from 'vitest'
import { type Stack, type StackOptions, startStack } from '../../bundler-local/src/index.ts'
import {
  type CallRequest,
  type EntryPointVersion,
  type Policy,
  type SessionKeyRefusedError,
  delegatedAccountAbi,
  findRefusal,
  sessionKeyAgentActions,
  sessionKeyOwnerActions,
  toSessionKeyAccount,
} from '../../ts-sdk/src/index.ts'

export const tokenAbi = parseAbi([
  'function approve(address spender, uint256 amount) returns (bool)',
  'function transfer(address to, uint256 amount) returns (bool)',
  'function mint(address to, uint256 amount)',
  'function balanceOf(address account) view returns (uint256)',
])

/** The stack names versions as the deployer does. */
export const stackVersion = { '0.7': 'v07', '0.8': 'v08', '0.9': 'v09' } as const satisfies Record<
  EntryPointVersion,
  string
>

const POLLING = 100

/** What the module said no with; an error if it did not. */
export async function refusalOf(action: Promise<unknown>): Promise<SessionKeyRefusedError> {
  const outcome = await action.then(
    () => undefined,
    (error: unknown) => error,
  )
  const refusal = findRefusal(outcome)
  if (refusal) return refusal
  throw new Error('nothing was refused', { cause: outcome })
}

/** A local chain with its bundler, and the clients and accounts that the SDK's tests need on it. */
export async function openFixture(options: StackOptions = {}) {
  const stack: Stack = await startStack(options)
  const chain = stack.chain
  const publicClient = createPublicClient({ chain, transport: http(stack.rpcUrl), pollingInterval: POLLING })
  const bundler = createBundlerClient({
    chain,
    client: publicClient,
    transport: http(stack.bundlerUrl),
    pollingInterval: POLLING,
  })
  const walletOf = (account: PrivateKeyAccount) =>
    createWalletClient({ account, chain, transport: http(stack.rpcUrl), pollingInterval: POLLING })
  const testClient = createTestClient({ mode: 'anvil', chain, transport: http(stack.rpcUrl) })

  const mined = async (hash: Hex) => {
    const receipt = await publicClient.waitForTransactionReceipt({ hash })
    if (receipt.status !== 'success') throw new Error(`${hash} reverted`)
    return receipt
  }

  return {
    stack,
    publicClient,
    bundler,
    module: stack.addresses.sessionKeyModule,
    usdc: stack.addresses.usdc,
    walletOf,
    newKey: () => privateKeyToAccount(generatePrivateKey()),
    bundlerClientOf: (account: SmartAccount) =>
      createBundlerClient({
        account,
        chain,
        client: publicClient,
        transport: http(stack.bundlerUrl),
        pollingInterval: POLLING,
      }),
    now: async () => (await publicClient.getBlock()).timestamp,

    /** A transfer of test dollars. */
    transfer: (to: Address, amount: bigint): CallRequest => ({
      to: stack.addresses.usdc,
      data: encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [to, amount] }),
    }),
    /** What an address has of them. */
    balanceOf: (holder: Address): Promise<bigint> =>
      publicClient.readContract({ abi: tokenAbi, address: stack.addresses.usdc, functionName: 'balanceOf', args: [holder] }),

    /** A key of its own that can pay for transactions. */
    async newFundedKey(): Promise<PrivateKeyAccount> {
      const key = privateKeyToAccount(generatePrivateKey())
      await testClient.setBalance({ address: key.address, value: 10n ** 19n })
      return key
    },

    /** Gives an account ether and test dollars. */
    async fund(address: Address): Promise<void> {
      const minter = await this.newFundedKey()
      await testClient.setBalance({ address, value: 10n ** 19n })
      const data = encodeFunctionData({ abi: tokenAbi, functionName: 'mint', args: [address, 1_000_000_000n] })
      await mined(await walletOf(minter).sendTransaction({ to: stack.addresses.usdc, data }))
    },

    /** An EOA of its own that has delegated to the reference account and installed the module. */
    async newDelegatedOwner(version: EntryPointVersion, guardian: Address) {
      const owner = privateKeyToAccount(generatePrivateKey())
      const wallet = walletOf(owner)
      await this.fund(owner.address)
      const authorization = await wallet.signAuthorization({
        contractAddress: stack.addresses.delegatedAccount[stackVersion[version]],
        executor: 'self',
      })
      const data = encodeFunctionData({
        abi: delegatedAccountAbi,
        functionName: 'installModule',
        args: [1n, stack.addresses.sessionKeyModule, concat(['0x01', guardian])],
      })
      await mined(await wallet.sendTransaction({ to: owner.address, data, authorizationList: [authorization] }))
      return { owner, wallet }
    },

    /** Deploys a mock, and answers its address and a way to have anybody call it. */
    async deployMock(name: string, args: readonly unknown[] = []) {
      const { abi, bytecode } = await artifacts.readArtifact(name)
      const anybody = walletOf(await this.newFundedKey())
      const deployed = await mined(await anybody.deployContract({ abi: abi as Abi, bytecode: bytecode as Hex, args: [...args] }))
      if (!deployed.contractAddress) throw new Error(`${name} was not deployed`)
      const address = getAddress(deployed.contractAddress)
      return {
        address,
        abi: abi as Abi,
        tell: async (functionName: string, ...given: unknown[]) =>
          mined(await anybody.sendTransaction({ to: address, data: encodeFunctionData({ abi: abi as Abi, functionName, args: given }) })),
      }
    },

    setBalance: (address: Address, value: bigint) => testClient.setBalance({ address, value }),

    /**
     * A delegated account of its own with a key under a policy; the executor is installed where the policy has a direct
     * lane. The key has ether of its own.
     */
    async newSession(version: EntryPointVersion, policyFor: Policy | ((owner: Address) => Policy)) {
      const key = await this.newFundedKey()
      const { owner, wallet } = await this.newDelegatedOwner(version, privateKeyToAccount(generatePrivateKey()).address)
      const policy = typeof policyFor === 'function' ? policyFor(owner.address) : policyFor
      const actions = wallet.extend(sessionKeyOwnerActions({ module: this.module }))
      if (policy.directLane) await actions.installExecutor()
      await actions.grantSessionKey({ key: key.address, policy })
      const account = await toSessionKeyAccount({
        client: publicClient,
        bundler,
        account: owner.address,
        module: this.module,
        policy,
        signer: key,
        entryPoint: version,
      })
      const client = this.bundlerClientOf(account).extend(sessionKeyAgentActions())
      return {
        owner,
        wallet,
        actions,
        key,
        policy,
        account,
        client,
        of: { account: owner.address, module: this.module, policy },
        /** Has the bundler take the calls; whether they succeeded. */
        async send(...calls: CallRequest[]): Promise<boolean> {
          const hash = await client.sendSessionOperation({ calls })
          return (await client.waitForUserOperationReceipt({ hash })).success
        },
      }
    },
  }
}

export type Fixture = Awaited<ReturnType<typeof openFixture>>

/** Opens a fixture before the tests of the file, hands it over, and ends it behind them. */
export function useFixture(take: (opened: Fixture) => void, options: StackOptions = {}): void {
  let opened: Fixture | undefined
  beforeAll(async () => {
    opened = await openFixture(options)
    take(opened)
  })
  afterAll(() => opened?.stack.stop())
}
