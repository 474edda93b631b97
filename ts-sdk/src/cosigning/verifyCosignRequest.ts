import { type Abi, type Address, type Client, type Hex, erc20Abi, isAddressEqual } from 'viem'
import { type UserOperation, toPackedUserOperation } from 'viem/account-abstraction'
import { getChainId, readContract } from 'viem/actions'
import { describeKeyState } from '../actions/getSessionKey.ts'
import { type OperationPreview, previewPacked } from '../actions/previewPacked.ts'
import { type KeyState, readKeyState } from '../actions/readKeyState.ts'
import { previewRedemption } from '../actions/redeem.ts'
import { InvalidCosignRequestError } from '../errors/cosigning.ts'
import { decodeEvidence, encodeSessionSignature } from '../operation/evidence.ts'
import { type Call, decodeCallList, decodeExecutions, unwrapExecuteUserOp } from '../operation/executions.ts'
import { unframedCalls } from '../operation/frame.ts'
import { encodeRedemptionContext } from '../operation/redemption.ts'
import { grantedPolicyRoot, splitCarried } from '../operation/signedGrant.ts'
import { type Header, decodeHeader } from '../policy/header.ts'
import { type SignerLike, encodeSigner, isSameSigner, keyIdOf, signerBytes } from '../policy/signer.ts'
import { isSignatureOf } from '../signers/verify.ts'
import { contentOf } from './content.ts'
import { type CosignExplanation, type TokenNames, explainCosignRequest, tokensOf } from './explain.ts'
import type { CosignRequest, RedemptionCosignRequest } from './request.ts'

const MAX_DECIMALS = 77

/** What the co-signer's client knows by itself. */
export type VerifyCosignParameters = {
  readonly request: CosignRequest
  /** The module that the co-signer trusts. */
  readonly module: Address
  /** The co-signer itself: its address, or its key. */
  readonly coSigner: SignerLike
  /** ABIs of contracts whose calls are to be shown by name; those of ERC-20 tokens are known. */
  readonly abis?: readonly Abi[]
}

/**
 * Holds a request against the chain and says what it asks for. Believes nothing in it: hash, calls and header are worked
 * out again, the key must have signed, and the module itself says, by the stored policy, what the operation charges and that
 * it needs the co-signer.
 *
 * @param client reads the chain; the co-signer's own
 * @throws InvalidCosignRequestError, SessionKeyRefusedError where the module would refuse the operation anyway
 */
export async function verifyCosignRequest(
  client: Client,
  parameters: VerifyCosignParameters,
): Promise<CosignExplanation> {
  const { request, module, coSigner, abis = [] } = parameters
  const { account, key, window } = request
  const chainId = await getChainId(client)
  demand(request.chainId === chainId, `It is for chain ${request.chainId}; this client reads chain ${chainId}.`)
  demand(isAddressEqual(request.module, module), `It names the module ${request.module}, which is not ${module}.`)
  const { header, calls, grant } = decode(module, request)
  demand(
    header.coSigner !== undefined && isSameSigner(header.coSigner.signer, coSigner),
    `Its policy's co-signer is ${header.coSigner?.signer ?? 'nobody'}, not ${signerBytes(coSigner)}.`,
  )
  const { userOpHash, digest, keyDigest } = signedContent(request)
  demand(await isSignatureOf(client, key, keyDigest, request.keySignature), 'The session key has not signed it.')

  // The evidence leads to the stored policy, or the module refuses; so the header is the policy's.
  const [state, preview, tokens] = await Promise.all([
    readKeyState(client, { module, account, key }),
    previewOf(client, request, header),
    namesOf(client, tokensOf(header)),
  ])
  const status = describeKeyState(state, [])
  // What the module said to a grant that the operation carries, it said of the key as granted by it.
  const begins = grant !== undefined && !status.alive
  demand(status.alive || begins, `The session key is not alive: ${status.standing}.`)
  demand(status.keyId === keyIdOf(key) && preview.keyId === status.keyId, 'It is about another session key.')
  demand(window.validUntil >= status.blockTime, 'Its time is over.')
  if (request.lane === 'direct') demandPlace(request, state)
  demand(preview.needsCosignature, 'The key may do this alone, and a co-signature would be refused.')
  return explainCosignRequest({
    request,
    header,
    preview,
    calls,
    policyRoot: begins ? grantedPolicyRoot(grant, header) : status.policyRoot,
    begins,
    uses: state.usage.uses,
    userOpHash,
    digest,
    tokens,
    abis,
  })
}

/** What the module says to it, which reads nothing of the signatures. */
function previewOf(client: Client, request: CosignRequest, header: Header): Promise<OperationPreview> {
  const { module, account, window, evidence } = request
  if (request.lane === 'direct') {
    const context = encodeRedemptionContext({ ...window, evidence })
    return previewRedemption(client, { header, redemption: { module, account, ...request.redemption, context } })
  }
  return previewPacked(client, {
    module,
    header,
    userOperation: toPackedUserOperation({
      ...request.operation,
      sender: account,
      signature: encodeSessionSignature({ ...window, evidence, keySignature: '0x' }),
    } as UserOperation),
  })
}

/** The grant that is alive, and a place in line that is not taken. */
function demandPlace({ redemption }: RedemptionCosignRequest, { settings, usage }: KeyState): void {
  const { uses } = usage
  demand(
    redemption.epoch === settings.epoch && redemption.serial === settings.serial,
    `It is under the grant ${redemption.serial} of epoch ${redemption.epoch}; alive is ${settings.serial} of ${settings.epoch}.`,
  )
  demand(redemption.nonce >= uses, `Its place in line, ${redemption.nonce}, is taken: the key has made ${uses} calls.`)
}

function signedContent(request: CosignRequest) {
  try {
    return contentOf(request)
  } catch (error) {
    throw new InvalidCosignRequestError('It has a figure that nobody can sign.', error)
  }
}

type Decoded = { readonly header: Header; readonly calls: readonly Call[]; readonly grant: Hex | undefined }

/** Header, calls without the frame that a measured key's calls stand in, and the grant that is carried, if one is. */
function decode(module: Address, request: CosignRequest): Decoded {
  try {
    // The direct lane carries no grants.
    const { grant, evidence } =
      request.lane === 'direct' ? { grant: undefined, evidence: request.evidence } : splitCarried(request.evidence)
    const decoded = decodeEvidence(evidence)
    demand(decoded.signer === encodeSigner(request.key), 'Its evidence is for another session key.')
    const calls =
      request.lane === 'direct'
        ? decodeCallList(request.redemption)
        : unframedCalls(module, decodeExecutions(unwrapExecuteUserOp(request.operation.callData)))
    return { header: decodeHeader(decoded.header), calls, grant }
  } catch (error) {
    if (error instanceof InvalidCosignRequestError) throw error
    throw new InvalidCosignRequestError('Its evidence or its call data can not be read.', error)
  }
}

/** Symbols and decimals, of tokens that tell them. */
async function namesOf(client: Client, tokens: readonly Address[]): Promise<ReadonlyMap<Address, TokenNames>> {
  const found = await Promise.all(
    tokens.map(async (address): Promise<[Address, TokenNames] | undefined> => {
      try {
        const [symbol, decimals] = await Promise.all([
          readContract(client, { abi: erc20Abi, address, functionName: 'symbol' }),
          readContract(client, { abi: erc20Abi, address, functionName: 'decimals' }),
        ])
        return decimals > MAX_DECIMALS ? undefined : [address, { symbol, decimals }]
      } catch {
        return undefined
      }
    }),
  )
  return new Map(found.filter((it) => it !== undefined))
}

function demand(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new InvalidCosignRequestError(otherwise)
}
