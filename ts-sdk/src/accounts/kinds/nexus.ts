import { ACCOUNT_LANES } from '../lanes/kinds.ts'
import type { AccountAdapter } from './adapter.ts'
import { uninstallFromList } from './moduleList.ts'
import { plainInstallData, routeThrough, signPlainly } from './ownerValidator.ts'

/**
 * Biconomy Nexus.
 *
 * Nonce key: `lane (3) · mode 00 · validator (20)`.
 */
export const nexus: AccountAdapter = {
  ...ACCOUNT_LANES.nexus,
  isAccountId: (accountId) => accountId.startsWith('biconomy.nexus.'),
  installData: plainInstallData('nexus'),
  uninstallData: uninstallFromList,
  ownerRoute: (ownerValidator) => routeThrough('nexus', ownerValidator),
  toGrantSigner: signPlainly,
}
