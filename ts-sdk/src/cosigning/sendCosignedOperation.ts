import { type Chain, type Client, type Hex, type Transport, concat } from 'viem'
import { type SmartAccount, type UserOperation, formatUserOperationRequest, prepareUserOperation } from 'viem/account-abstraction'
import { getAction } from 'viem/utils'
import { entryPointOf } from '../accounts/entryPoint.ts'
import type { SessionKeyAccount } from '../accounts/toSessionKeyAccount.ts'
import { CosignatureNeededError, InvalidCosignatureError } from '../errors/cosigning.ts'
import { toRefusal } from '../errors/refused.ts'
import { decodeEvidence, encodeSessionSignature } from '../operation/evidence.ts'
import type { CallRequest } from '../operation/executions.ts'
import { decodeHeader } from '../policy/header.ts'
import { checkCosignature } from './content.ts'
import type { CosignRequest } from './request.ts'

/**
 * Puts an operation together, has the key sign it, and gives the request that the co-signer is to sign; `undefined` where
 * the key may act alone.
 *
 * A person takes time: give the account a `window` with a `maxLength` that leaves it.
 *
 * @param client a bundler client
 * @param parameters.account without a `cosign` function, which would be asked instead
 * @throws SessionKeyRefusedError
 */
export async function requestCosignature(
  client: Client<Transport, Chain | undefined, SmartAccount | undefined>,
  parameters: { readonly account: SessionKeyAccount; readonly calls: readonly CallRequest[]; readonly note?: string },
): Promise<CosignRequest | undefined> {
  const { note, ...rest } = parameters
  try {
    const prepared = await getAction(
      client,
      prepareUserOperation,
      'prepareUserOperation',
    )(rest as unknown as Parameters<typeof prepareUserOperation>[1])
    await parameters.account.signUserOperation(prepared as unknown as UserOperation)
    return undefined
  } catch (error) {
    if (error instanceof CosignatureNeededError) return { ...error.request, ...(note !== undefined && { note }) }
    throw toRefusal(error)
  }
}

/** The operation that both have signed. @throws InvalidCosignatureError */
export async function completeCosignedOperation(request: CosignRequest, cosignature: Hex): Promise<UserOperation> {
  const { operation, account, window, evidence, keySignature } = request
  const coSigner = decodeHeader(decodeEvidence(evidence).header).coSigner
  if (coSigner === undefined) throw new InvalidCosignatureError('The policy has no co-signer.')
  await checkCosignature(request, coSigner.signer, cosignature)
  const signature = encodeSessionSignature({ ...window, evidence, keySignature: concat([keySignature, cosignature]) })
  return { ...operation, sender: account, signature } as UserOperation
}

/**
 * Sends what both have signed.
 *
 * @returns the operation's hash
 * @throws InvalidCosignatureError, SessionKeyRefusedError
 */
export async function sendCosignedOperation(
  bundler: Client,
  parameters: { readonly request: CosignRequest; readonly cosignature: Hex },
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
