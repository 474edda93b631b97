import type { Address } from 'viem'
import { KeyNotGrantedError, PolicyMismatchError } from '../errors/actions.ts'
import { checkGrant } from '../policy/checkGrant.ts'
import type { Policy } from '../policy/definePolicy.ts'
import { encodePolicy } from '../policy/encodePolicy.ts'
import { type SignerLike, signerBytes } from '../policy/signer.ts'
import { encodeUpdateSessionKey } from './encodeCalls.ts'
import { getGrantedPolicy } from './getGrantedPolicy.ts'
import { readKeyState } from './readKeyState.ts'
import { requireGrantSupport } from './requireGrantSupport.ts'
import { type SenderClient, type SentCall, accountOf, readerOf, sendCall } from './sendCall.ts'

/**
 * Replaces the policy of a live session key. What it has spent stays spent, a pause stays, and a cooldown starts anew.
 *
 * @param parameters.oldPolicy the policy that is granted now. Default: it is looked up in the module's events.
 * @throws KeyNotGrantedError, PolicyMismatchError, UnsafePolicyError, CallRevertedError
 */
export async function updateSessionKey(
  client: SenderClient,
  parameters: { module: Address; key: SignerLike; policy: Policy; oldPolicy?: Policy; fromBlock?: bigint },
): Promise<SentCall> {
  const { module, key, policy, fromBlock } = parameters
  const account = accountOf(client, undefined)
  const reader = readerOf(client)
  const { control, settings, policyRoot, blockTime } = await readKeyState(reader, { module, account, key })
  if (!settings.active || settings.epoch !== control.epoch) throw new KeyNotGrantedError(signerBytes(key))
  checkGrant(policy, { account, module, key, now: blockTime })
  await requireGrantSupport(reader, undefined, policy)
  const oldPolicy =
    parameters.oldPolicy ??
    (await getGrantedPolicy(reader, { module, account, key, ...(fromBlock !== undefined && { fromBlock }) }))
  const oldRoot = encodePolicy(oldPolicy).policyRoot
  if (oldRoot !== policyRoot) throw new PolicyMismatchError(policyRoot, oldRoot)
  return sendCall(
    client,
    encodeUpdateSessionKey({ module, key, policy, oldPolicy, epoch: control.epoch, serial: settings.serial }),
  )
}
