import { type KeyObject, createPublicKey, sign } from 'node:crypto'
import { z } from 'zod/v4'
import { refuse } from '../errors.ts'
import { parsing } from '../shared/bytes.ts'

const hex = (bytes: number): z.ZodString => z.string().regex(new RegExp(`^0x[0-9a-f]{${bytes * 2}}$`))
const reportSchema = z.object({
  platform: z.literal('simulated'),
  /** Says to whoever reads it that this is no TEE. */
  warning: z.string().min(1),
  measurement: hex(32),
  reportData: hex(32),
  at: z.iso.datetime(),
})
/** Key in SubjectPublicKeyInfo, signature over the text of the report: Ed25519. */
const documentSchema = z.strictObject({ report: z.string(), root: hex(44), signature: hex(64) })

/** What the simulator says of itself. Nothing but its own key vouches for any of it. */
export type SimulatedReport = z.infer<typeof reportSchema>

export type SimulatedDocument = { readonly report: string; readonly root: string; readonly signature: string }

/** Writes and signs a simulator's report with its own Ed25519 root key: JSON in UTF-8. */
export function signSimulatedReport(it: SimulatedReport, root: KeyObject): Uint8Array {
  const report = JSON.stringify(it)
  const publicKey = createPublicKey(root).export({ type: 'spki', format: 'der' })
  const signature = sign(null, Buffer.from(report), root)
  return Buffer.from(JSON.stringify({ report, root: `0x${publicKey.toString('hex')}`, signature: `0x${signature.toString('hex')}` }))
}

/** Reads a document in the one spelling that it has. */
export function readSimulatedDocument(bytes: Uint8Array): SimulatedDocument {
  const text = Buffer.from(bytes).toString()
  const { report, root, signature } = parsing('The simulated document', () => documentSchema.parse(JSON.parse(text)))
  if (!Buffer.from(JSON.stringify({ report, root, signature })).equals(bytes)) refuse('MALFORMED', 'The simulated document is not written as it should be.')
  return { report, root, signature }
}

export function readSimulatedReport(report: string): SimulatedReport {
  return parsing('The simulated report', () => reportSchema.parse(JSON.parse(report)))
}
