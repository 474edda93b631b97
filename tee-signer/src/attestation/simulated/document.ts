import { type KeyObject, sign } from 'node:crypto'
import { encode } from 'cborg'
import { refuse } from '../errors.ts'
import { readCbor } from '../shared/coseSign1.ts'

/** What the simulator says of itself. Nothing but its own key vouches for any of it. */
export type SimulatedDocument = {
  /** SHA-384 of whatever the simulator holds to be its code. */
  readonly measurement: Uint8Array
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly userData: Uint8Array
  readonly nonce: Uint8Array | undefined
}

/** EdDSA in COSE. */
export const EDDSA = -8
const PLATFORM = 'simulated'

/** Writes and signs a simulator's document with its own Ed25519 root key. */
export function signSimulatedDocument(document: SimulatedDocument, root: KeyObject): Uint8Array {
  const header = encode(new Map([[1, EDDSA]]))
  const { measurement, timestamp, userData, nonce } = document
  const payload = encode({ platform: PLATFORM, measurement, timestamp, user_data: userData, nonce: nonce ?? null })
  const signature = sign(null, encode(['Signature1', header, new Uint8Array(), payload]), root)
  return encode([header, new Map(), payload, new Uint8Array(signature)])
}

export function readSimulatedDocument(payload: Uint8Array): SimulatedDocument {
  const map = readCbor(payload, 'The simulated document')
  const fields: ReadonlyMap<unknown, unknown> = map instanceof Map ? map : new Map()
  if (fields.get('platform') !== PLATFORM) refuse('MALFORMED', 'The document is not the simulator\'s.')
  const [measurement, timestamp, userData, nonce] = ['measurement', 'timestamp', 'user_data', 'nonce'].map((name) => fields.get(name))
  if (!(measurement instanceof Uint8Array) || measurement.length !== 48) refuse('MALFORMED', 'The simulated document has no measurement.')
  if (typeof timestamp !== 'number' || !Number.isSafeInteger(timestamp)) refuse('MALFORMED', 'The simulated document has no time.')
  if (!(userData instanceof Uint8Array) || (nonce !== null && !(nonce instanceof Uint8Array))) refuse('MALFORMED', 'The simulated document binds nothing.')
  return { measurement, timestamp, userData, nonce: nonce ?? undefined }
}
