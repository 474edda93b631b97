import { type Address, type Client, isAddressEqual, parseAbi } from 'viem'
import { getCode, readContract } from 'viem/actions'
import { AccountNotDeployedError, UnknownAccountError, UnknownEntryPointError, WrongEntryPointError } from '../errors/accounts.ts'
import { ModuleNotInstalledError } from '../errors/actions.ts'
import { ENTRY_POINT_ADDRESSES } from '../policy/forbiddenTargets.ts'
import { answered } from './answered.ts'
import { type EntryPoint, type EntryPointVersion, entryPointOf } from './entryPoint.ts'
import { ACCOUNT_ADAPTERS, type AccountAdapter, type ModuleType } from './kinds/index.ts'
import { MODULE_TYPE_IDS } from './kinds/adapter.ts'

const ABI = parseAbi([
  'function accountId() view returns (string)',
  'function entryPoint() view returns (address)',
  'function entrypoint() view returns (address)',
  'function isModuleInstalled(uint256 moduleTypeId, address module, bytes additionalContext) view returns (bool)',
])

const VERSIONS: readonly EntryPointVersion[] = ['0.7', '0.8', '0.9']

/** What the chain says of an account. */
export type FoundAccount = {
  readonly adapter: AccountAdapter
  readonly accountId: string
  /** Which one the account obeys; `undefined` if it does not tell. */
  readonly entryPoint: EntryPoint | undefined
}

/**
 * Finds out what kind of account lives at an address, and which EntryPoint it obeys.
 *
 * @throws AccountNotDeployedError, UnknownAccountError, WrongEntryPointError, UnknownEntryPointError
 */
export async function findAccount(
  client: Client,
  parameters: {
    account: Address
    /** Instead of finding out. */
    adapter?: AccountAdapter | undefined
    /** Which one the account has to obey. */
    entryPoint?: EntryPoint | undefined
  },
): Promise<FoundAccount> {
  const { account, adapter: given, entryPoint: expected } = parameters
  const read = (functionName: 'accountId' | 'entryPoint' | 'entrypoint') =>
    answered(readContract(client, { abi: ABI, address: account, functionName }))
  const [code, accountId, entryPoint, kernelEntryPoint] = await Promise.all([
    getCode(client, { address: account }),
    read('accountId'),
    read('entryPoint'),
    read('entrypoint'),
  ])
  if (!code || code === '0x') throw new AccountNotDeployedError(account)
  const adapter = given ?? ACCOUNT_ADAPTERS.find((it) => accountId !== undefined && it.isAccountId(accountId))
  if (!adapter) throw new UnknownAccountError(account, accountId)
  const obeyed = (entryPoint ?? kernelEntryPoint) as Address | undefined
  if (obeyed && expected && !isAddressEqual(obeyed, expected.address)) {
    throw new WrongEntryPointError(account, obeyed, expected.address)
  }
  const version = VERSIONS.find((it) => obeyed !== undefined && isAddressEqual(ENTRY_POINT_ADDRESSES[it], obeyed))
  if (obeyed && !expected && !version) throw new UnknownEntryPointError(account, obeyed)
  return { adapter, accountId: accountId ?? '', entryPoint: expected ?? (version && entryPointOf(version)) }
}

/** Whether the account itself says that it has the module. */
export async function isModuleInstalled(
  client: Client,
  { account, module, type }: { account: Address; module: Address; type: ModuleType },
): Promise<boolean> {
  const args = [MODULE_TYPE_IDS[type], module, '0x'] as const
  const answer = await answered(readContract(client, { abi: ABI, address: account, functionName: 'isModuleInstalled', args }))
  return answer === true
}

/** @throws ModuleNotInstalledError */
export async function requireModule(
  client: Client,
  of: { account: Address; module: Address; type: ModuleType },
): Promise<void> {
  if (!(await isModuleInstalled(client, of))) throw new ModuleNotInstalledError(of.account, of.module)
}
