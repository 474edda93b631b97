import { type Address, type Hex, type LocalAccount, encodeAbiParameters, hashTypedData, zeroAddress } from 'viem'
import type { GrantSigner } from '../../actions/signedGrants.ts'
import { ACCOUNT_LANES } from '../lanes/kinds.ts'
import type { AccountAdapter } from './adapter.ts'
import { uninstallFromList } from './moduleList.ts'
import { plainInstallData } from './ownerValidator.ts'

/**
 * A Safe with the Safe7579 adapter as its module and fallback handler. The adapter's EntryPoint is a constant of its code: v0.7.
 *
 * Nonce key: `validator (20) · lane (4)`; the zero validator stands for the Safe's own owners.
 */
export const safe7579: AccountAdapter = {
  ...ACCOUNT_LANES.safe7579,
  isAccountId: (accountId) => accountId.startsWith('rhinestone.safe7579.'),
  installData: plainInstallData('safe7579'),
  uninstallData: uninstallFromList,
  // Without a validator, the Safe's own owners.
  ownerRoute: (ownerValidator = zeroAddress) => ownerValidator,
  toGrantSigner: (owner, { account, chainId }) => toSafeGrantSigner([owner], { account, chainId }),
}

/** As many owners of a Safe as its threshold asks for. They sign a message of the Safe, which names it and the chain. */
export function toSafeGrantSigner(
  owners: readonly LocalAccount[],
  of: { account: Address; chainId: number },
): GrantSigner {
  return {
    bindsToChain: true,
    signTypedData: (typedData) => signSafeMessage(owners, hashTypedData(typedData as Parameters<typeof hashTypedData>[0]), of),
  }
}

/** The owners' signatures over a hash that a Safe is asked about, in the order in which the Safe reads them. */
export async function signSafeMessage(
  owners: readonly LocalAccount[],
  hash: Hex,
  { account, chainId }: { account: Address; chainId: number },
): Promise<Hex> {
  // The Safe reads signatures in ascending order of their owners.
  const signers = [...owners].sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1))
  const signatures = await Promise.all(
    signers.map((owner) =>
      owner.signTypedData({
        domain: { chainId, verifyingContract: account },
        types: { SafeMessage: [{ name: 'message', type: 'bytes' }] },
        primaryType: 'SafeMessage',
        message: { message: encodeAbiParameters([{ type: 'bytes32' }], [hash]) },
      }),
    ),
  )
  return `0x${signatures.map((it) => it.slice(2)).join('')}`
}
