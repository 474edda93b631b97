import type { Client, Hex } from 'viem'
import { formatUserOperationRequest } from 'viem/account-abstraction'
import { entryPointOf } from '../accounts/entryPoint.ts'
import { relayRedemption } from '../actions/redeem.ts'
import { type SenderClient, type SentCall, readerOf } from '../actions/sendCall.ts'
import { toRefusal } from '../errors/refused.ts'
import { completeCosignedOperation, completeCosignedRedemption } from './complete.ts'
import type { OperationCosignRequest, RedemptionCosignRequest } from './request.ts'

/**
 * Sends the operation that both have signed.
 *
 * @returns the operation's hash
 * @throws InvalidCosignatureError, SessionKeyRefusedError
 */
export async function sendCosignedOperation(
  bundler: Client,
  parameters: { readonly request: OperationCosignRequest; readonly cosignature: Hex },
): Promise<Hex> {
  const { request, cosignature } = parameters
  const operation = await completeCosignedOperation(request, cosignature)
  try {
    return await (bundler as Client & { request: (request: unknown) => Promise<Hex> }).request({
      method: 'eth_sendUserOperation',
      params: [formatUserOperationRequest(operation), entryPointOf(request.entryPoint).address],
    })
  } catch (error) {
    throw toRefusal(error)
  }
}

/**
 * Sends the redemption that both have signed, as anybody, and waits until it is mined. The client's account pays for gas.
 *
 * @throws InvalidCosignatureError, SessionKeyRefusedError, CallRevertedError
 */
export async function sendCosignedRedemption(
  client: SenderClient,
  parameters: { readonly request: RedemptionCosignRequest; readonly cosignature: Hex },
): Promise<SentCall> {
  return relayRedemption(client, await completeCosignedRedemption(parameters.request, parameters.cosignature, readerOf(client)))
}
