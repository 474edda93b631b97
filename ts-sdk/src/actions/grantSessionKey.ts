import type { Address } from 'viem'
import { KeyAlreadyGrantedError, ModuleNotInstalledError } from '../errors/actions.ts'
import { checkGrant } from '../policy/checkGrant.ts'
import type { Policy } from '../policy/definePolicy.ts'
import { type SignerLike, signerBytes } from '../policy/signer.ts'
import { encodeGrantSessionKey } from './encodeCalls.ts'
import { readKeyState } from './readKeyState.ts'
import { requireGrantSupport } from './requireGrantSupport.ts'
import { type SenderClient, type SentCall, accountOf, readerOf, sendCall } from './sendCall.ts'

/**
 * Grants a session key under a policy. The client's account is the account, or its owner under EIP-7702.
 *
 * A key that is alive is not granted again, because that would start its counters afresh.
 *
 * @param parameters.key an EOA's address, or a key that a verifier checks
 * @throws KeyAlreadyGrantedError, ModuleNotInstalledError, UnsafePolicyError, CallRevertedError, VerifierNotDeployedError,
 *   PrecompileMissingError
 */
export async function grantSessionKey(
  client: SenderClient,
  parameters: { module: Address; key: SignerLike; policy: Policy },
): Promise<SentCall> {
  const { module, key, policy } = parameters
  const account = accountOf(client, undefined)
  const { keyId, control, settings, blockTime } = await readKeyState(readerOf(client), { module, account, key })
  if (!control.isValidator && !control.isExecutor) throw new ModuleNotInstalledError(account, module)
  if (settings.active && settings.epoch === control.epoch) throw new KeyAlreadyGrantedError(signerBytes(key), keyId)
  checkGrant(policy, { account, module, key, now: blockTime })
  await requireGrantSupport(readerOf(client), key, policy)
  return sendCall(
    client,
    encodeGrantSessionKey({ module, key, policy, epoch: control.epoch, serial: settings.serial + 1n }),
  )
}
