import { nonceKeyOf } from '../nonceKey.ts'
import type { AccountAdapter } from './adapter.ts'
import { uninstallFromList } from './moduleList.ts'
import { plainInstallData, routeThrough, signPlainly } from './ownerValidator.ts'

/**
 * The reference account of ERC-7579 (`MSAAdvanced`). Its EntryPoint is a constant of its code: v0.7.
 *
 * Nonce key: `validator (20) · lane (4)`.
 */
export const msa: AccountAdapter = {
  kind: 'msa',
  entryPoints: ['0.7'],
  isAccountId: (accountId) => accountId.startsWith('uMSA.'),
  needsOwnerValidator: true,
  laneBits: 32,
  nonceKey: nonceKeyOf,
  ownerNonceKey: nonceKeyOf,
  installData: plainInstallData('msa'),
  uninstallData: uninstallFromList,
  ownerRoute: (ownerValidator) => routeThrough('msa', ownerValidator),
  toGrantSigner: signPlainly,
}
