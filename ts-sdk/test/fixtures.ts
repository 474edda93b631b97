import { getAddress, parseAbi, parseEther } from 'viem'
import type { PolicyInput } from '../src/index.ts'

export const ACCOUNT = getAddress('0x00000000000000000000000000000000000000ac')
export const MODULE = getAddress('0x0000000000000000000000000000000000000100')
export const KEY = getAddress('0x00000000000000000000000000000000000000e1')
export const USDC = getAddress('0x0000000000000000000000000000000000dc0dc0')
/** A contract that no limit of the fixtures is about. */
export const OTHER = getAddress('0x0000000000000000000000000000000000f0ef0e')
export const ROUTER = getAddress('0x0000000000000000000000000000000000999999')

export const tokenAbi = parseAbi([
  'function approve(address spender, uint256 amount) returns (bool)',
  'function transfer(address to, uint256 amount) returns (bool)',
  'function balanceOf(address account) view returns (uint256)',
])

export const routerAbi = parseAbi([
  'struct ExactInputSingleParams { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 amountIn; uint256 amountOutMinimum; uint160 sqrtPriceLimitX96; }',
  'function exactInputSingle(ExactInputSingleParams params) payable returns (uint256 amountOut)',
])

/** A policy with one of everything, on which each test changes what it is about. */
export const input = {
  validAfter: 1_900_000_000,
  validUntil: 1_900_086_400,
  nativeLimit: { amount: parseEther('0.05'), period: 'day' },
  tokenLimits: [{ token: USDC, amount: 100_000_000n, period: 'day' }],
  rateLimits: [{ count: 10, period: 'hour' }],
  callPolicies: [{ target: ROUTER, abi: routerAbi, functionName: 'exactInputSingle' }],
} as const satisfies PolicyInput
