import { type Address, type Hex, concat, encodeFunctionData, parseAbi, size, toHex, zeroAddress } from 'viem'
import { findAccount, isModuleInstalled, requireModule } from '../accounts/findAccount.ts'
import { MODULE_TYPE_IDS } from '../accounts/kinds/adapter.ts'
import type { AccountAdapter, ModuleType } from '../accounts/kinds/index.ts'
import type { Call } from '../operation/executions.ts'
import { type SenderClient, type SentCall, accountOf, readerOf, sendCall } from './sendCall.ts'

const ABI = parseAbi([
  'function installModule(uint256 moduleTypeId, address module, bytes initData)',
  'function uninstallModule(uint256 moduleTypeId, address module, bytes deInitData)',
])

export type InstallParameters = {
  readonly account: Address
  readonly adapter: AccountAdapter
  readonly module: Address
  /** As `validator` for the bundler lane, as `executor` for the direct lane. */
  readonly type: ModuleType
  /** Who else may pause and revoke session keys. Of the install as validator only. */
  readonly guardian?: Address | undefined
  /** The validator that knows the owner, for accounts that reach their owner through one. */
  readonly ownerValidator?: Address | undefined
  /**
   * Of Kernel: a hook that it runs around the module's operations, or the calls of the direct lane. As validator, every policy
   * has to say `executeUserOp: true`.
   */
  readonly hook?: Address | undefined
}

/**
 * The account's call to itself that installs the session key module. As validator, it says at once how the account is
 * asked for its owner's signature, where that is known.
 */
export function encodeInstallModule(parameters: InstallParameters): Call {
  const { account, adapter, module, type, hook } = parameters
  const data = adapter.installData(type, type === 'validator' ? validatorData(parameters) : '0x02', hook)
  const args = [MODULE_TYPE_IDS[type], module, data] as const
  return { to: account, value: 0n, data: encodeFunctionData({ abi: ABI, functionName: 'installModule', args }) }
}

/** `moduleType (1) · guardian (20) · routeLength (1) · route`. */
function validatorData({ adapter, guardian = zeroAddress, ownerValidator }: InstallParameters): Hex {
  const head = concat(['0x01', guardian])
  if (!ownerValidator && adapter.needsOwnerValidator) return head
  const route = adapter.ownerRoute(ownerValidator)
  return concat([head, toHex(size(route), { size: 1 }), route])
}

/**
 * Installs the session key module in the client's account, by a call of the account to itself. What is installed already
 * is left as it is.
 *
 * @throws AccountNotDeployedError, UnknownAccountError, HookNotTakenError, CallRevertedError
 */
export async function installSessionKeyModule(
  client: SenderClient,
  parameters: {
    readonly module: Address
    /** Default: as validator. Give both for both lanes. */
    readonly types?: readonly ModuleType[]
    readonly guardian?: Address
    readonly ownerValidator?: Address
    /** Of Kernel: a hook that it runs around what the module does. As validator, policies have to say `executeUserOp: true`. */
    readonly hook?: Address
    /** Needed only before the account's first operation; otherwise the account is asked what it is. */
    readonly adapter?: AccountAdapter
  },
): Promise<readonly SentCall[]> {
  const { types = ['validator'], ...rest } = parameters
  const account = accountOf(client, undefined)
  const reader = readerOf(client)
  const adapter = rest.adapter ?? (await findAccount(reader, { account })).adapter
  const sent: SentCall[] = []
  for (const type of types) {
    if (await isModuleInstalled(reader, { account, module: rest.module, type })) continue
    sent.push(await sendCall(client, encodeInstallModule({ ...rest, account, adapter, type })))
  }
  return sent
}

/**
 * Removes the session key module from the client's account. Every key dies with it.
 *
 * @throws ModuleNotInstalledError, UnknownAccountError, CallRevertedError
 */
export async function uninstallSessionKeyModule(
  client: SenderClient,
  { module, type = 'validator' }: { readonly module: Address; readonly type?: ModuleType },
): Promise<SentCall> {
  const account = accountOf(client, undefined)
  const reader = readerOf(client)
  const { adapter } = await findAccount(reader, { account })
  await requireModule(reader, { account, module, type })
  const typeId = MODULE_TYPE_IDS[type]
  const data = await adapter.uninstallData(reader, { account, module, type }, toHex(typeId, { size: 1 }))
  const call = encodeFunctionData({ abi: ABI, functionName: 'uninstallModule', args: [typeId, module, data] })
  return sendCall(client, { to: account, value: 0n, data: call })
}
