import type { Address, Client, Hex } from 'viem'
import { readContract } from 'viem/actions'
import { sessionKeyModuleAbi } from '../abis/generated/sessionKeyModule.ts'
import { type AccountControl, decodeControl } from '../policy/controlWord.ts'
import type { Header } from '../policy/header.ts'
import type { Period } from '../policy/periods.ts'
import { type MeterWord, decodeMeterWord } from '../policy/meterWord.ts'
import { type KeySettings, decodeSettings } from '../policy/settingsWord.ts'
import { type SignerLike, keyIdOf } from '../policy/signer.ts'
import { type KeyUsage, decodeUsage } from '../policy/usageWord.ts'

/** Everything stored about one key, and the block's time to read it by. */
export type KeyState = {
  keyId: Hex
  control: AccountControl
  settings: KeySettings
  policyRoot: Hex
  usage: KeyUsage
  /** Words of the header's second and later meters, in their order. */
  meters: readonly MeterWord[]
  /** Seconds since 1970. */
  blockTime: bigint
  /** Periods of the account's ceilings that an operation charges, where they were asked for. */
  ceilingPeriods?: readonly Period[]
}

/** Subject and tag of a meter, 21 bytes right-aligned. */
function meterIdentity({ token, tag }: { token: Address; tag: number }): bigint {
  return (BigInt(token) << 8n) | BigInt(tag)
}

/** Reads a key's words in one `eth_call`. Without a header no meter words are read. */
export async function readKeyState(
  client: Client,
  parameters: { module: Address; account: Address; key: SignerLike; header?: Header | undefined },
): Promise<KeyState> {
  const { module, account, key, header } = parameters
  const keyId = keyIdOf(key)
  const state = await readContract(client, {
    abi: sessionKeyModuleAbi,
    address: module,
    functionName: 'keyState',
    args: [account, keyId, (header?.meters ?? []).slice(1).map(meterIdentity)],
  })
  return {
    keyId,
    control: decodeControl(state.control),
    settings: decodeSettings(state.settings),
    policyRoot: state.policyRoot,
    usage: decodeUsage(state.usage),
    meters: state.meters.map(decodeMeterWord),
    blockTime: state.blockTime,
  }
}
