import { zeroAddress } from 'viem'
import { nonceKeyOf } from '../nonceKey.ts'
import type { AccountAdapter } from './adapter.ts'
import { plainInstallData, signPlainly } from './ownerValidator.ts'

const ACCOUNT_IDS = [
  /^@openzeppelin\/(community-)?contracts\.AccountERC7579/,
  /^valet-keys\.(delegated|owned)-account\./,
]

/**
 * OpenZeppelin's `AccountERC7579` and `AccountERC7579Hooked`, and this project's reference accounts, which are made of it. The
 * hook runs inside `execute` and `executeFromExecutor`, so it asks nothing of an operation.
 *
 * Nonce key: `validator (20) · lane (4)`.
 */
export const openzeppelin: AccountAdapter = {
  kind: 'openzeppelin',
  entryPoints: ['0.7', '0.8', '0.9'],
  isAccountId: (accountId) => ACCOUNT_IDS.some((it) => it.test(accountId)),
  needsOwnerValidator: false,
  laneBits: 32,
  nonceKey: nonceKeyOf,
  ownerNonceKey: nonceKeyOf,
  installData: plainInstallData('openzeppelin'),
  uninstallData: async (_client, _of, data) => data,
  // 20 zero bytes are no validator: the reference accounts ask their owners.
  ownerRoute: (ownerValidator) => ownerValidator ?? zeroAddress,
  toGrantSigner: signPlainly,
}
