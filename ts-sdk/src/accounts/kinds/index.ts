import type { Address } from 'viem'
import { ForeignNonceKeyError } from '../../errors/accounts.ts'
import { laneMaskOf } from '../lanes/kinds.ts'
import type { AccountAdapter } from './adapter.ts'
import { kernel } from './kernel.ts'
import { msa } from './msa.ts'
import { nexus } from './nexus.ts'
import { openzeppelin } from './openzeppelin.ts'
import { safe7579 } from './safe7579.ts'

export type { AccountAdapter, AccountIdentity, ModuleOfAccount, ModuleType } from './adapter.ts'
export { kernel, msa, nexus, openzeppelin, safe7579 }
export { type NestingAccount, toNestedGrantSigner } from './erc7739.ts'
export { encodeInitializeKernel } from './kernel.ts'
export { toSafeGrantSigner } from './safe7579.ts'

/** Every kind of account that is known. */
export const ACCOUNT_ADAPTERS: readonly AccountAdapter[] = [kernel, nexus, safe7579, msa, openzeppelin]

/**
 * The nonce of an operation has to lead to the module, in whichever lane.
 *
 * @throws ForeignNonceKeyError
 */
export function requireOwnNonce(adapter: AccountAdapter, module: Address, nonce: bigint): void {
  if (((nonce >> 64n) & ~laneMaskOf(adapter)) !== adapter.nonceKey(module)) throw new ForeignNonceKeyError(nonce, module)
}
