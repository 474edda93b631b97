import type { Client, Hex } from 'viem'
import type { UserOperation } from 'viem/account-abstraction'
import { InvalidCosignatureError } from '../errors/cosigning.ts'
import { decodeEvidence, encodeSessionSignature } from '../operation/evidence.ts'
import { type SignedRedemption, encodeRedemptionContext } from '../operation/redemption.ts'
import { joinSignatures } from '../operation/signatures.ts'
import { splitCarried } from '../operation/signedGrant.ts'
import { type Header, decodeHeader } from '../policy/header.ts'
import { checkCosignature } from './content.ts'
import type { CosignRequest, OperationCosignRequest, RedemptionCosignRequest } from './request.ts'

/**
 * Holds a co-signature against the policy that the request shows.
 *
 * @param client asks the verifier of a co-signer that is no EOA; without it such a signature is held to its form only
 * @throws InvalidCosignatureError
 */
export async function requireCosignature(request: CosignRequest, cosignature: Hex, client?: Client): Promise<void> {
  const { coSigner } = headerOf(request)
  if (coSigner === undefined) throw new InvalidCosignatureError('The policy has no co-signer.')
  await checkCosignature(request, coSigner.signer, cosignature, client)
}

function headerOf({ evidence }: CosignRequest): Header {
  try {
    return decodeHeader(decodeEvidence(splitCarried(evidence).evidence).header)
  } catch {
    throw new InvalidCosignatureError('The request holds no evidence that can be read.')
  }
}

/** The operation that both have signed; `client` as for {@link requireCosignature}. @throws InvalidCosignatureError */
export async function completeCosignedOperation(
  request: OperationCosignRequest,
  cosignature: Hex,
  client?: Client,
): Promise<UserOperation> {
  await requireCosignature(request, cosignature, client)
  const { operation, account, window, evidence, keySignature } = request
  const signature = encodeSessionSignature({ ...window, evidence, keySignature: joinSignatures(evidence, keySignature, cosignature) })
  return { ...operation, sender: account, signature } as UserOperation
}

/** The redemption that both have signed, for anybody to send; `client` as for {@link requireCosignature}. @throws InvalidCosignatureError */
export async function completeCosignedRedemption(
  request: RedemptionCosignRequest,
  cosignature: Hex,
  client?: Client,
): Promise<SignedRedemption> {
  await requireCosignature(request, cosignature, client)
  const { module, account, window, evidence, keySignature, redemption } = request
  const { mode, executionCalldata, nonce } = redemption
  const context = encodeRedemptionContext({ ...window, evidence, authorization: { nonce, keySignature }, cosignature })
  return { module, account, mode, executionCalldata, context, nonce, ...window }
}
