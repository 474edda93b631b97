import type { Address } from 'viem'

/**
 * Where P-256 is computed. `precompile`: RIP-7212 or EIP-7951, about 7,000 gas, on chains that have it. `solidity`:
 * anywhere, about 200,000 gas. It is part of the signer, so a key of the one is not a key of the other.
 */
export type P256Support = 'precompile' | 'solidity'

/** The verifiers, at the same addresses on every chain. */
export const VERIFIERS = {
  p256: {
    precompile: '0xfef30B980c7E945fcFBAc5c96aB50cB126bd6a9F',
    solidity: '0x5aCb4c4c57f2cFBaDd8c98f3667a51f03FcbC24e',
  },
  webAuthn: {
    precompile: '0x4B90D209ee94d0c40203c6B0983aB493b409623D',
    solidity: '0xbB4D1121DdA08ce0bBeC71b4505e3746D748a201',
  },
  multisig: '0x8EA429cC10db9e6ee0c478996c872ec9693988cD',
  erc1271: '0xf52044b6ADA18BddaFAfcCED5D4166bD58E25EaB',
} as const satisfies Record<string, Address | Record<P256Support, Address>>
