import { type Address, type Hex, type LocalAccount, encodeAbiParameters, hashTypedData, zeroAddress } from 'viem'
import type { GrantSigner } from '../../actions/signedGrants.ts'
import { nonceKeyOf } from '../nonceKey.ts'
import type { AccountAdapter } from './adapter.ts'
import { uninstallFromList } from './moduleList.ts'
import { plainInstallData } from './ownerValidator.ts'

/**
 * A Safe with the Safe7579 adapter as its module and fallback handler. The adapter's EntryPoint is a constant of its code: v0.7.
 *
 * Nonce key: `validator (20) · lane (4)`; the zero validator stands for the Safe's own owners.
 */
export const safe7579: AccountAdapter = {
  kind: 'safe7579',
  entryPoints: ['0.7'],
  isAccountId: (accountId) => accountId.startsWith('rhinestone.safe7579.'),
  needsOwnerValidator: false,
  laneBits: 32,
  nonceKey: nonceKeyOf,
  ownerNonceKey: nonceKeyOf,
  installData: plainInstallData('safe7579'),
  uninstallData: uninstallFromList,
  // Without a validator, the Safe's own owners.
  ownerRoute: (ownerValidator = zeroAddress) => ownerValidator,
  toGrantSigner: (owner, { account, chainId }) => toSafeGrantSigner([owner], { account, chainId }),
}

/** As many owners of a Safe as its threshold asks for. They sign a message of the Safe, which names it and the chain. */
export function toSafeGrantSigner(
  owners: readonly LocalAccount[],
  { account, chainId }: { account: Address; chainId: number },
): GrantSigner {
  // The Safe reads signatures in ascending order of their owners.
  const signers = [...owners].sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1))
  return {
    bindsToChain: true,
    async signTypedData(typedData): Promise<Hex> {
      const hash = hashTypedData(typedData as Parameters<typeof hashTypedData>[0])
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
    },
  }
}
