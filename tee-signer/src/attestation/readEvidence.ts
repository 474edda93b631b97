import { z } from 'zod/v4'
import { fromHex, parsing } from './shared/bytes.ts'
import { readTdxCollateral } from './tdx/collateral.ts'
import { readEventLog } from './tdx/eventLog.ts'
import { trimQuote } from './tdx/quote.ts'
import type { Evidence } from './verifyAttestation.ts'

/** Longest evidence of any platform, in bytes; tokens with their certificates are the longest. */
const MAX_BYTES = 65_536
const hex = z
  .string()
  .max(2 + 2 * MAX_BYTES)
  .regex(/^0x(?:[0-9a-fA-F]{2})*$/)

const wireSchema = z.discriminatedUnion('platform', [
  z.strictObject({ platform: z.literal('nitro'), evidence: hex }),
  z.strictObject({ platform: z.literal('tdx'), evidence: hex, collateral: z.unknown(), event_log: z.unknown().optional() }),
  z.strictObject({ platform: z.literal('confidential-space'), evidence: hex }),
  z.strictObject({ platform: z.literal('sev-snp'), evidence: hex, vcek: hex, ask: hex, ark: hex.optional(), crl: hex.optional() }),
  z.strictObject({ platform: z.literal('simulated'), evidence: hex }),
])

/** Evidence as it goes through JSON: `evidence` holds document, quote, token or report in hex, certificates are DER. */
export type WireEvidence = z.input<typeof wireSchema>

/**
 * Reads evidence out of JSON. Verifies nothing.
 * @throws AttestationError `MALFORMED` for what is not evidence of a known platform
 */
export function readEvidence(json: unknown): Evidence {
  const wire = parsing('The evidence', () => wireSchema.parse(json))
  const bytes = fromHex(wire.evidence, 'The evidence')
  const part = (text: string): Uint8Array => fromHex(text, 'A certificate')
  switch (wire.platform) {
    case 'tdx': {
      const eventLog = wire.event_log === undefined ? {} : { eventLog: readEventLog(wire.event_log) }
      return { platform: 'tdx', quote: trimQuote(bytes), collateral: readTdxCollateral(wire.collateral), ...eventLog }
    }
    case 'confidential-space':
      return { platform: 'confidential-space', token: Buffer.from(bytes).toString('latin1') }
    case 'sev-snp': {
      const optional = { ...(wire.ark && { ark: part(wire.ark) }), ...(wire.crl && { crl: part(wire.crl) }) }
      return { platform: 'sev-snp', report: bytes, vcek: part(wire.vcek), ask: part(wire.ask), ...optional }
    }
    default:
      return { platform: wire.platform, document: bytes }
  }
}
