import { AttestationError } from '../../src/attestation/index.ts'

/** Bytes that a verifier takes, and the verifier with everything else in place. */
export type Target = {
  readonly name: string
  readonly bytes: Uint8Array
  /** Collateral is checked late, so each try takes long: unless all are wanted, every so manieth byte will do. */
  readonly stride?: number
  readonly verify: (bytes: Uint8Array) => unknown
}

/** What was accepted, or refused by something else than a typed error, though it is not the evidence that was signed. */
export type Survivor = string

/** Each bit alone, and all of them. */
const MASKS = [1, 2, 4, 8, 16, 32, 64, 128, 255]

/** Changes bytes of the target, each to `all` the masks' values or to one of them in turn. */
export async function flips(target: Target, all: boolean): Promise<Survivor[]> {
  const survivors: Survivor[] = []
  const changed = Uint8Array.from(target.bytes)
  for (let index = 0; index < target.bytes.length; index += all ? 1 : (target.stride ?? 1)) {
    const byte = target.bytes[index] ?? 0
    for (const mask of all ? MASKS : [MASKS[index % MASKS.length] ?? 1]) {
      changed[index] = byte ^ mask
      survivors.push(...(await survives(target, changed, `byte ${index} ^ ${mask}`)))
    }
    changed[index] = byte
  }
  return survivors
}

/** Shorter beginnings, the empty one and the longest included. */
export async function truncations(target: Target, all: boolean): Promise<Survivor[]> {
  const survivors: Survivor[] = []
  const last = target.bytes.length - 1
  for (let length = 0; length <= last; length += all || length + 8 > last ? 1 : Math.min((target.stride ?? 1) * 4, last - length))
    survivors.push(...(await survives(target, target.bytes.subarray(0, length), `cut to ${length}`)))
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

/** One line if `bytes` are not refused as they should be. */
export async function survives({ name, verify }: Target, bytes: Uint8Array, what: string): Promise<Survivor[]> {
  try {
    await verify(bytes)
    return [`${name}: ${what} is accepted`]
  } catch (error) {
    return error instanceof AttestationError ? [] : [`${name}: ${what} ends in ${String(error)}`]
  }
}
