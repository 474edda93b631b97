import {
  type Address,
  type Hex,
  encodeFunctionData,
  getAddress,
  hashTypedData,
  keccak256,
  parseAbi,
  parseEther,
  toFunctionSelector,
  toHex,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import {
  type Call,
  PERIODS,
  PERIOD_CODES,
  type Policy,
  buildEvidence,
  coveringPermission,
  definePolicy,
  encodeExecutions,
  encodePolicy,
  encodePolicySettings,
  encodeSessionSignature,
  encodeSigner,
  equals,
  hashPermission,
  keyIdOf,
  meterIdOf,
  periodEnd,
  periodIndex,
  self,
  sessionOperationTypedData,
} from '../../ts-sdk/src/index.ts'

/**
 * Known answers for docs/WIRE-FORMAT.md, for any language to read: numbers are 32-byte hex words, so that no reader
 * loses a digit.
 */

const named = (name: string): Address => getAddress(`0x${keccak256(toHex(name)).slice(-40)}`)
const uint = (value: bigint | number): Hex => toHex(value, { size: 32 })

const key = privateKeyToAccount(keccak256(toHex('session key')))
const account = named('account')
const module = named('module')
const usdc = named('usdc')
const dai = named('dai')
const router = named('router')
const CHAIN_ID = 31_337

const tokenAbi = parseAbi([
  'function approve(address spender, uint256 amount)',
  'function transfer(address to, uint256 amount)',
])
const routerAbi = parseAbi([
  'function exactInputSingle((address tokenIn, address tokenOut, uint24 fee, address recipient, uint256 amountIn, uint256 amountOutMinimum, uint160 sqrtPriceLimitX96) params) payable',
])

const swaps = definePolicy({
  validAfter: 1_900_000_000,
  validUntil: 1_900_086_400,
  nativeLimit: { amount: parseEther('0.05'), period: 'day' },
  tokenLimits: [{ token: usdc, amount: 100_000_000n, period: 'day' }],
  rateLimits: [{ count: 10, period: 'hour' }],
  callPolicies: [
    { target: router, abi: routerAbi, functionName: 'exactInputSingle', args: { 'params.recipient': self() } },
    { target: usdc, abi: tokenAbi, functionName: 'approve', args: { spender: equals(router) } },
  ],
})

const everything = definePolicy({
  validAfter: 1,
  validUntil: 2n ** 36n - 1n,
  nativeLimit: { amount: (2n ** 56n - 1n) * 10n ** 9n, period: 'lifetime' },
  tokenLimits: [
    { token: usdc, amount: 2n ** 96n - 1n, period: 'week' },
    { token: usdc, amount: 1n, period: 'operation', tag: 255 },
    { token: dai, amount: 2n ** 128n - 1n, period: 'month' },
  ],
  rateLimits: [{ count: 65_535, period: 'minute' }],
  maxUses: 16_777_215,
  cooldown: 65_535 * 60,
  paymasters: [
    { address: named('sponsor'), prefix: '0xabcdef' },
    { address: named('token paymaster'), mode: 'token', token: dai, rate: 3_000n * 10n ** 18n },
  ],
  accountCodeHash: keccak256(toHex('code')),
  callPolicies: [
    {
      target: usdc,
      abi: tokenAbi,
      functionName: 'transfer',
      value: 1n,
      args: { to: equals(router), amount: equals(7n) },
      hot: true,
    },
    { target: dai, selector: 'any', mark: 'uncapped' },
    { target: 'any', selector: '0x12345678' },
    { target: router, selector: 'none', value: parseEther('1') },
    { target: dai, selector: toFunctionSelector('approve(address,uint256)'), args: { 0: self() }, hot: true },
  ],
})

const many = definePolicy({
  validUntil: 2_000_000_000,
  nativeLimit: { amount: 10n ** 9n, period: 'year' },
  maxUses: 1,
  callPolicies: Array.from({ length: 11 }, (_, index) => ({
    target: named(`target ${index}`),
    selector: toHex(index + 1, { size: 4 }),
    hot: index < 2,
  })),
})

const transfer: Call = {
  to: usdc,
  value: 1n,
  data: encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [router, 7n] }),
}

function describePolicy(name: string, policy: Policy) {
  const encoded = encodePolicy(policy)
  return {
    name,
    settings: uint(encodePolicySettings(policy, 3n, 258n)),
    header: encoded.header,
    headerHash: keccak256(encoded.header),
    permissions: encoded.permissions,
    leaves: policy.permissions.list.map(hashPermission),
    proofs: encoded.proofs,
    permissionsRoot: encoded.permissionsRoot,
    policyRoot: encoded.policyRoot,
  }
}

async function describeOperation(name: string, policyName: string, policy: Policy, calls: readonly Call[]) {
  const { header, proofs } = encodePolicy(policy)
  const { list } = policy.permissions
  const [validAfter, validUntil, userOpHash] = [1_900_000_000n, 1_900_000_300n, keccak256(toHex(name))]
  const evidence = buildEvidence({ key: key.address, header, list, proofs }, account, calls)
  const typedData = sessionOperationTypedData({
    chainId: CHAIN_ID,
    module,
    userOpHash,
    validAfter,
    validUntil,
    evidenceHash: keccak256(evidence),
  })
  const keySignature = await key.signTypedData(typedData)
  return {
    name,
    policy: policyName,
    calls: calls.map(({ to, value, data }) => ({ to, value: uint(value), data })),
    permissionOfCall: calls.map((call) => uint(coveringPermission(list, call, account))),
    callData: encodeExecutions(calls),
    validAfter: uint(validAfter),
    validUntil: uint(validUntil),
    evidence,
    evidenceHash: keccak256(evidence),
    userOpHash,
    digest: hashTypedData(typedData),
    keySignature,
    signature: encodeSessionSignature({ validAfter, validUntil, evidence, keySignature }),
  }
}

const TIMES = [
  '1970-01-01T00:00:00Z',
  '2000-02-29T23:59:59Z',
  '2026-11-22T23:59:59Z',
  '2026-11-23T00:00:00Z',
  '2027-12-31T23:59:59Z',
  '2100-03-01T00:00:00Z',
]

/** Everything in `policy.json`. */
export async function makeVectors() {
  const signer = encodeSigner(key.address)
  return {
    context: { chainId: uint(CHAIN_ID), module, account, key: key.address, signer, keyId: keyIdOf(key.address) },
    meterIds: [
      {
        serial: uint(1),
        token: usdc,
        tag: uint(0),
        identity: uint((BigInt(usdc) << 8n) | 0n),
        meterId: meterIdOf(keyIdOf(key.address), 1n, usdc, 0),
      },
      {
        serial: uint(16_777_215),
        token: dai,
        tag: uint(255),
        identity: uint((BigInt(dai) << 8n) | 255n),
        meterId: meterIdOf(keyIdOf(key.address), 16_777_215n, dai, 255),
      },
    ],
    periods: PERIODS.flatMap((period) =>
      TIMES.map((text) => {
        const time = BigInt(Date.parse(text) / 1000)
        return {
          period: uint(PERIOD_CODES[period]),
          time: uint(time),
          index: uint(periodIndex(period, time)),
          end: uint(periodEnd(period, time) ?? 2n ** 48n - 1n),
        }
      }),
    ),
    policies: [describePolicy('swaps', swaps), describePolicy('everything', everything), describePolicy('many', many)],
    operations: [
      await describeOperation('one call', 'everything', everything, [transfer]),
      await describeOperation('a batch that repeats', 'everything', everything, [
        transfer,
        transfer,
        { to: router, value: 5n, data: '0x' },
        { to: dai, value: 0n, data: '0xdeadbeef00' },
      ]),
      await describeOperation('deep in the tree', 'many', many, [
        { to: named('target 10'), value: 0n, data: '0x0000000b' },
      ]),
    ],
  }
}
