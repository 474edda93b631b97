/**
 * SHA-256 of the vendors' root certificates (DER), as they publish them. A policy may name others, for a test or for a
 * vendor's next root.
 */
export const VENDOR_ROOTS = {
  /** AWS Nitro Enclaves Root-G1, until 2049. */
  nitro: ['641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b'],
  /** Intel SGX Root CA, until 2049. */
  tdx: ['44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3'],
  /** Confidential Space Root CA, until 2034. */
  confidentialSpace: ['148b293821bb0c6a317f413c8ba475814091cb22d49b9e3c94198db8e8f86c39'],
} as const
