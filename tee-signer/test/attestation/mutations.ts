import { AttestationError } from '../../src/attestation/index.ts'

/** Bytes that a verifier takes, and the verifier with everything else in place. */
export type Target = { readonly name: string; readonly bytes: Uint8Array; readonly verify: (bytes: Uint8Array) => unknown }

/** What was accepted, or refused by something else than a typed error, though it is not the evidence that was signed. */
export type Survivor = string

/**
 * Changes every byte of the target: to all 255 other values, or to one of them, which differs from byte to byte so that
 * every bit is flipped many times over.
 */
export async function flips(target: Target, all: boolean): Promise<Survivor[]> {
  const survivors: Survivor[] = []
  const changed = Uint8Array.from(target.bytes)
  for (const [index, byte] of target.bytes.entries())
    for (const mask of all ? EVERY_MASK : [1 << (index % 8)]) {
      changed[index] = byte ^ mask
      survivors.push(...(await survives(target, changed, `byte ${index} ^ ${mask}`)))
      changed[index] = byte
    }
  return survivors
}

/** Every shorter beginning, the empty one included. */
export async function truncations(target: Target): Promise<Survivor[]> {
  const survivors: Survivor[] = []
  for (let length = 0; length < target.bytes.length; length++) survivors.push(...(await survives(target, target.bytes.subarray(0, length), `cut to ${length}`)))
  return survivors
}

/** Something behind the end, or before the beginning. */
export async function extensions(target: Target): Promise<Survivor[]> {
  const survivors: Survivor[] = []
  for (const more of [Buffer.of(0), Buffer.of(0xff), Buffer.of(0x0a), Buffer.alloc(64), target.bytes]) {
    survivors.push(...(await survives(target, Buffer.concat([target.bytes, more]), `${more.length} bytes behind`)))
    survivors.push(...(await survives(target, Buffer.concat([more, target.bytes]), `${more.length} bytes before`)))
  }
  return survivors
}

const EVERY_MASK = Array.from({ length: 255 }, (_, index) => index + 1)

async function survives({ name, verify }: Target, bytes: Uint8Array, what: string): Promise<Survivor[]> {
  try {
    await verify(bytes)
    return [`${name}: ${what} is accepted`]
  } catch (error) {
    return error instanceof AttestationError ? [] : [`${name}: ${what} ends in ${String(error)}`]
  }
}
