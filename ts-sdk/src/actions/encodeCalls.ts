import { type Address, type Hex, encodeFunctionData, zeroAddress } from 'viem'
import { delegatedAccountAbi } from '../abis/generated/delegatedAccount.ts'
import { sessionKeyModuleAbi } from '../abis/generated/sessionKeyModule.ts'
import type { Call } from '../operation/executions.ts'
import type { Policy } from '../policy/definePolicy.ts'
import { encodePolicy, encodePolicySettings } from '../policy/encodePolicy.ts'
import { type SignerLike, encodeSigner, keyIdOf } from '../policy/signer.ts'

/**
 * Calls to the module, as `{to, value, data}`. Those of the account (grant, update, resume, guardian) must come from the
 * account itself; pause and revoke from the account or its guardian; renounce from the key.
 */

type OnKey = { module: Address; account: Address; key: SignerLike }

function call(module: Address, data: Hex): Call {
  return { to: module, value: 0n, data }
}

/**
 * Grants `key` the policy.
 *
 * @param parameters.epoch the account's epoch, from `getSessionKey`
 * @param parameters.serial one more than the key's last: 1 for a key that was never granted
 */
export function encodeGrantSessionKey(parameters: {
  module: Address
  key: SignerLike
  policy: Policy
  epoch: bigint
  serial: bigint
}): Call {
  const { module, key, policy, epoch, serial } = parameters
  const { header, permissions } = encodePolicy(policy)
  const settings = encodePolicySettings(policy, epoch, serial)
  return call(
    module,
    encodeFunctionData({
      abi: sessionKeyModuleAbi,
      functionName: 'grant',
      args: [encodeSigner(key), settings, header, permissions],
    }),
  )
}

/**
 * Replaces the policy of a live key; what was spent stays spent.
 *
 * @param parameters.serial the key's current one
 * @param parameters.oldPolicy the policy that is stored now
 */
export function encodeUpdateSessionKey(parameters: {
  module: Address
  key: SignerLike
  policy: Policy
  oldPolicy: Policy
  epoch: bigint
  serial: bigint
}): Call {
  const { module, key, policy, oldPolicy, epoch, serial } = parameters
  const { header, permissions } = encodePolicy(policy)
  const old = encodePolicy(oldPolicy)
  const settings = encodePolicySettings(policy, epoch, serial)
  return call(
    module,
    encodeFunctionData({
      abi: sessionKeyModuleAbi,
      functionName: 'update',
      args: [encodeSigner(key), settings, header, permissions, old.header, old.permissionsRoot],
    }),
  )
}

/** Pauses one key. Account or guardian. */
export function encodePauseSessionKey({ module, account, key }: OnKey): Call {
  return call(
    module,
    encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: 'pause', args: [account, keyIdOf(key)] }),
  )
}

/** Resumes one key. Account only. */
export function encodeResumeSessionKey({ module, key }: Omit<OnKey, 'account'>): Call {
  return call(module, encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: 'resume', args: [keyIdOf(key)] }))
}

/** Pauses every key of the account. Account or guardian. */
export function encodePauseAccount({ module, account }: Omit<OnKey, 'key'>): Call {
  return call(module, encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: 'pauseAccount', args: [account] }))
}

/** Lifts the pause of the account; keys paused one by one stay so. Account only. */
export function encodeResumeAccount({ module }: { module: Address }): Call {
  return call(module, encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: 'resumeAccount' }))
}

/** Revokes one key, and burns every grant signed for its next serial. Account or guardian. */
export function encodeRevokeSessionKey({ module, account, key }: OnKey): Call {
  return call(
    module,
    encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: 'revoke', args: [account, keyIdOf(key)] }),
  )
}

/** Revokes every key of the account in one write. Account or guardian. */
export function encodeRevokeAllSessionKeys({ module, account }: Omit<OnKey, 'key'>): Call {
  return call(module, encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: 'revokeAll', args: [account] }))
}

/** The calling key gives itself up. The key's EOA only. */
export function encodeRenounceSessionKey({ module, account }: Omit<OnKey, 'key'>): Call {
  return call(module, encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: 'renounce', args: [account] }))
}

/** Sets who else may pause and revoke; `undefined`: nobody. Account only. */
export function encodeSetGuardian({ module, guardian }: { module: Address; guardian: Address | undefined }): Call {
  return call(
    module,
    encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: 'setGuardian', args: [guardian ?? zeroAddress] }),
  )
}

/**
 * Installs the module as executor, which the direct lane needs beside `directLane: true` in a key's policy. Keys that are
 * granted stay. Account only.
 */
export function encodeInstallExecutor({ module, account }: Omit<OnKey, 'key'>): Call {
  const args = [2n, module, '0x02'] as const
  return call(account, encodeFunctionData({ abi: delegatedAccountAbi, functionName: 'installModule', args }))
}
