import { type Address, createClient, custom, decodeFunctionData, encodeFunctionResult, parseAbi, slice, toHex, zeroAddress } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  ACCOUNT_ADAPTERS,
  HookNotTakenError,
  InvalidPolicyFieldError,
  ModuleNotInstalledError,
  OwnerValidatorNeededError,
  kernel,
  msa,
  nexus,
  openzeppelin,
  safe7579,
} from '../../src/index.ts'
import { ACCOUNT, MODULE, ROUTER } from '../fixtures.ts'

const key = (value: bigint) => toHex(value, { size: 24 })
const hex = MODULE.slice(2).toLowerCase()

describe('nonce keys', () => {
  test.each([
    [kernel, `0x0001${hex}0000`, `0x0001${hex}0102`],
    [nexus, `0x00000000${hex}`, `0x00010200${hex}`],
    [msa, `0x${hex}00000000`, `0x${hex}00000102`],
    [safe7579, `0x${hex}00000000`, `0x${hex}00000102`],
    [openzeppelin, `0x${hex}00000000`, `0x${hex}00000102`],
  ])('$kind', (adapter, first, other) => {
    expect(key(adapter.nonceKey(MODULE))).toBe(first)
    expect(key(adapter.nonceKey(MODULE, 0x102))).toBe(other)
  })

  test.each(ACCOUNT_ADAPTERS)('$kind has as many lanes as it says, and no more', (adapter) => {
    const lanes = 1n << BigInt(adapter.laneBits)
    expect(adapter.nonceKey(MODULE, lanes - 1n)).not.toBe(adapter.nonceKey(MODULE, lanes - 2n))
    expect(() => adapter.nonceKey(MODULE, lanes)).toThrow(InvalidPolicyFieldError)
    expect(() => adapter.nonceKey(MODULE, -1n)).toThrow(InvalidPolicyFieldError)
  })
})

describe('owner routes', () => {
  test('the root validator of Kernel, the owners of a Safe, and the validator that the others name', () => {
    expect(kernel.ownerRoute()).toBe('0x00')
    expect(safe7579.ownerRoute()).toBe(zeroAddress)
    expect(nexus.ownerRoute(ROUTER)).toBe(ROUTER)
    expect(msa.ownerRoute(ROUTER)).toBe(ROUTER)
    expect(openzeppelin.ownerRoute()).toBe(zeroAddress)
  })

  test.each([nexus, msa])('$kind reaches no owner without a validator', (adapter) => {
    expect(() => adapter.ownerRoute()).toThrow(OwnerValidatorNeededError)
    expect(() => adapter.ownerRoute(zeroAddress)).toThrow(OwnerValidatorNeededError)
  })
})

describe('a hook of one module', () => {
  test.each([nexus, msa, safe7579, openzeppelin])('$kind keeps none, in either role', (adapter) => {
    for (const type of ['validator', 'executor'] as const) {
      expect(adapter.installData(type, '0x1234')).toBe('0x1234')
      expect(() => adapter.installData(type, '0x1234', ROUTER)).toThrow(HookNotTakenError)
    }
  })

  test.each(['validator', 'executor'] as const)('Kernel takes one for a module as %s, and its install data begins with it', (type) => {
    expect(slice(kernel.installData(type, '0x02', ROUTER), 0, 20).toLowerCase()).toBe(ROUTER.toLowerCase())
    expect(BigInt(slice(kernel.installData(type, '0x02'), 0, 20))).toBe(1n)
  })
})

describe('uninstall data of accounts with linked lists', () => {
  const abi = parseAbi([
    'function getValidatorsPaginated(address cursor, uint256 size) view returns (address[] array, address next)',
    'function getExecutorsPaginated(address cursor, uint256 size) view returns (address[] array, address next)',
  ])
  const SENTINEL: Address = '0x0000000000000000000000000000000000000001'
  const others = (count: number) => Array.from({ length: count }, (_, index) => toHex(0x1000 + index, { size: 20 }))

  /** An account that pages through its validators. */
  const clientWith = (modules: readonly Address[]) =>
    createClient({
      transport: custom({
        async request({ params }: { params: [{ data: `0x${string}` }] }) {
          const { args } = decodeFunctionData({ abi, data: params[0].data })
          const start = modules.findIndex((it) => it.toLowerCase() === args[0].toLowerCase()) + 1
          const page = modules.slice(start, start + Number(args[1]))
          return encodeFunctionResult({ abi, functionName: 'getValidatorsPaginated', result: [page, page.at(-1) ?? SENTINEL] })
        },
      }),
    })

  const previous = async (modules: readonly Address[]) => {
    const data = await nexus.uninstallData(clientWith(modules), { account: ACCOUNT, module: MODULE, type: 'validator' }, '0x01')
    return `0x${data.slice(26, 66)}`
  }

  test.each([0, 1, 31, 32, 33, 64])('names the module before it, behind %d others', async (count) => {
    const list = others(count)
    expect(await previous([...list, MODULE, ROUTER])).toBe(list.at(-1) ?? SENTINEL)
  })

  test.each([0, 32])('finds no module that is not there, among %d others', async (count) => {
    await expect(previous(others(count))).rejects.toThrow(ModuleNotInstalledError)
  })
})
