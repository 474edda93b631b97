import type { Account, Address, Chain, Client, Hex, Transport } from 'viem'
import { type SmartAccount, sendUserOperation, waitForUserOperationReceipt } from 'viem/account-abstraction'
import { sendTransaction, waitForTransactionReceipt } from 'viem/actions'
import { getAction } from 'viem/utils'
import { CallRevertedError, ClientUnfitError } from '../errors/actions.ts'
import { toRefusal } from '../errors/refused.ts'
import type { Call, CallRequest } from '../operation/executions.ts'

/**
 * A client of whoever sends: a bundler client whose account is the smart account, or a wallet client whose account is an
 * EOA (an account under EIP-7702, a guardian, a session key).
 */
export type SenderClient = Client<Transport, Chain | undefined, Account | SmartAccount | undefined>

/** A call that was mined and succeeded. */
export type SentCall = {
  readonly transactionHash: Hex
  readonly blockNumber: bigint
  /** Of the whole transaction. */
  readonly gasUsed: bigint
}

/** The smart account or EOA behind a client. */
export function senderOf(client: SenderClient): Account | SmartAccount {
  if (client.account) return client.account
  throw new ClientUnfitError('The client has no account to send with.')
}

/** A client that reads the chain for a sender: that of its smart account, or the wallet client itself. */
export function readerOf(client: SenderClient): Client {
  const sender = senderOf(client)
  return sender.type === 'smart' ? (sender as SmartAccount).client : client
}

/**
 * Sends one call and waits until it is mined: as a user operation if the client's account is a smart account, and as a
 * transaction if it is an EOA.
 *
 * @param call.gas limit of the transaction. Default: what the node estimates. An operation has its own.
 * @throws CallRevertedError, SessionKeyRefusedError
 */
export async function sendCall(client: SenderClient, call: Call & { readonly gas?: bigint }): Promise<SentCall> {
  const sender = senderOf(client)
  try {
    return sender.type === 'smart'
      ? await sendAsOperation(client, sender as SmartAccount, [call])
      : await sendAsTransaction(client, sender as Account, call)
  } catch (error) {
    throw toRefusal(error)
  }
}

/** Sends calls as one user operation of a smart account and waits until it is mined. */
export async function sendAsOperation(
  client: SenderClient,
  account: SmartAccount,
  calls: readonly CallRequest[],
): Promise<SentCall> {
  const bundler = client as unknown as Client<Transport, Chain | undefined, SmartAccount>
  const hash = await getAction(bundler, sendUserOperation, 'sendUserOperation')({ account, calls })
  const { success, receipt } = await getAction(
    bundler,
    waitForUserOperationReceipt,
    'waitForUserOperationReceipt',
  )({ hash })
  if (!success) throw new CallRevertedError(receipt.transactionHash)
  const { transactionHash, blockNumber, gasUsed } = receipt
  return { transactionHash, blockNumber: BigInt(blockNumber), gasUsed: BigInt(gasUsed) }
}

async function sendAsTransaction(client: SenderClient, account: Account, call: Call & { readonly gas?: bigint }): Promise<SentCall> {
  const wallet = client as unknown as Client<Transport, Chain, Account>
  const hash = await getAction(
    wallet,
    sendTransaction,
    'sendTransaction',
  )({ account, chain: wallet.chain ?? null, ...call } as Parameters<typeof sendTransaction>[1])
  const receipt = await getAction(wallet, waitForTransactionReceipt, 'waitForTransactionReceipt')({ hash })
  if (receipt.status !== 'success') throw new CallRevertedError(hash)
  return { transactionHash: hash, blockNumber: receipt.blockNumber, gasUsed: receipt.gasUsed }
}

/** The account that a sender means: the one named, or its own address. */
export function accountOf(client: SenderClient, account: Address | undefined): Address {
  return account ?? senderOf(client).address
}
