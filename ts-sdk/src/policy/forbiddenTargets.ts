import { type Address, isAddressEqual, zeroAddress } from 'viem'

/** Canonical addresses of the EntryPoints v0.6 to v0.9. */
export const ENTRY_POINT_ADDRESSES = {
  '0.6': '0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789',
  '0.7': '0x0000000071727De22E5E9d8BAf0edAc6f37da032',
  '0.8': '0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108',
  '0.9': '0x433709009B8330FDa32311DF1C2AFA402eD8D009',
} as const satisfies Record<string, Address>

/** Who is forbidden besides the addresses that always are. */
export type ForbiddenContext = { account?: Address | undefined; module?: Address | undefined }

/**
 * Why no policy can allow `target`, in words; `undefined` if one can. The same list as
 * `contracts/policy/ForbiddenTargets.sol`: the account and its aliases, the module, every EntryPoint.
 */
export function whyForbidden(target: Address, { account, module }: ForbiddenContext = {}): string | undefined {
  if (isAddressEqual(target, zeroAddress)) return 'some accounts read address zero as themselves'
  for (const [version, address] of Object.entries(ENTRY_POINT_ADDRESSES)) {
    if (isAddressEqual(target, address)) return `it is the EntryPoint v${version}`
  }
  if (account && isAddressEqual(target, account)) return 'it is the account itself'
  if (module && isAddressEqual(target, module)) return 'it is the session key module'
  return undefined
}
