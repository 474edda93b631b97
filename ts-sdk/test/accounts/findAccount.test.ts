import {
  type Address,
  type Hex,
  createClient,
  custom,
  decodeFunctionData,
  encodeFunctionResult,
  parseAbi,
  zeroAddress,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { hardhat } from 'viem/chains'
import { expect, test } from 'vitest'
import {
  AccountNotDeployedError,
  ForeignNonceKeyError,
  ModuleHookedError,
  ModuleNotInstalledError,
  UnknownAccountError,
  UnknownEntryPointError,
  ValetError,
  WrongEntryPointError,
  definePolicy,
  entryPointOf,
  findAccount,
  kernel,
  openzeppelin,
  requireOwnNonce,
  toSessionKeyAccount,
} from '../../src/index.ts'
import { ACCOUNT, MODULE, ROUTER, input } from '../fixtures.ts'

const abi = parseAbi([
  'function accountId() view returns (string)',
  'function entryPoint() view returns (address)',
  'function entrypoint() view returns (address)',
  'function isModuleInstalled(uint256 moduleTypeId, address module, bytes additionalContext) view returns (bool)',
  'function validationConfig(bytes21 validation) view returns ((uint32 nonce, address hook) config)',
])

const NO_HOOK: Address = '0x0000000000000000000000000000000000000001'

type Answers = { accountId?: string; entryPoint?: Address; entrypoint?: Address; isModuleInstalled?: boolean; hook?: Address }

/** A node with one account, which reverts where it has no answer. `code` '0x': with none. */
function nodeWith(answers: Answers, { code = '0x00', fail }: { code?: Hex; fail?: string } = {}) {
  return createClient({
    chain: hardhat,
    transport: custom(
      {
        async request({ method, params }: { method: string; params: [{ data: Hex }] }) {
          if (fail) throw new Error(fail)
          if (method === 'eth_getCode') return code
          if (code === '0x') return '0x'
          const { functionName } = decodeFunctionData({ abi, data: params[0].data })
          const { hook = NO_HOOK } = answers
          const result = functionName === 'validationConfig' ? { nonce: 1, hook } : answers[functionName]
          if (result === undefined) throw Object.assign(new Error('execution reverted'), { code: 3, data: '0x' })
          return encodeFunctionResult({ abi, functionName, result } as Parameters<typeof encodeFunctionResult>[0])
        },
      },
      { retryCount: 0 },
    ),
  })
}

const v07 = entryPointOf('0.7')
const v08 = entryPointOf('0.8')

test.each([
  ['kernel', 'kernel.advanced.v0.3.1'],
  ['kernel', 'kernel.advanced.v0.3.3'],
  ['nexus', 'biconomy.nexus.1.0.0'],
  ['nexus', 'biconomy.nexus.1.2.0'],
  ['safe7579', 'rhinestone.safe7579.v1.0.0'],
  ['msa', 'uMSA.advanced/withHook.v0.1'],
  ['openzeppelin', '@openzeppelin/contracts.AccountERC7579.v1.0.0'],
  ['openzeppelin', '@openzeppelin/community-contracts.AccountERC7579.v0.0.0'],
  ['openzeppelin', 'valet-keys.owned-account.0.1.0'],
])('an account of kind %s says that it is "%s"', async (kind, accountId) => {
  const found = await findAccount(nodeWith({ accountId, entryPoint: v07.address }), { account: ACCOUNT })
  expect(found.adapter.kind).toBe(kind)
  expect(found.accountId).toBe(accountId)
})

test('the EntryPoint is the one that the account says it obeys, also where it spells it as Kernel does', async () => {
  const plain = await findAccount(nodeWith({ accountId: 'biconomy.nexus.1.0.0', entryPoint: v08.address }), { account: ACCOUNT })
  expect(plain.entryPoint?.version).toBe('0.8')
  const node = nodeWith({ accountId: 'kernel.advanced.v0.3.1', entrypoint: v07.address })
  expect((await findAccount(node, { account: ACCOUNT })).entryPoint?.version).toBe('0.7')
})

test('an address without code is an account that is not deployed', async () => {
  const error = findAccount(nodeWith({}, { code: '0x' }), { account: ACCOUNT })
  await expect(error).rejects.toThrow(AccountNotDeployedError)
  await expect(error).rejects.toThrow(/first operation/)
})

test.each([{}, { accountId: 'acme.account.1.0.0' }, { accountId: 'my.kernel.advanced.v0.3.1' }])(
  'an account that answers %o is unknown',
  async (answers) => {
    const error = findAccount(nodeWith(answers), { account: ACCOUNT })
    await expect(error).rejects.toThrow(UnknownAccountError)
    await expect(error).rejects.toThrow(/adapter/)
    await expect(findAccount(nodeWith(answers), { account: ACCOUNT, adapter: openzeppelin })).resolves.toMatchObject({
      adapter: openzeppelin,
    })
  },
)

test('another EntryPoint than the account’s is refused', async () => {
  const node = nodeWith({ accountId: 'biconomy.nexus.1.0.0', entryPoint: v07.address })
  const error = findAccount(node, { account: ACCOUNT, entryPoint: v08 })
  await expect(error).rejects.toThrow(WrongEntryPointError)
  await expect(error).rejects.toMatchObject({ expected: v07.address, given: v08.address })
})

const open = (answers: Answers, options: { code?: Hex } = {}) =>
  toSessionKeyAccount({
    client: nodeWith(answers, options),
    account: ACCOUNT,
    module: MODULE,
    policy: definePolicy({ ...input, callPolicies: [{ target: ROUTER, selector: '0x12345678' }] }),
    signer: privateKeyToAccount(`0x${'42'.repeat(32)}`),
  })
const KERNEL = { accountId: 'kernel.advanced.v0.3.1', entrypoint: v07.address, isModuleInstalled: true }

test('an EntryPoint that nobody knows is refused, unless it is named', async () => {
  const node = nodeWith({ accountId: 'biconomy.nexus.1.0.0', entryPoint: ROUTER })
  const error = findAccount(node, { account: ACCOUNT })
  await expect(error).rejects.toThrow(UnknownEntryPointError)
  await expect(error).rejects.toMatchObject({ entryPoint: ROUTER })
  await expect(error).rejects.toThrow(/pass it as `entryPoint`/)
  const named = { ...v07, address: ROUTER }
  await expect(findAccount(node, { account: ACCOUNT, entryPoint: named })).resolves.toMatchObject({ entryPoint: named })
})

test('an account without the module is told from one that has it', async () => {
  const without = open({ ...KERNEL, isModuleInstalled: false })
  await expect(without).rejects.toThrow(ModuleNotInstalledError)
  await expect(without).rejects.toThrow(/installSessionKeyModule/)
  await expect(open(KERNEL)).resolves.toMatchObject({ entryPoint: { version: '0.7' } })
})

test('a Kernel that runs a hook around the module is refused, with what to do', async () => {
  const hooked = open({ ...KERNEL, hook: ROUTER })
  await expect(hooked).rejects.toThrow(ModuleHookedError)
  await expect(hooked).rejects.toMatchObject({ hook: ROUTER })
  await expect(hooked).rejects.toThrow(/executeUserOp: true/)
  await expect(open({ ...KERNEL, hook: zeroAddress })).resolves.toBeDefined()
})

test('an account that is not deployed has no session keys', async () => {
  await expect(open({}, { code: '0x' })).rejects.toThrow(AccountNotDeployedError)
})

test('a node that fails is no account that is unknown', async () => {
  const error = findAccount(nodeWith({}, { fail: 'no connection' }), { account: ACCOUNT })
  await expect(error).rejects.toThrow(/no connection/)
  await expect(error).rejects.not.toBeInstanceOf(ValetError)
})

test('a nonce that leads to another validator, or to the owner, is refused; every lane of the module is not', () => {
  for (const adapter of [kernel, openzeppelin]) {
    for (const lane of [0n, (1n << BigInt(adapter.laneBits)) - 1n]) {
      expect(() => requireOwnNonce(adapter, MODULE, (adapter.nonceKey(MODULE, lane) << 64n) | 5n)).not.toThrow()
    }
    for (const key of [0n, adapter.nonceKey(ROUTER), adapter.nonceKey(MODULE) << 8n]) {
      expect(() => requireOwnNonce(adapter, MODULE, key << 64n)).toThrow(ForeignNonceKeyError)
    }
  }
  // Kernel's enable mode, which would install a validator on the way.
  const enable = (1n << 184n) | kernel.nonceKey(MODULE)
  expect(() => requireOwnNonce(kernel, MODULE, enable << 64n)).toThrow(ForeignNonceKeyError)
})

