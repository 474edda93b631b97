import {
  type Address,
  type Hex,
  encodeFunctionData,
  getAddress,
  keccak256,
  parseAbi,
  parseEther,
  toFunctionSelector,
  toHex,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { type Call, createAddressSet, definePolicy, equals, inSet, self } from '../../ts-sdk/src/index.ts'

/** Who and what the vectors are about: addresses by name, keys by name, and the policies. */

export const named = (name: string): Address => getAddress(`0x${keccak256(toHex(name)).slice(-40)}`)
/** A number as vectors have it. */
export const uint = (value: bigint | number): Hex => toHex(value, { size: 32 })

const keyOf = (name: string) => privateKeyToAccount(keccak256(toHex(name)))
export const [key, coSigner, owner] = [keyOf('session key'), keyOf('co-signer'), keyOf('owner')] as const
export const account = named('account')
export const module = named('module')
export const usdc = named('usdc')
export const dai = named('dai')
export const router = named('router')
export const CHAIN_ID = 31_337

const tokenAbi = parseAbi([
  'function approve(address spender, uint256 amount)',
  'function transfer(address to, uint256 amount)',
])
const routerAbi = parseAbi([
  'function exactInputSingle((address tokenIn, address tokenOut, uint24 fee, address recipient, uint256 amountIn, uint256 amountOutMinimum, uint160 sqrtPriceLimitX96) params) payable',
])

export const swaps = definePolicy({
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

export const everything = definePolicy({
  validAfter: 1,
  validUntil: 2n ** 36n - 1n,
  nativeLimit: { amount: (2n ** 56n - 1n) * 10n ** 9n, period: 'lifetime' },
  tokenLimits: [
    { token: usdc, amount: 2n ** 96n - 1n, period: 'week' },
    { token: usdc, amount: 14n, period: 'operation', tag: 255 },
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

export const many = definePolicy({
  validUntil: 2_000_000_000,
  nativeLimit: { amount: 10n ** 9n, period: 'year' },
  maxUses: 1,
  callPolicies: Array.from({ length: 11 }, (_, index) => ({
    target: named(`target ${index}`),
    selector: toHex(index + 1, { size: 4 }),
    hot: index < 2,
  })),
})

const members = [router, dai, named('first member'), named('second member'), named('third member')]

/** Everything that a header can have, charges to numbered meters, and a Merkle set. */
export const guarded = definePolicy({
  validUntil: 2_000_000_000,
  nativeLimit: { amount: parseEther('0.05'), period: 'day' },
  tokenLimits: [{ token: usdc, amount: 100_000_000n, period: 'day' }],
  meters: {
    swapIn: [
      { amount: 50_000_000n, period: 'operation' },
      { amount: 500_000_000n, period: 'week' },
    ],
    sent: { amount: 10n ** 18n, period: 'month' },
    swaps: { amount: 3n, period: 'lifetime' },
  },
  rateLimits: [
    { count: 10, period: 'hour' },
    { count: 100, period: 'week' },
  ],
  paymasters: [{ address: named('token paymaster'), mode: 'token', token: usdc, rate: 3_000n * 10n ** 6n }],
  coSigner: {
    signer: coSigner.address,
    thresholds: [
      { token: usdc, above: 50_000_000n },
      { token: 'native', above: parseEther('0.01') },
    ],
  },
  checker: named('checker'),
  accountCodeHash: keccak256(toHex('code')),
  callPolicies: [
    {
      target: router,
      abi: routerAbi,
      functionName: 'exactInputSingle',
      value: 1_000n,
      args: { 'params.recipient': self() },
      charges: [
        { meter: 'swaps', by: 'count' },
        { meter: 'sent', by: 'value' },
        { meter: 'swapIn', by: { argument: 'params.amountIn' } },
      ],
    },
    { target: usdc, abi: tokenAbi, functionName: 'transfer', args: { to: inSet(createAddressSet(members)) }, hot: true },
  ],
})

/** A measured key, with rules of every form and all other sections behind them. */
export const measured = definePolicy({
  validUntil: 2_000_000_000,
  nativeLimit: { amount: parseEther('1'), period: 'day' },
  tokenLimits: [
    { token: dai, amount: 10n ** 21n, period: 'day' },
    { token: usdc, amount: 100_000_000n, period: 'week' },
  ],
  paymasters: [{ address: named('sponsor'), prefix: '0xabcdef' }],
  measured: {
    ephemeral: [usdc, dai],
    minReceived: [
      { token: named('points'), amount: 2n ** 128n - 1n },
      {
        token: 'native',
        spent: usdc,
        spentDecimals: 6,
        decimals: 18,
        feed: named('price of ether'),
        feedDecimals: 8,
        prices: 'received',
        maxAge: 3_600,
        maxSlippage: 9_999,
      },
      {
        token: dai,
        spent: 'native',
        spentDecimals: 18,
        decimals: 18,
        feed: named('price of ether'),
        feedDecimals: 36,
        prices: 'spent',
        maxAge: 2 ** 32 - 1,
        maxSlippage: 0,
      },
    ],
  },
  coSigner: { signer: coSigner.address, thresholds: [{ token: usdc, above: 50_000_000n }] },
  checker: named('checker'),
  accountCodeHash: keccak256(toHex('code')),
  callPolicies: [
    { target: usdc, abi: tokenAbi, functionName: 'approve' },
    {
      target: router,
      abi: routerAbi,
      functionName: 'exactInputSingle',
      value: 1_000n,
      mark: 'movesNothing',
      args: { 'params.recipient': self() },
    },
  ],
})

/** A transfer of 7 units that also sends 1 wei. */
export const transfer: Call = {
  to: usdc,
  value: 1n,
  data: encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [router, 7n] }),
}

/** A transfer of USDC that sends nothing. */
export function payment(to: Address, amount: bigint): Call {
  return { to: usdc, value: 0n, data: encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [to, amount] }) }
}

/** An approval of USDC that sends nothing. */
export function approval(spender: Address, amount: bigint): Call {
  return { to: usdc, value: 0n, data: encodeFunctionData({ abi: tokenAbi, functionName: 'approve', args: [spender, amount] }) }
}

/** A swap that sends 100 wei. */
export function swap(amountIn: bigint): Call {
  const params = {
    tokenIn: usdc,
    tokenOut: dai,
    fee: 500,
    recipient: account,
    amountIn,
    amountOutMinimum: 1n,
    sqrtPriceLimitX96: 0n,
  }
  return { to: router, value: 100n, data: encodeFunctionData({ abi: routerAbi, functionName: 'exactInputSingle', args: [params] }) }
}
