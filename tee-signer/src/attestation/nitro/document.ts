import { refuse } from '../errors.ts'
import { readCbor } from '../shared/coseSign1.ts'

/** The payload of a Nitro attestation document, as AWS specifies it. */
export type NitroDocument = {
  readonly moduleId: string
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly pcrs: ReadonlyMap<number, Uint8Array>
  readonly certificate: Uint8Array
  /** Root first. */
  readonly authorities: readonly Uint8Array[]
  readonly publicKey: Uint8Array | undefined
  readonly userData: Uint8Array | undefined
  readonly nonce: Uint8Array | undefined
}

const MAX_CERTIFICATE = 1024
const MAX_USER_BYTES = 1024
const PCR_LENGTH = 48

export function readNitroDocument(payload: Uint8Array): NitroDocument {
  const map = readCbor(payload, 'The Nitro document')
  if (!(map instanceof Map)) refuse('MALFORMED', 'The Nitro document is not a map.')
  const fields = map as ReadonlyMap<unknown, unknown>
  if (fields.get('digest') !== 'SHA384') refuse('NOT_SUPPORTED', 'The Nitro document does not measure by SHA-384.')
  const moduleId = fields.get('module_id')
  if (typeof moduleId !== 'string' || moduleId === '') refuse('MALFORMED', 'The Nitro document names no module.')
  const timestamp = fields.get('timestamp')
  if (typeof timestamp !== 'number' || !Number.isSafeInteger(timestamp) || timestamp <= 0) refuse('MALFORMED', 'The Nitro document has no time.')
  return {
    moduleId,
    timestamp,
    pcrs: readPcrs(fields.get('pcrs')),
    certificate: readCertificateBytes(fields.get('certificate')),
    authorities: readAuthorities(fields.get('cabundle')),
    publicKey: readOptional(fields, 'public_key'),
    userData: readOptional(fields, 'user_data'),
    nonce: readOptional(fields, 'nonce'),
  }
}

function readPcrs(value: unknown): Map<number, Uint8Array> {
  if (!(value instanceof Map) || value.size === 0 || value.size > 32) refuse('MALFORMED', 'The Nitro document has no PCRs.')
  const pcrs = new Map<number, Uint8Array>()
  for (const [index, pcr] of value as ReadonlyMap<unknown, unknown>) {
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index > 31) refuse('MALFORMED', 'A PCR has no number from 0 to 31.')
    if (!(pcr instanceof Uint8Array) || pcr.length !== PCR_LENGTH) refuse('MALFORMED', `PCR${index} is not ${PCR_LENGTH} bytes.`)
    pcrs.set(index, pcr)
  }
  return pcrs
}

function readCertificateBytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length === 0 || value.length > MAX_CERTIFICATE) refuse('MALFORMED', 'A certificate of the Nitro document has no fitting length.')
  return value
}

function readAuthorities(value: unknown): Uint8Array[] {
  if (!Array.isArray(value) || value.length === 0) refuse('MALFORMED', 'The Nitro document has no certificate chain.')
  return value.map(readCertificateBytes)
}

function readOptional(fields: ReadonlyMap<unknown, unknown>, name: string): Uint8Array | undefined {
  const value = fields.get(name)
  if (value === undefined || value === null) return undefined
  if (!(value instanceof Uint8Array) || value.length > MAX_USER_BYTES) refuse('MALFORMED', `The Nitro document's ${name} is not bytes of a fitting length.`)
  return value
}
