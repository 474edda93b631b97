import { encode } from 'cborg'
import type { NitroEvidence, NitroPolicy } from '../../../src/attestation/index.ts'
import { type CertificateOptions, type KeyPair, ecKey, fingerprint, issue, rawEcdsa } from './authority.ts'
import { NOW, at } from './time.ts'

export const PCRS: ReadonlyMap<number, Buffer> = new Map([0, 1, 2, 3].map((index) => [index, Buffer.alloc(48, 0x10 + index)]))

export type NitroOptions = {
  pcrs?: ReadonlyMap<number, Uint8Array>
  /** Milliseconds. */
  timestamp?: number
  nonce?: Uint8Array
  userData?: Uint8Array
  fields?: Readonly<Record<string, unknown>>
  leaf?: Partial<CertificateOptions>
  authority?: Partial<CertificateOptions>
  signer?: KeyPair
  header?: ReadonlyMap<unknown, unknown>
  unprotected?: ReadonlyMap<unknown, unknown>
}

/** A document of a Nitro enclave under a root of its own: root, region, instance, enclave. */
export function nitroFixture(options: NitroOptions = {}): { evidence: NitroEvidence; policy: NitroPolicy } {
  const algorithm = 'ecdsa-sha384'
  const root = issue({ name: 'test.nitro-enclaves', key: ecKey('P-384'), algorithm, window: at(-9000, 9000), isCa: true })
  const region = issue({ name: 'region', key: ecKey('P-384'), algorithm, window: at(-5000, 5000), issuer: root, isCa: true, ...options.authority })
  const instance = issue({ name: 'instance', key: ecKey('P-384'), algorithm, window: at(-4000, 4000), issuer: region, isCa: true, pathLength: 0 })
  const leaf = issue({ name: 'enclave', key: ecKey('P-384'), algorithm, window: at(-100, 10_700), issuer: instance, ...options.leaf })
  const fields = {
    module_id: 'i-0123456789abcdef0-enc0123456789abcdef',
    digest: 'SHA384',
    timestamp: options.timestamp ?? NOW * 1000,
    pcrs: options.pcrs ?? PCRS,
    certificate: leaf.raw,
    cabundle: [root.raw, region.raw, instance.raw],
    public_key: null,
    user_data: options.userData ?? null,
    nonce: options.nonce ?? null,
    ...options.fields,
  }
  const payload = encode(new Map<string, unknown>(Object.entries(fields)))
  const header = encode(options.header ?? new Map([[1, -35]]))
  const signature = rawEcdsa('sha384', encode(['Signature1', header, new Uint8Array(), payload]), options.signer ?? leaf)
  const document = encode([header, options.unprotected ?? new Map(), payload, new Uint8Array(signature)])
  return { evidence: { platform: 'nitro', document }, policy: { pcrs: pinned(), roots: [fingerprint(root)] } }
}

/** The policy that the fixture fulfils. */
export const pinned = (): Record<number, string[]> => Object.fromEntries([0, 1, 2].map((index) => [index, [PCRS.get(index)?.toString('hex') ?? '']]))
