import { type Address, type Client, getAbiItem } from 'viem'
import { getLogs } from 'viem/actions'
import { sessionKeyModuleAbi } from '../abis/generated/sessionKeyModule.ts'
import { KeyNotGrantedError, PolicyMismatchError } from '../errors/actions.ts'
import type { Policy } from '../policy/definePolicy.ts'
import { decodePolicy, encodePolicy } from '../policy/encodePolicy.ts'
import { type SignerLike, keyIdOf, signerBytes } from '../policy/signer.ts'
import { readKeyState } from './readKeyState.ts'

const KEY_GRANTED = getAbiItem({ abi: sessionKeyModuleAbi, name: 'KeyGranted' })
const KEY_UPDATED = getAbiItem({ abi: sessionKeyModuleAbi, name: 'KeyUpdated' })

/**
 * The policy under which a key is granted now, from the event that granted or last updated it, held against the stored
 * hash.
 *
 * @param parameters.fromBlock where to start looking; nodes differ in how far back they look. Default: the first block.
 * @throws KeyNotGrantedError if there is none, PolicyMismatchError if the last event found is not the stored policy's
 */
export async function getGrantedPolicy(
  client: Client,
  parameters: { module: Address; account: Address; key: SignerLike; fromBlock?: bigint },
): Promise<Policy> {
  const { module, account, key, fromBlock = 0n } = parameters
  const filter = {
    address: module,
    args: { account, keyId: keyIdOf(key) },
    fromBlock,
    toBlock: 'latest',
    strict: true,
  } as const
  const [state, granted, updated] = await Promise.all([
    readKeyState(client, { module, account, key }),
    getLogs(client, { event: KEY_GRANTED, ...filter }),
    getLogs(client, { event: KEY_UPDATED, ...filter }),
  ])
  const last = [...granted, ...updated]
    .sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex)
    .at(-1)
  if (!state.settings.active || !last) throw new KeyNotGrantedError(signerBytes(key))
  const policy = decodePolicy(last.args)
  const root = encodePolicy(policy).policyRoot
  if (root !== state.policyRoot) throw new PolicyMismatchError(state.policyRoot, root)
  return policy
}
