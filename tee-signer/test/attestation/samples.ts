import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * Real evidence from public projects, read in place: `../shared` next to the repository, or the folder that the
 * environment variable VALET_SAMPLES names. `undefined` where there is none.
 */
export const SAMPLES: string | undefined = [
  process.env.VALET_SAMPLES,
  resolve(import.meta.dirname, '../../../../shared/vectors/attestation'),
].find((folder) => folder !== undefined && existsSync(join(folder, 'ORIGIN.md')))

export function sample(path: string): Uint8Array {
  if (!SAMPLES) throw new Error('There are no samples to read.')
  return Uint8Array.from(readFileSync(join(SAMPLES, path)))
}

export const sampleText = (path: string): string => Buffer.from(sample(path)).toString()

export const sampleJson = (path: string): Record<string, unknown> => JSON.parse(sampleText(path)) as Record<string, unknown>

/** Quotes in hex, as the samples hold them. */
export const sampleHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.trim().replace(/^0x/, ''), 'hex'))

/** DER of a PEM file. */
export const samplePem = (path: string): Uint8Array => Uint8Array.from(Buffer.from(sampleText(path).replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64'))

/** Seconds since 1970. */
export const seconds = (iso: string): number => Date.parse(iso) / 1000
