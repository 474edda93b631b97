import type { Chain, Client, Hex, Transport } from 'viem'
import { type SmartAccount, type UserOperation, sendUserOperation } from 'viem/account-abstraction'
import { getAction } from 'viem/utils'
import type { SessionKeyAccount } from '../accounts/sessionKeyAccount.ts'
import { toRefusal } from '../errors/refused.ts'
import type { CallRequest } from '../operation/executions.ts'

/** Any fields of the operation that are to be as said here rather than estimated. */
type Overrides = Partial<Omit<UserOperation<'0.7'>, 'sender' | 'callData' | 'signature'>>

/**
 * Sends calls as the session key, like viem's `sendUserOperation`, and has every refusal decoded, the bundler's too.
 *
 * @returns the operation's hash, to wait for with `waitForUserOperationReceipt`
 * @throws SessionKeyRefusedError, and what viem throws for anything else
 */
export async function sendSessionOperation(
  client: Client<Transport, Chain | undefined, SmartAccount | undefined>,
  parameters: { readonly calls: readonly CallRequest[]; readonly account?: SessionKeyAccount } & Overrides,
): Promise<Hex> {
  const bundler = client as Client<Transport, Chain | undefined, SmartAccount>
  try {
    return await getAction(
      bundler,
      sendUserOperation,
      'sendUserOperation',
    )(parameters as Parameters<typeof sendUserOperation<readonly unknown[], SmartAccount>>[1])
  } catch (error) {
    throw toRefusal(error)
  }
}
