import { zeroAddress } from 'viem'
import { ACCOUNT_LANES } from '../lanes/kinds.ts'
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
  ...ACCOUNT_LANES.openzeppelin,
  isAccountId: (accountId) => ACCOUNT_IDS.some((it) => it.test(accountId)),
  installData: plainInstallData('openzeppelin'),
  uninstallData: async (_client, _of, data) => data,
  // 20 zero bytes are no validator: the reference accounts ask their owners.
  ownerRoute: (ownerValidator) => ownerValidator ?? zeroAddress,
  toGrantSigner: signPlainly,
}
