import { type Address, type Client, type Hex, encodeAbiParameters, isAddressEqual, parseAbi } from 'viem'
import { readContract } from 'viem/actions'
import { ModuleNotInstalledError } from '../../errors/actions.ts'
import type { ModuleOfAccount } from './adapter.ts'

const LIST_ABI = parseAbi([
  'function getValidatorsPaginated(address cursor, uint256 size) view returns (address[] array, address next)',
  'function getExecutorsPaginated(address cursor, uint256 size) view returns (address[] array, address next)',
])

/** Begins and ends the linked lists in which accounts keep their modules. */
const SENTINEL: Address = '0x0000000000000000000000000000000000000001'
const PAGE = 32n

/**
 * Uninstall data of accounts that keep modules in linked lists: `abi.encode(the module before it, data)`.
 *
 * @throws ModuleNotInstalledError
 */
export async function uninstallFromList(client: Client, { account, module, type }: ModuleOfAccount, data: Hex): Promise<Hex> {
  const functionName = type === 'validator' ? 'getValidatorsPaginated' : 'getExecutorsPaginated'
  let previous = SENTINEL
  for (;;) {
    const [list] = await readContract(client, { abi: LIST_ABI, address: account, functionName, args: [previous, PAGE] })
    const modules = list.filter((it) => BigInt(it) > 1n)
    const index = modules.findIndex((it) => isAddressEqual(it, module))
    if (index >= 0) {
      return encodeAbiParameters([{ type: 'address' }, { type: 'bytes' }], [modules[index - 1] ?? previous, data])
    }
    const last = modules.at(-1)
    if (!last || modules.length < Number(PAGE)) throw new ModuleNotInstalledError(account, module)
    previous = last
  }
}
