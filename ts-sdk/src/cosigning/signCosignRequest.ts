import type { Client, Hex, LocalAccount } from 'viem'
import { CosignatureDeclinedError } from '../errors/cosigning.ts'
import { encodeCosignature } from '../operation/cosignature.ts'
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
    readonly signer: LocalAccount
    readonly confirm: (explanation: CosignExplanation) => boolean | Promise<boolean>
  },
): Promise<Hex> {
  const { signer, confirm, ...rest } = parameters
  const explanation = await verifyCosignRequest(client, { ...rest, coSigner: signer.address })
  if ((await confirm(explanation)) !== true) throw new CosignatureDeclinedError()
  const { typedData } = contentOf(rest.request)
  // Each of the two types by itself: a union of them is more than the signer's type parameters infer.
  const signature =
    typedData.primaryType === 'SessionCosignature'
      ? await signer.signTypedData(typedData)
      : await signer.signTypedData(typedData)
  return encodeCosignature(explanation.digest, signature)
}
