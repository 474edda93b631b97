import type { KeyState } from '../actions/readKeyState.ts'
import type { Header } from '../policy/header.ts'

/** The most gas that validating an operation may take: ERC-7562's MAX_VERIFICATION_GAS. */
export const MAX_VERIFICATION_GAS = 500_000n

/** Gas to write a word that was zero, cold: EIP-2929 and EIP-2200. */
const FRESH_WORD = 22_100n
/** Gas to change a word that was not zero, cold. */
const USED_WORD = 5_000n

/**
 * Verification gas that an estimate with a stub signature leaves out.
 *
 * The module writes its counters only after the signature holds. A bundler estimates with a signature that does not, so
 * its figure lacks these writes: the usage word, the word of each second or later meter that the operation charges, and
 * that of each ceiling of the account, which is reckoned as fresh.
 *
 *     missing = cost(usage word) + Σ cost(meter word),  cost = 22,100 if the word is still zero, else 5,000
 *
 * A word costs 2,100 less than that where the estimate has read it already, which is the margin for the code that writes
 * it. The result is an upper bound of what is missing, so an operation that was estimated does not run out.
 *
 * @param touched indices of the header's meters that the operation charges
 */
export function missingVerificationGas(
  state: Pick<KeyState, 'usage' | 'meters' | 'ceilingPeriods'>,
  header: Header,
  touched: ReadonlySet<number>,
): bigint {
  const usageIsFresh = state.usage.serial === 0n
  const ceilings = (state.ceilingPeriods ?? []).filter((period) => period !== 'operation')
  return header.meters.reduce(
    (sum, meter, index) => {
      if (index === 0 || meter.period === 'operation' || !touched.has(index)) return sum
      return sum + (state.meters[index - 1]?.period === undefined ? FRESH_WORD : USED_WORD)
    },
    (usageIsFresh ? FRESH_WORD : USED_WORD) + FRESH_WORD * BigInt(ceilings.length),
  )
}

/**
 * Verification gas that an estimate with a stub signature leaves out of an operation that carries its grant: the grant is
 * stored with the counters, and its event emitted.
 *
 *     missing = 2 · 22,100 (settings, root) + 375 · 4 (topics) + 8 · bytes (data) + 4,000 (encoding it)
 *
 * @param bytes of the encoded signer, header and permissions; 0: it carries none
 */
export function missingGrantGas(bytes: number): bigint {
  const EVENT_BASE = 1_500n + 4_000n
  // Four byte strings are padded to words behind their offsets and lengths.
  const data = BigInt(bytes) + 512n
  return bytes === 0 ? 0n : 2n * FRESH_WORD + EVENT_BASE + 8n * data
}
