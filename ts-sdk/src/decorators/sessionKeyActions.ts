import type { Address, Chain, Client, Transport } from 'viem'
import type { SmartAccount } from 'viem/account-abstraction'
import { getCeiling, liftCeiling, setCeiling } from '../actions/ceilings.ts'
import { getGrantedPolicy } from '../actions/getGrantedPolicy.ts'
import { getSessionKey } from '../actions/getSessionKey.ts'
import { grantSessionKey } from '../actions/grantSessionKey.ts'
import {
  installExecutor,
  pauseAccount,
  pauseSessionKey,
  renounceSessionKey,
  resumeAccount,
  resumeSessionKey,
  revokeAllSessionKeys,
  revokeSessionKey,
  setGuardian,
} from '../actions/lifecycle.ts'
import { redeemAsKey } from '../actions/redeem.ts'
import { sendAsSessionKey } from '../actions/sendAsSessionKey.ts'
import type { SenderClient } from '../actions/sendCall.ts'
import { sendSessionOperation } from '../actions/sendSessionOperation.ts'
import { updateSessionKey } from '../actions/updateSessionKey.ts'

/** Parameters of an action, without the module that the decorator knows. */
type Bound<F extends (client: never, parameters: never) => unknown> = Omit<Parameters<F>[1], 'module'>

/** For whoever reads: `publicClient.extend(sessionKeyReaderActions({ module }))`. */
export function sessionKeyReaderActions({ module }: { module: Address }) {
  return (client: Client) => ({
    getSessionKey: (parameters: Bound<typeof getSessionKey>) => getSessionKey(client, { module, ...parameters }),
    getCeiling: (parameters: Bound<typeof getCeiling>) => getCeiling(client, { module, ...parameters }),
    getGrantedPolicy: (parameters: Bound<typeof getGrantedPolicy>) =>
      getGrantedPolicy(client, { module, ...parameters }),
  })
}

/** For the account: its bundler client, or the wallet client of an EOA under EIP-7702. */
export function sessionKeyOwnerActions({ module }: { module: Address }) {
  return (client: SenderClient) => ({
    ...sessionKeyGuardianActions({ module })(client),
    grantSessionKey: (parameters: Bound<typeof grantSessionKey>) => grantSessionKey(client, { module, ...parameters }),
    updateSessionKey: (parameters: Bound<typeof updateSessionKey>) =>
      updateSessionKey(client, { module, ...parameters }),
    resumeSessionKey: (parameters: Bound<typeof resumeSessionKey>) =>
      resumeSessionKey(client, { module, ...parameters }),
    setCeiling: (parameters: Bound<typeof setCeiling>) => setCeiling(client, { module, ...parameters }),
    liftCeiling: (parameters: Bound<typeof liftCeiling> = {}) => liftCeiling(client, { module, ...parameters }),
    resumeAccount: () => resumeAccount(client, { module }),
    installExecutor: () => installExecutor(client, { module }),
    setGuardian: (parameters: Bound<typeof setGuardian>) => setGuardian(client, { module, ...parameters }),
  })
}

/** For the guardian: what the account and its guardian may both do. A guardian names the `account`. */
export function sessionKeyGuardianActions({ module }: { module: Address }) {
  return (client: SenderClient) => ({
    pauseSessionKey: (parameters: Bound<typeof pauseSessionKey>) => pauseSessionKey(client, { module, ...parameters }),
    pauseAccount: (parameters: Bound<typeof pauseAccount> = {}) => pauseAccount(client, { module, ...parameters }),
    revokeSessionKey: (parameters: Bound<typeof revokeSessionKey>) =>
      revokeSessionKey(client, { module, ...parameters }),
    revokeAllSessionKeys: (parameters: Bound<typeof revokeAllSessionKeys> = {}) =>
      revokeAllSessionKeys(client, { module, ...parameters }),
  })
}

/** For the session key's own EOA. */
export function sessionKeyHolderActions({ module }: { module: Address }) {
  return (client: SenderClient) => ({
    renounceSessionKey: (parameters: Bound<typeof renounceSessionKey>) =>
      renounceSessionKey(client, { module, ...parameters }),
    redeemAsKey: (parameters: Bound<typeof redeemAsKey>) => redeemAsKey(client, { module, ...parameters }),
  })
}

/** For the agent: the bundler client whose account is a session key account. */
export function sessionKeyAgentActions() {
  return (client: Client<Transport, Chain | undefined, SmartAccount | undefined>) => ({
    sendSessionOperation: (parameters: Parameters<typeof sendSessionOperation>[1]) =>
      sendSessionOperation(client, parameters),
    sendAsSessionKey: (parameters: Parameters<typeof sendAsSessionKey>[1]) => sendAsSessionKey(client, parameters),
  })
}
