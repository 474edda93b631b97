import type { SessionKeyAccount } from '../accounts/sessionKeyAccount.ts'
import { ClientUnfitError } from '../errors/actions.ts'
import { toRefusal } from '../errors/refused.ts'
import type { CallRequest } from '../operation/executions.ts'
import { isSameSigner } from '../policy/signer.ts'
import { redeemAsKey, relayRedemption } from './redeem.ts'
import { type SenderClient, type SentCall, sendAsOperation, senderOf } from './sendCall.ts'

/** How a key's calls come to the chain: as a user operation, or by a transaction to the module. */
export type Lane = 'bundler' | 'direct'

/**
 * Makes calls as the session key, in either lane, and waits until they are mined.
 *
 * @param client `lane: 'bundler'`: the bundler client of the session key account. `lane: 'direct'`: a wallet client, of
 *   the key's own EOA, or of anybody else, who then sends what the key signs and pays for gas.
 * @throws SessionKeyRefusedError, PolicyMismatchError, CallRevertedError, ClientUnfitError, CosignatureNeededError
 */
export async function sendAsSessionKey(
  client: SenderClient,
  parameters: { readonly account: SessionKeyAccount; readonly calls: readonly CallRequest[]; readonly lane?: Lane },
): Promise<SentCall> {
  const { account, calls, lane = 'bundler' } = parameters
  if (lane === 'bundler') {
    try {
      return await sendAsOperation(client, account, calls)
    } catch (error) {
      throw toRefusal(error)
    }
  }
  const sender = senderOf(client)
  if (sender.type === 'smart') throw new ClientUnfitError('The direct lane is for wallet clients.')
  if (isSameSigner(sender.address, account.key)) {
    const { module, policy, address, cosign } = account
    return redeemAsKey(client, { module, account: address, policy, calls, cosign })
  }
  return relayRedemption(client, await account.signRedemption({ calls }))
}
