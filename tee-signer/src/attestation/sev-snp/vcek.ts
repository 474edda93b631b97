import { refuse } from '../errors.ts'
import { equalBytes, isZero } from '../shared/bytes.ts'
import type { Certificate } from '../shared/certificate.ts'
import { TAG, readDer, smallInteger } from '../shared/der.ts'
import type { SnpTcb } from '../verdict.ts'
import { type SnpReport, readTcb } from './report.ts'

const AMD = '1.3.6.1.4.1.3704.1'
const PRODUCT_NAME = `${AMD}.2`
const HARDWARE_ID = `${AMD}.4`
const SVN = { bootloader: `${AMD}.3.1`, tee: `${AMD}.3.2`, snp: `${AMD}.3.3`, microcode: `${AMD}.3.8`, fmc: `${AMD}.3.9` } as const

/** The product line that a VCEK names: `Milan` of `Milan-B0`. */
export function vcekProduct(vcek: Certificate): string {
  const { tag, content } = readDer(need(vcek, PRODUCT_NAME))
  if (tag !== TAG.ia5String) refuse('MALFORMED', "The VCEK's product name is not text.")
  return Buffer.from(content).toString('latin1').split('-')[0] ?? ''
}

/** A VCEK is derived from one chip at one firmware level: the report must come from that chip, at that level. */
export function checkVcek(vcek: Certificate, report: SnpReport, product: string): SnpTcb {
  const tcb = readTcb(report.reportedTcb, product)
  for (const [part, svn] of Object.entries(tcb)) {
    const certified = smallInteger(readDer(need(vcek, SVN[part as keyof SnpTcb])))
    if (certified !== svn) refuse('TCB', `The report and the VCEK disagree on the version of ${part}.`, `${svn} reported, ${certified} certified`)
  }
  const id = need(vcek, HARDWARE_ID)
  if (report.chipKeyMasked || isZero(report.chipId)) refuse('CLAIM', 'The report hides which chip it is from.')
  if (id.length === 0 || !equalBytes(report.chipId.subarray(0, id.length), id) || !isZero(report.chipId.subarray(id.length)))
    refuse('CHAIN', 'The VCEK is of another chip than the report.')
  return tcb
}

function need(vcek: Certificate, identifier: string): Uint8Array {
  return vcek.extensions.get(identifier) ?? refuse('CHAIN', 'The certificate is not a VCEK: an extension of AMD is missing.', identifier)
}
