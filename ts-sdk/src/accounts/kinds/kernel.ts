import {
  type Address,
  type Hex,
  concat,
  encodeAbiParameters,
  encodeFunctionData,
  hashTypedData,
  parseAbi,
  toFunctionSelector,
  zeroAddress,
} from 'viem'
import { readContract } from 'viem/actions'
import { ACCOUNT_LANES } from '../lanes/kinds.ts'
import type { AccountAdapter, AccountIdentity } from './adapter.ts'

const ABI = parseAbi([
  'struct ValidationConfig { uint32 nonce; address hook; }',
  'function validationConfig(bytes21 validation) view returns (ValidationConfig config)',
  'function initialize(bytes21 rootValidator, address hook, bytes validatorData, bytes hookData, bytes[] initConfig)',
])
const EXECUTE = toFunctionSelector('execute(bytes32,bytes)')
/** Stands where a hook could, and means that there is none. */
const NO_HOOK: Address = '0x0000000000000000000000000000000000000001'
/** Hook data, of which Kernel reads the first byte: the hook is installed only if it is not yet. */
const HOOK_IF_NEW = '0x00'
const ACCOUNT_ID = /^kernel\.advanced\.v(0\.3\.\d+)/

/**
 * ZeroDev Kernel v3. A validator may be used for one function of the account only, which its install data names: `execute`.
 *
 * Nonce key: `mode 00 · type 01 · validator (20) · lane (2)`.
 */
export const kernel: AccountAdapter = {
  ...ACCOUNT_LANES.kernel,
  isAccountId: (accountId) => ACCOUNT_ID.test(accountId),
  installData(type, data, hook = NO_HOOK) {
    const hookData = hook === NO_HOOK ? '0x' : HOOK_IF_NEW
    const parts =
      type === 'validator'
        ? encodeAbiParameters([{ type: 'bytes' }, { type: 'bytes' }, { type: 'bytes' }], [data, hookData, EXECUTE])
        : encodeAbiParameters([{ type: 'bytes' }, { type: 'bytes' }], [data, hookData])
    return concat([hook, parts])
  },
  async hookOf(client, { account, module }) {
    const args = [concat(['0x01', module])] as const
    const { hook } = await readContract(client, { abi: ABI, address: account, functionName: 'validationConfig', args })
    return BigInt(hook) > BigInt(NO_HOOK) ? hook : undefined
  },
  uninstallData: async (_client, _of, data) => data,
  // One zero byte: the root validator, whichever that is.
  ownerRoute: () => '0x00',
  nestHash: inKernelDomain,
  toGrantSigner: (owner, of) => ({
    bindsToChain: true,
    signTypedData: (typedData): Promise<Hex> =>
      owner.signTypedData(inKernelDomain(hashTypedData(typedData as Parameters<typeof hashTypedData>[0]), of)),
  }),
}

/**
 * Call data that gives a fresh Kernel its owner: what its factory passes on, and what an EOA under EIP-7702 sends to itself
 * in the transaction that delegates. Kernel takes it once, and from anybody: between a delegation alone and a call of its
 * own, whoever comes first owns the account.
 *
 * @param parameters.ownerValidator becomes the root validator
 * @param parameters.ownerData what it takes at its install: to ZeroDev's ECDSA validator, the owner's address
 */
export function encodeInitializeKernel(parameters: { ownerValidator: Address; ownerData: Hex }): Hex {
  const { ownerValidator, ownerData } = parameters
  const args = [concat(['0x01', ownerValidator]), zeroAddress, ownerData, '0x', []] as const
  return encodeFunctionData({ abi: ABI, functionName: 'initialize', args })
}

/** Kernel has its root validator sign over a hash of its own, which names account and chain. */
function inKernelDomain(hash: Hex, { account, chainId, accountId }: AccountIdentity) {
  return {
    domain: { name: 'Kernel', version: ACCOUNT_ID.exec(accountId)?.[1] ?? '0.3.1', chainId, verifyingContract: account },
    types: { Kernel: [{ name: 'hash', type: 'bytes32' }] },
    primaryType: 'Kernel',
    message: { hash },
  } as const
}
