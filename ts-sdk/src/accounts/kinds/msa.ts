import { ACCOUNT_LANES } from '../lanes/kinds.ts'
import type { AccountAdapter } from './adapter.ts'
import { uninstallFromList } from './moduleList.ts'
import { plainInstallData, routeThrough, signPlainly } from './ownerValidator.ts'

/**
 * The reference account of ERC-7579 (`MSAAdvanced`). Its EntryPoint is a constant of its code: v0.7.
 *
 * Nonce key: `validator (20) · lane (4)`.
 */
export const msa: AccountAdapter = {
  ...ACCOUNT_LANES.msa,
  isAccountId: (accountId) => accountId.startsWith('uMSA.'),
  installData: plainInstallData('msa'),
  uninstallData: uninstallFromList,
  ownerRoute: (ownerValidator) => routeThrough('msa', ownerValidator),
  toGrantSigner: signPlainly,
}
