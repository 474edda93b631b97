import { type Address, type Client, concat, toHex } from 'viem'
import { call } from 'viem/actions'

/** P256VERIFY of RIP-7212 and EIP-7951. */
export const P256_PRECOMPILE: Address = '0x0000000000000000000000000000000000000100'

/** secp256r1: the order of its base point, and the point (SEC 2, section 2.4.2). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const BASE_X = 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n
const BASE_Y = 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n

/**
 * A signature that is right by construction. The key is 1, so the public key is the base point G; the nonce is 1, so r is
 * G's x; and the hash is 1 − r, so that s = hash + r · key is 1.
 */
const HASH = ORDER + 1n - BASE_X
const RIGHT = [HASH, BASE_X, 1n, BASE_X, BASE_Y] as const
const WRONG = [HASH + 1n, BASE_X, 1n, BASE_X, BASE_Y] as const

/** Whether the chain has the precompile for P-256 signatures, and it tells right ones from wrong ones. */
export async function hasP256Precompile(client: Client): Promise<boolean> {
  const answers = await Promise.all(
    [RIGHT, WRONG].map((words) => call(client, { to: P256_PRECOMPILE, data: concat(words.map((word) => toHex(word, { size: 32 }))) })),
  )
  const [right, wrong] = answers.map(({ data }) => data !== undefined && BigInt(data) === 1n)
  return right === true && wrong === false
}
