import { type Client, type Hex, hashTypedData, isAddressEqual, keccak256, recoverAddress, size, slice } from 'viem'
import { type UserOperation, getUserOperationHash } from 'viem/account-abstraction'
import { entryPointOf } from '../accounts/entryPoint.ts'
import { InvalidCosignatureError } from '../errors/cosigning.ts'
import { sessionCosignatureTypedData } from '../operation/cosignature.ts'
import { sessionRedemptionCosignatureTypedData, sessionRedemptionTypedData } from '../operation/redemption.ts'
import { sessionOperationTypedData } from '../operation/typedData.ts'
import { isEoa } from '../policy/signer.ts'
import { isSignatureOf } from '../signers/verify.ts'
import type { CosignRequest, OperationCosignRequest, RedemptionCosignRequest } from './request.ts'

const COSIGNATURE_LENGTH = 69
const DIGEST_HEAD = 4

type OperationContent = ReturnType<typeof operationContent>
type RedemptionContent = ReturnType<typeof redemptionContent>

/** What two sign, worked out from the request alone. */
export function contentOf(request: OperationCosignRequest): OperationContent
export function contentOf(request: RedemptionCosignRequest): RedemptionContent
export function contentOf(request: CosignRequest): OperationContent | RedemptionContent
export function contentOf(request: CosignRequest): OperationContent | RedemptionContent {
  return request.lane === 'direct' ? redemptionContent(request) : operationContent(request)
}

function operationContent(request: OperationCosignRequest) {
  const { chainId, module, account, operation, window, evidence } = request
  const { address, version } = entryPointOf(request.entryPoint)
  const userOpHash = getUserOperationHash({
    chainId,
    entryPointAddress: address,
    entryPointVersion: version,
    userOperation: { ...operation, sender: account, signature: '0x' } as UserOperation,
  })
  const content = { chainId, module, userOpHash, ...window, evidenceHash: keccak256(evidence) }
  const typedData = sessionCosignatureTypedData(content)
  return {
    userOpHash,
    typedData,
    digest: hashTypedData(typedData),
    keyDigest: hashTypedData(sessionOperationTypedData(content)),
  }
}

function redemptionContent(request: RedemptionCosignRequest) {
  const { chainId, module, account, redemption, window, evidence } = request
  const { executionCalldata, ...rest } = redemption
  const content = {
    chainId,
    module,
    account,
    ...rest,
    ...window,
    executionHash: keccak256(executionCalldata),
    evidenceHash: keccak256(evidence),
  }
  const typedData = sessionRedemptionCosignatureTypedData(content)
  return {
    userOpHash: undefined,
    typedData,
    digest: hashTypedData(typedData),
    keyDigest: hashTypedData(sessionRedemptionTypedData(content)),
  }
}

/**
 * Holds what came back against the request, as the module will.
 *
 * @param client asks the co-signer's verifier, if it has one
 * @throws InvalidCosignatureError
 */
export async function checkCosignature(request: CosignRequest, coSigner: Hex, cosignature: Hex, client?: Client): Promise<void> {
  const { digest } = contentOf(request)
  const isOne = isEoa(coSigner)
  if (!isOne && size(cosignature) <= DIGEST_HEAD) throw new InvalidCosignatureError(`It has ${size(cosignature)} bytes.`)
  if (isOne && size(cosignature) !== COSIGNATURE_LENGTH) {
    throw new InvalidCosignatureError(`It has ${size(cosignature)} bytes instead of ${COSIGNATURE_LENGTH}.`)
  }
  if (slice(cosignature, 0, 4) !== slice(digest, 0, 4)) {
    throw new InvalidCosignatureError('It is over another content.')
  }
  if (!isOne) {
    const holds = client === undefined || (await isSignatureOf(client, coSigner, digest, slice(cosignature, DIGEST_HEAD)))
    if (!holds) throw new InvalidCosignatureError(`The verifier says that it is not ${coSigner}'s.`)
    return
  }
  const signer = await recoverAddress({ hash: digest, signature: slice(cosignature, 4) }).catch(() => undefined)
  if (signer === undefined) throw new InvalidCosignatureError('It is malformed.')
  if (!isAddressEqual(signer, coSigner)) throw new InvalidCosignatureError(`It is ${signer}'s, not ${coSigner}'s.`)
}
