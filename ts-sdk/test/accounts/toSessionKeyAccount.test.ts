import {
  type Address,
  type Hex,
  createClient,
  custom,
  decodeFunctionData,
  encodeAbiParameters,
  encodeErrorResult,
  encodeFunctionResult,
  getAbiItem,
  hashTypedData,
  keccak256,
  parseAbi,
  recoverAddress,
  size,
  slice,
  zeroHash,
} from 'viem'
import { getUserOperationHash } from 'viem/account-abstraction'
import { privateKeyToAccount } from 'viem/accounts'
import { hardhat } from 'viem/chains'
import { describe, expect, test } from 'vitest'
import {
  PolicyMismatchError,
  SessionKeyCannotSignError,
  SessionKeyRefusedError,
  buildEvidence,
  decodeSessionSignature,
  definePolicy,
  encodeControl,
  encodeExecutions,
  encodePolicy,
  encodePolicySettings,
  nonceKeyOf,
  sessionKeyModuleAbi,
  sessionOperationTypedData,
  toSessionKeyAccount,
} from '../../src/index.ts'
import { ACCOUNT, MODULE, ROUTER, input } from '../fixtures.ts'

const NOW = 1_900_000_100n
const signer = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const policy = definePolicy({ ...input, callPolicies: [{ target: ROUTER, selector: '0x12345678' }] })
const encoded = encodePolicy(policy)
const call = { to: ROUTER, value: 0n, data: '0x12345678' as Hex }
const callData = encodeExecutions([call])
const gas = {
  callGasLimit: 1n,
  verificationGasLimit: 2n,
  preVerificationGas: 3n,
  maxFeePerGas: 4n,
  maxPriorityFeePerGas: 5n,
}

const accountAbi = parseAbi([
  'function accountId() view returns (string)',
  'function entryPoint() view returns (address)',
  'function entrypoint() view returns (address)',
  'function isModuleInstalled(uint256 moduleTypeId, address module, bytes additionalContext) view returns (bool)',
])
const nonce = nonceKeyOf(MODULE) << 64n

/** A node that holds one granted key, and notes what the module is asked to preview. */
function nodeWith({ root = encoded.policyRoot, refuse }: { root?: Hex; refuse?: Hex } = {}) {
  const previews: Hex[] = []
  const settings = encodePolicySettings(policy, 1n, 1n)
  const control = encodeControl({
    guardian: undefined,
    epoch: 1n,
    isValidator: true,
    isExecutor: false,
    paused: false,
    hasCeilings: false,
  })
  const answer = (to: Address, data: Hex): Hex => {
    if (to.toLowerCase() === ACCOUNT.toLowerCase()) return ofAccount(data)
    if (to.toLowerCase() !== MODULE.toLowerCase())
      return encodeAbiParameters([{ type: 'uint256' }], [BigInt(slice(data, 36, 68)) << 64n])
    const { functionName, args } = decodeFunctionData({ abi: sessionKeyModuleAbi, data })
    if (functionName === 'keyState') {
      const result = { control, settings, policyRoot: root, usage: 0n, meters: [], blockTime: NOW }
      return encodeFunctionResult({ abi: sessionKeyModuleAbi, functionName, result })
    }
    if (functionName !== 'preview') throw new Error(`unexpected call of ${functionName}`)
    previews.push(args[0].signature)
    if (refuse) throw Object.assign(new Error('execution reverted'), { code: 3, data: refuse })
    const result = {
      keyId: zeroHash,
      validAfter: 0n,
      validUntil: 0n,
      calls: 1n,
      nativeCharge: 0n,
      nativeLeft: 0n,
      meterCharges: [0n],
      meterLeft: [0n],
      rateLeft: 2n ** 256n - 1n,
      usesLeft: 2n ** 256n - 1n,
      needsCosignature: false,
      ceilings: [],
    }
    return encodeFunctionResult({ abi: sessionKeyModuleAbi, functionName, result })
  }
  const ofAccount = (data: Hex): Hex => {
    const { functionName } = decodeFunctionData({ abi: accountAbi, data })
    if (functionName === 'accountId') {
      return encodeAbiParameters([{ type: 'string' }], ['valet-keys.delegated-account.0.1.0'])
    }
    if (functionName === 'isModuleInstalled') return encodeAbiParameters([{ type: 'bool' }], [true])
    // It does not tell which EntryPoint it obeys.
    throw Object.assign(new Error('execution reverted'), { code: 3, data: '0x' })
  }
  const client = createClient({
    chain: hardhat,
    transport: custom(
      {
        async request({ method, params }: { method: string; params: [{ to: Address; data: Hex }] }) {
          if (method === 'eth_getCode') return '0x00'
          if (method !== 'eth_call') throw new Error(`unexpected ${method}`)
          return answer(params[0].to, params[0].data)
        },
      },
      { retryCount: 0 },
    ),
  })
  return { client, previews }
}

type Options = Partial<Parameters<typeof toSessionKeyAccount>[0]>
const accountOn = (client: Options['client'], options: Options = {}) =>
  toSessionKeyAccount({
    client: client as NonNullable<Options['client']>,
    account: ACCOUNT,
    module: MODULE,
    policy,
    signer,
    ...options,
  })

describe.each(['0.7', '0.8', '0.9'] as const)('EntryPoint v%s', (entryPoint) => {
  test('the key signs the operation’s hash, the window and the evidence, and nothing else', async () => {
    const account = await accountOn(nodeWith().client, { entryPoint })
    const operation = { sender: ACCOUNT, nonce: nonce + 7n, callData, signature: '0x' as Hex, ...gas }
    const { validAfter, validUntil, evidence, keySignature } = decodeSessionSignature(
      await account.signUserOperation({ ...operation, chainId: 5 }),
    )
    expect(evidence).toBe(
      buildEvidence(
        { key: signer.address, header: encoded.header, list: policy.permissions.list, proofs: encoded.proofs },
        ACCOUNT,
        [call],
      ),
    )
    const userOpHash = getUserOperationHash({
      chainId: 5,
      entryPointAddress: account.entryPoint.address,
      entryPointVersion: entryPoint,
      userOperation: operation,
    })
    const digest = hashTypedData(
      sessionOperationTypedData({
        chainId: 5,
        module: MODULE,
        userOpHash,
        validAfter,
        validUntil,
        evidenceHash: keccak256(evidence),
      }),
    )
    expect(await recoverAddress({ hash: digest, signature: keySignature })).toBe(signer.address)
  })
})

test('the stub has the length of a real signature and the form of one', async () => {
  const account = await accountOn(nodeWith().client)
  const stub = await account.getStubSignature({ callData } as never)
  const real = await account.signUserOperation({ sender: ACCOUNT, nonce, callData, signature: '0x', ...gas })
  expect(size(stub)).toBe(size(real))
  expect(size(decodeSessionSignature(stub).keySignature)).toBe(65)
  expect(['0x1b', '0x1c']).toContain(slice(stub, -1))
})

test('the nonce key names the module, and a lane', async () => {
  const account = await accountOn(nodeWith().client, { lane: 3 })
  expect(await account.getNonce()).toBe(nonceKeyOf(MODULE, 3) << 64n)
  expect(await account.getNonce({ key: 9n })).toBe(nonceKeyOf(MODULE, 9) << 64n)
  await expect(async () => account.getNonce({ key: 2n ** 32n })).rejects.toThrow(/lane/)
})

describe('the precheck', () => {
  const refuse = encodeErrorResult({
    abi: [getAbiItem({ abi: sessionKeyModuleAbi, name: 'KeyPaused' })],
    errorName: 'KeyPaused',
    args: [zeroHash],
  })
  const sign = async (options: Options, node = nodeWith({ refuse })) => {
    const account = await accountOn(node.client, options)
    return {
      node,
      outcome: await account
        .signUserOperation({ sender: ACCOUNT, nonce, callData, signature: '0x', ...gas })
        .catch((it: unknown) => it),
    }
  }

  test('asks the module before the key signs, and throws what it refuses with', async () => {
    let signed = false
    const watched = { ...signer, signTypedData: async () => ((signed = true), '0x' as Hex) }
    const { outcome, node } = await sign({ signer: watched as unknown as typeof signer })
    expect(outcome).toBeInstanceOf(SessionKeyRefusedError)
    expect(outcome).toMatchObject({ code: 'KeyPaused' })
    expect([signed, node.previews.length]).toEqual([false, 1])
  })

  test('asks before an estimate too', async () => {
    const account = await accountOn(nodeWith({ refuse }).client)
    await expect(account.getStubSignature({ callData } as never)).rejects.toMatchObject({ code: 'KeyPaused' })
  })

  test('can be left to the bundler', async () => {
    const { outcome, node } = await sign({ precheck: false })
    expect(outcome).toBeTypeOf('string')
    expect(node.previews).toEqual([])
  })
})

test('another policy than the granted one is refused, and where to find that one is said', async () => {
  const account = await accountOn(nodeWith({ root: zeroHash }).client)
  const error = await account.getStubSignature({ callData } as never).catch((it: unknown) => it)
  expect(error).toBeInstanceOf(PolicyMismatchError)
  expect((error as Error).message).toContain('getGrantedPolicy')
})

test('a session key signs no message and no typed data', async () => {
  const account = await accountOn(nodeWith().client)
  await expect(account.signMessage({ message: 'hello' })).rejects.toBeInstanceOf(SessionKeyCannotSignError)
  await expect(
    account.signTypedData({ types: { A: [] }, primaryType: 'A', domain: {}, message: {} } as never),
  ).rejects.toBeInstanceOf(SessionKeyCannotSignError)
})
