import { createHash } from 'node:crypto'
import { z } from 'zod/v4'
import { refuse } from '../errors.ts'
import { equalBytes, fromHex, parsing, toHex } from '../shared/bytes.ts'

/** An event that extended a runtime measurement register. Only events of RTMR3 have their content under the digest. */
export type TdxEvent =
  | { readonly register: 0 | 1 | 2; readonly digest: Uint8Array }
  | { readonly register: 3; readonly type: number; readonly name: string; readonly payload: Uint8Array }

const eventSchema = z.object({
  imr: z.number().int().min(0).max(3),
  event_type: z.number().int().min(0).max(0xff_ff_ff_ff),
  digest: z.string(),
  event: z.string(),
  event_payload: z.string(),
})

/**
 * Reads an event log as dstack's guest agent writes it. A digest that an event of RTMR3 carries must be its content's.
 * Names and payloads of the other registers are left out: nothing vouches for them.
 */
export function readEventLog(json: unknown): TdxEvent[] {
  const events = parsing('The event log', () => z.array(eventSchema).parse(typeof json === 'string' ? JSON.parse(json) : json))
  return events.map((event) => {
    const digest = fromHex(event.digest, 'A digest of the event log')
    if (event.imr < 3) return { register: event.imr as 0 | 1 | 2, digest }
    const read = { register: 3, type: event.event_type, name: event.event, payload: fromHex(event.event_payload, 'A payload of the event log') } as const
    if (digest.length > 0 && !equalBytes(digest, digestOf(read))) refuse('MALFORMED', 'An event of RTMR3 has another digest than its content.', event.event)
    return read
  })
}

/** What the registers 0 to 3 hold after all of `events`. */
export function replay(events: readonly TdxEvent[]): [Uint8Array, Uint8Array, Uint8Array, Uint8Array] {
  const registers: [Uint8Array, Uint8Array, Uint8Array, Uint8Array] = [zero(), zero(), zero(), zero()]
  for (const event of events) {
    const digest = event.register === 3 ? digestOf(event) : event.digest
    if (digest.length !== 48) refuse('MALFORMED', 'A digest of the event log is not SHA-384.', toHex(digest))
    registers[event.register] = sha384(registers[event.register], digest)
  }
  return registers
}

/** `SHA-384(type ‖ ":" ‖ name ‖ ":" ‖ payload)`, the type in four bytes from the lowest: dstack's runtime events. */
function digestOf({ type, name, payload }: { type: number; name: string; payload: Uint8Array }): Uint8Array {
  const head = Buffer.alloc(4)
  head.writeUInt32LE(type)
  return sha384(head, Buffer.from(`:${name}:`), payload)
}

const zero = (): Uint8Array => new Uint8Array(48)

function sha384(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha384')
  for (const part of parts) hash.update(part)
  return Uint8Array.from(hash.digest())
}
