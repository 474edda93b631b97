import type { Chain, Client, Transport } from 'viem'
import { type SmartAccount, type UserOperation, prepareUserOperation } from 'viem/account-abstraction'
import { getAction } from 'viem/utils'
import type { RedemptionOfKey, SessionKeyAccount } from '../accounts/sessionKeyAccount.ts'
import { CosignatureNeededError } from '../errors/cosigning.ts'
import { toRefusal } from '../errors/refused.ts'
import type { CallRequest } from '../operation/executions.ts'
import type { CosignRequest, OperationCosignRequest, RedemptionCosignRequest } from './request.ts'

type BundlerClient = Client<Transport, Chain | undefined, SmartAccount | undefined>

type Asking = {
  /** One without a `cosign` function, which would be asked instead. */
  readonly account: SessionKeyAccount
  /** What the agent has to say for itself. */
  readonly note?: string
}

/**
 * Puts calls together, has the key sign them, and gives the request that the co-signer is to sign; `undefined` where the
 * key may act alone.
 *
 * A person takes time: give the account a `window` with a `maxLength` that leaves it, and a redemption a `validUntil`.
 * A redemption takes the key's next place in line: whatever the key does before makes it void.
 *
 * @param client a bundler client; `lane: 'direct'` needs none of it
 * @throws SessionKeyRefusedError, PolicyMismatchError
 */
export async function requestCosignature(
  client: BundlerClient,
  parameters: Asking & { readonly calls: readonly CallRequest[]; readonly lane?: 'bundler' },
): Promise<OperationCosignRequest | undefined>
export async function requestCosignature(
  client: Client,
  parameters: Asking & RedemptionOfKey & { readonly lane: 'direct' },
): Promise<RedemptionCosignRequest | undefined>
export async function requestCosignature(
  client: Client,
  parameters: Asking & RedemptionOfKey & { readonly lane?: 'bundler' | 'direct' },
): Promise<CosignRequest | undefined> {
  const { note, lane = 'bundler', account, ...rest } = parameters
  try {
    if (lane === 'direct') {
      await account.signRedemption(rest)
    } else {
      const request = { account, calls: rest.calls } as unknown as Parameters<typeof prepareUserOperation>[1]
      const prepared = await getAction(client as BundlerClient, prepareUserOperation, 'prepareUserOperation')(request)
      await account.signUserOperation(prepared as unknown as UserOperation)
    }
    return undefined
  } catch (error) {
    if (error instanceof CosignatureNeededError) return { ...error.request, ...(note !== undefined && { note }) }
    throw toRefusal(error)
  }
}
