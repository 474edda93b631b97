import type { SessionKeyAccount, SessionOperationRequest } from '../accounts/sessionKeyAccount.ts'
import type { OperationPreview } from './previewPacked.ts'

/**
 * Dry run: what an operation of the session key would charge and what would be left, by the module's own code. Gas
 * figures and fees that are left out count as 0, so pass those of a prepared operation to have the native charge right.
 *
 * An operation that passes validation and then reverts has spent its budget all the same; this does not execute it.
 *
 * @throws SessionKeyRefusedError
 */
export function previewOperation(
  account: SessionKeyAccount,
  operation: SessionOperationRequest,
): Promise<OperationPreview> {
  return account.preview(operation)
}
