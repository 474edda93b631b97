import { type Address, type Client, type Hex, decodeFunctionResult, encodeFunctionData, parseAbi } from 'viem'
import { type UserOperation, toPackedUserOperation } from 'viem/account-abstraction'
import { call, estimateGas } from 'viem/actions'
import { delegatedAccountAbi } from '../abis/generated/delegatedAccount.ts'
import { HookedEstimateFailedError } from '../errors/actions.ts'
import { unwrapExecuteUserOp } from '../operation/executions.ts'

/** What a node says of an account's own functions, as the EntryPoint calls them: for where a bundler's estimate is none. */
type OfAccount = { readonly account: Address; readonly entryPoint: Address }

const HOOK_ABI = parseAbi([
  'function preCheck(address msgSender, uint256 msgValue, bytes msgData) returns (bytes hookData)',
  'function postCheck(bytes hookData)',
])
/** Of a transaction, in each answer of a node: EIP-2. */
const TRANSACTION_GAS = 21_000n
/** No hash of an operation: what is estimated has no signature either. */
const ANY_HASH: Hex = `0x${'55'.repeat(32)}`

/**
 * Gas to validate an operation that carries a stub signature, rather more than less, without a bundler's margin;
 * `undefined` where the node does not say. A transaction's base cost and call data stay in, for what the EntryPoint does
 * within the same limit: hash, nonce, deposit.
 */
export async function validationGas(client: Client, { account, entryPoint }: OfAccount, operation: UserOperation): Promise<bigint | undefined> {
  const args = [toPackedUserOperation({ ...operation, sender: account }), ANY_HASH, 0n] as const
  const data = encodeFunctionData({ abi: delegatedAccountAbi, functionName: 'validateUserOp', args })
  return estimateGas(client, { account: entryPoint, to: account, data }).catch(() => undefined)
}

/**
 * Call gas of an operation that goes by `executeUserOp`, rather more than less. Kernel remembers while it validates which
 * hook runs around the operation of a hash; bundlers that estimate the call by itself, under another hash, find none
 * (Alto 0.0.20 then answers with its least figure).
 *
 *     gas = (execute + preCheck + postCheck) · 11 / 10
 *
 * @param hook `undefined`: none runs, though the policy would allow it
 * @throws HookedEstimateFailedError
 */
export async function hookedCallGas(client: Client, { account, entryPoint }: OfAccount, callData: Hex, hook: Address | undefined): Promise<bigint> {
  const inner = unwrapExecuteUserOp(callData)
  const execution = estimateGas(client, { account: entryPoint, to: account, data: inner })
  try {
    const [gas, around] = await Promise.all([execution, hook ? hookGas(client, { account, entryPoint }, inner, hook) : 0n])
    // The base cost of a transaction stays in, for what Kernel does around the two.
    return ((gas + around) * 11n) / 10n
  } catch (error) {
    throw new HookedEstimateFailedError(error)
  }
}

async function hookGas(client: Client, { account, entryPoint }: OfAccount, callData: Hex, hook: Address): Promise<bigint> {
  const before = encodeFunctionData({ abi: HOOK_ABI, functionName: 'preCheck', args: [entryPoint, 0n, callData] })
  const { data = '0x' } = await call(client, { account, to: hook, data: before })
  const hookData = decodeFunctionResult({ abi: HOOK_ABI, functionName: 'preCheck', data })
  const after = encodeFunctionData({ abi: HOOK_ABI, functionName: 'postCheck', args: [hookData] })
  const gas = await Promise.all([before, after].map((half) => estimateGas(client, { account, to: hook, data: half })))
  return gas.reduce((sum, half) => sum + half - TRANSACTION_GAS, 0n)
}
