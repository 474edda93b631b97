import { type Address, type Hex, type LocalAccount, concat } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { expect } from 'vitest'
import {
  type CosignExplanation,
  type CosignRequest,
  type EntryPointVersion,
  InvalidCosignRequestError,
  type Policy,
  encodeCosignature,
  signCosignRequest,
  toSessionKeyAccount,
  verifyCosignRequest,
} from '../../ts-sdk/src/index.ts'
import { contentOf } from '../../ts-sdk/src/cosigning/content.ts'
import { type Fixture, tokenAbi } from '../integration/sdk-fixture.ts'

/** What a person does with the requests of an agent. */
export function toPerson({ publicClient, module }: Fixture, signer: LocalAccount) {
  const sign = (request: CosignRequest, confirm: (shown: CosignExplanation) => boolean): Promise<Hex> =>
    signCosignRequest(publicClient, { request, module, signer, confirm })
  return {
    confirm: (request: CosignRequest) => sign(request, () => true),
    decline: (request: CosignRequest) => sign(request, () => false),
    /** Signs, and tells what was shown. */
    async read(request: CosignRequest) {
      const shown: CosignExplanation[] = []
      const cosignature = await sign(request, (it) => shown.push(it) > 0)
      const [explanation] = shown
      if (!explanation) throw new Error('nothing was shown')
      return { cosignature, shown: explanation, text: explanation.lines.join('\n') }
    },
    verify: (request: CosignRequest, coSigner: Address = signer.address) =>
      verifyCosignRequest(publicClient, { request, module, coSigner }),
  }
}

/** The account of a co-signed key, with a person at hand or without. */
export const coSignedAccount =
  (
    { publicClient: client, bundler, module }: Fixture,
    of: { account: Address; policy: Policy; signer: LocalAccount; entryPoint?: EntryPointVersion },
  ) =>
  (cosign?: (request: CosignRequest) => Promise<Hex>) =>
    toSessionKeyAccount({ client, bundler, module, ...of, ...(cosign && { cosign }) })

/** How many dollars somebody has, in their smallest unit. */
export const dollarsOf = ({ publicClient, usdc: address }: Fixture, of: Address): Promise<bigint> =>
  publicClient.readContract({ abi: tokenAbi, address, functionName: 'balanceOf', args: [of] })

/** Each change makes the request one that is neither shown nor signed. */
export async function expectNoneToPass<request extends CosignRequest>(
  good: request,
  tampered: readonly [Partial<request>, RegExp][],
  verify: (request: CosignRequest) => Promise<unknown>,
): Promise<void> {
  for (const [changes, message] of tampered) {
    const error = await verify({ ...good, ...changes }).catch((it: unknown) => it)
    expect(error).toBeInstanceOf(InvalidCosignRequestError)
    expect(String(error)).toMatch(message)
  }
}

/** The person's co-signature over a request, and others that the module would refuse. */
export async function cosignaturesOf(request: CosignRequest, person: PrivateKeyAccount, key: PrivateKeyAccount) {
  const { digest } = contentOf(request)
  const own = encodeCosignature(digest, await person.sign({ hash: digest }))
  const byKey = encodeCosignature(digest, await key.sign({ hash: digest }))
  const wrong: readonly Hex[] = ['0x', own.slice(0, -2) as Hex, `${own}00`, concat(['0x00000000', `0x${own.slice(10)}`]), byKey]
  return { own, byKey, wrong }
}
