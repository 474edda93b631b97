import type { Client, Hex, LocalAccount } from 'viem'
import { CosignatureDeclinedError } from '../errors/cosigning.ts'
import { encodeCosignature } from '../operation/cosignature.ts'
import type { KeySigner } from '../signers/keySigner.ts'
import { toSessionSigner } from '../signers/sessionSigner.ts'
import { contentOf } from './content.ts'
import type { CosignExplanation } from './explain.ts'
import { type VerifyCosignParameters, verifyCosignRequest } from './verifyCosignRequest.ts'

/**
 * The co-signer's side: verifies a request, shows it, and signs it if the person says so.
 *
 * @param parameters.confirm shows the explanation and answers for the person
 * @returns the co-signature, for the agent
 * @throws InvalidCosignRequestError, SessionKeyRefusedError, CosignatureDeclinedError
 */
export async function signCosignRequest(
  client: Client,
  parameters: Omit<VerifyCosignParameters, 'coSigner'> & {
    readonly signer: LocalAccount | KeySigner
    readonly confirm: (explanation: CosignExplanation) => boolean | Promise<boolean>
  },
): Promise<Hex> {
  const { confirm, signer: given, ...rest } = parameters
  const signer = toSessionSigner(given)
  const explanation = await verifyCosignRequest(client, { ...rest, coSigner: signer.key })
  if ((await confirm(explanation)) !== true) throw new CosignatureDeclinedError()
  const signature = await signer.signTypedData(contentOf(rest.request).typedData)
  return encodeCosignature(explanation.digest, signature)
}
