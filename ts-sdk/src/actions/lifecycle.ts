import type { Address } from 'viem'
import {
  encodeInstallExecutor,
  encodePauseAccount,
  encodePauseSessionKey,
  encodeRenounceSessionKey,
  encodeResumeAccount,
  encodeResumeSessionKey,
  encodeRevokeAllSessionKeys,
  encodeRevokeSessionKey,
  encodeSetGuardian,
} from './encodeCalls.ts'
import type { SignerLike } from '../policy/signer.ts'
import { type SenderClient, type SentCall, accountOf, sendCall } from './sendCall.ts'

/** `account` is needed where the sender is not the account itself, such as its guardian. */
type OnKey = { module: Address; key: SignerLike; account?: Address }
type OnAccount = { module: Address; account?: Address }

/** Pauses one key. Account or guardian. */
export function pauseSessionKey(client: SenderClient, { module, key, account }: OnKey): Promise<SentCall> {
  return sendCall(client, encodePauseSessionKey({ module, key, account: accountOf(client, account) }))
}

/** Resumes one key. Account only. */
export function resumeSessionKey(client: SenderClient, { module, key }: Omit<OnKey, 'account'>): Promise<SentCall> {
  return sendCall(client, encodeResumeSessionKey({ module, key }))
}

/** Pauses every key of the account. Account or guardian. */
export function pauseAccount(client: SenderClient, { module, account }: OnAccount): Promise<SentCall> {
  return sendCall(client, encodePauseAccount({ module, account: accountOf(client, account) }))
}

/** Lifts the pause of the account; keys paused one by one stay so. Account only. */
export function resumeAccount(client: SenderClient, { module }: { module: Address }): Promise<SentCall> {
  return sendCall(client, encodeResumeAccount({ module }))
}

/**
 * Revokes one key, and burns every grant signed for its next serial. Account or guardian.
 *
 * It does not reach an operation that was validated earlier in the same bundle.
 */
export function revokeSessionKey(client: SenderClient, { module, key, account }: OnKey): Promise<SentCall> {
  return sendCall(client, encodeRevokeSessionKey({ module, key, account: accountOf(client, account) }))
}

/** Revokes every key of the account in one write. Account or guardian. */
export function revokeAllSessionKeys(client: SenderClient, { module, account }: OnAccount): Promise<SentCall> {
  return sendCall(client, encodeRevokeAllSessionKeys({ module, account: accountOf(client, account) }))
}

/** The client's own key gives itself up for `account`. A wallet client of the session key. */
export function renounceSessionKey(
  client: SenderClient,
  { module, account }: { module: Address; account: Address },
): Promise<SentCall> {
  return sendCall(client, encodeRenounceSessionKey({ module, account }))
}

/** Sets who else may pause and revoke; `undefined`: nobody. Account only. */
export function setGuardian(
  client: SenderClient,
  { module, guardian }: { module: Address; guardian: Address | undefined },
): Promise<SentCall> {
  return sendCall(client, encodeSetGuardian({ module, guardian }))
}

/** Installs the module as executor, which the direct lane needs. Keys that are granted stay. Account only. */
export function installExecutor(client: SenderClient, { module }: { module: Address }): Promise<SentCall> {
  return sendCall(client, encodeInstallExecutor({ module, account: accountOf(client, undefined) }))
}
