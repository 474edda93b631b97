import {
  type Address,
  type Hex,
  type PrivateKeyAccount,
  concat,
  createPublicClient,
  createTestClient,
  createWalletClient,
  encodeFunctionData,
  http,
  parseAbi,
} from 'viem'
import { type SmartAccount, createBundlerClient } from 'viem/account-abstraction'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { type Stack, startStack } from '../../bundler-local/src/index.ts'
import { type EntryPointVersion, delegatedAccountAbi } from '../../ts-sdk/src/index.ts'

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

/** A local chain with its bundler, and the clients and accounts that the SDK's tests need on it. */
export async function openFixture() {
  const stack: Stack = await startStack()
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
  }
}

export type Fixture = Awaited<ReturnType<typeof openFixture>>
