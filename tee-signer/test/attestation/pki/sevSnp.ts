import type { SevSnpEvidence, SevSnpPolicy } from '../../../src/attestation/index.ts'
import { type CertificateOptions, type Issued, type KeyPair, ecKey, fingerprint, issue, rawEcdsa, revocationList, rsaKey } from './authority.ts'
import { ia5, integer } from './der.ts'
import { at } from './time.ts'

const AMD = '1.3.6.1.4.1.3704.1'
export const CHIP_ID = Buffer.alloc(64, 0x5c)
export const TCB = { bootloader: 4, tee: 1, snp: 23, microcode: 213 }

export type SnpOptions = {
  product?: 'Milan' | 'Genoa' | 'Turin'
  /** Bytes of the report by their offset, before it is signed. */
  report?: Readonly<Record<number, Uint8Array>>
  policyBits?: bigint
  reportData?: Uint8Array
  vcek?: Partial<CertificateOptions>
  ask?: Partial<CertificateOptions>
  certifiedTcb?: Partial<typeof TCB>
  chipId?: Uint8Array
  signer?: KeyPair
  revoked?: boolean
  crl?: (parts: SnpParts) => Uint8Array
}

export type SnpParts = { readonly ark: Issued; readonly ask: Issued; readonly vcek: Issued }

/** SMT allowed, and the bit that is always one. */
export const PLAIN_POLICY = (1n << 16n) | (1n << 17n)

/** A report of a SEV-SNP guest, its certificates and the policy it fulfils, under a root of its own. */
export function snpFixture(options: SnpOptions = {}): { evidence: SevSnpEvidence; policy: SevSnpPolicy; parts: SnpParts } {
  const { product = 'Milan' } = options
  const algorithm = 'rsa-pss-sha384'
  const ark = issue({ name: `ARK-${product}`, key: rsaKey('ark'), algorithm, window: at(-9000, 9000), isCa: true })
  const ask = issue({ name: `SEV-${product}`, key: rsaKey('ask'), algorithm, window: at(-5000, 5000), issuer: ark, isCa: true, pathLength: 0, ...options.ask })
  const vcek = issue({ name: 'SEV-VCEK', key: ecKey('P-384'), algorithm: 'ecdsa-sha384', window: at(-4000, 4000), issuer: ask, extensions: vcekExtensions(options), ...options.vcek })
  const parts = { ark, ask, vcek }
  const crl = options.crl?.(parts) ?? revocationList({ issuer: ark, window: at(-1000, 1000), revoked: options.revoked ? [ask.serial] : [ask.serial + 1n] })
  const report = signReport(options, vcek)
  return {
    evidence: { platform: 'sev-snp', report, vcek: vcek.raw, ask: ask.raw, ark: ark.raw, crl },
    policy: { measurements: [Buffer.alloc(48, 0xee).toString('hex')], roots: [fingerprint(ark)] },
    parts,
  }
}

function vcekExtensions({ certifiedTcb = {}, product = 'Milan', chipId = CHIP_ID }: SnpOptions): CertificateOptions['extensions'] {
  const tcb = { ...TCB, ...certifiedTcb }
  const svns = { 1: tcb.bootloader, 2: tcb.tee, 3: tcb.snp, 8: tcb.microcode, ...(product === 'Turin' && { 9: 7 }) }
  return [
    { oid: `${AMD}.2`, value: ia5(`${product}-B0`) },
    ...Object.entries(svns).map(([part, svn]) => ({ oid: `${AMD}.3.${part}`, value: integer(svn) })),
    { oid: `${AMD}.4`, value: chipId },
  ]
}

function signReport(options: SnpOptions, vcek: Issued): Buffer {
  const { product = 'Milan', policyBits = PLAIN_POLICY, report = {}, reportData = Buffer.alloc(64, 0x77) } = options
  const bytes = Buffer.alloc(1184)
  bytes.writeUInt32LE(3, 0)
  bytes.writeBigUInt64LE(policyBits, 8)
  bytes.writeUInt32LE(1, 0x34)
  const { bootloader, tee, snp, microcode } = TCB
  const tcb = product === 'Turin' ? [7, bootloader, tee, snp, 0, 0, 0, microcode] : [bootloader, tee, 0, 0, 0, 0, snp, microcode]
  for (const offset of [0x38, 0x180, 0x1e0, 0x1f0]) bytes.set(tcb, offset)
  bytes.set(reportData, 0x50)
  bytes.fill(0xee, 0x90, 0xc0)
  bytes.set({ Milan: [0x19, 0x01], Genoa: [0x19, 0x11], Turin: [0x1a, 0x02] }[product], 0x188)
  bytes.set(CHIP_ID, 0x1a0)
  for (const [offset, change] of Object.entries(report)) bytes.set(change, Number(offset))
  const signature = rawEcdsa('sha384', bytes.subarray(0, 0x2a0), options.signer ?? vcek)
  bytes.set(signature.subarray(0, 48).reverse(), 0x2a0)
  bytes.set(signature.subarray(48).reverse(), 0x2a0 + 72)
  return bytes
}
