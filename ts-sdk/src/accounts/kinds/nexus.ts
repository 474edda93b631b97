import { concat, toHex } from 'viem'
import { type AccountAdapter, requireLane } from './adapter.ts'
import { uninstallFromList } from './moduleList.ts'
import { plainInstallData, routeThrough, signPlainly } from './ownerValidator.ts'

const LANE_BITS = 24

/**
 * Biconomy Nexus.
 *
 * Nonce key: `lane (3) · mode 00 · validator (20)`.
 */
export const nexus: AccountAdapter = {
  kind: 'nexus',
  entryPoints: ['0.7', '0.8', '0.9'],
  isAccountId: (accountId) => accountId.startsWith('biconomy.nexus.'),
  needsOwnerValidator: true,
  laneBits: LANE_BITS,
  nonceKey: (validator, lane = 0) =>
    BigInt(concat([toHex(requireLane(lane, LANE_BITS), { size: 3 }), '0x00', validator])),
  ownerNonceKey: (ownerValidator) => nexus.nonceKey(ownerValidator),
  installData: plainInstallData('nexus'),
  uninstallData: uninstallFromList,
  ownerRoute: (ownerValidator) => routeThrough('nexus', ownerValidator),
  toGrantSigner: signPlainly,
}
