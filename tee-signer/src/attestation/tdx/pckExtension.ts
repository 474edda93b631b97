import { refuse } from '../errors.ts'
import { toHex } from '../shared/bytes.ts'
import type { Certificate } from '../shared/certificate.ts'
import { type Der, Parts, TAG, children, oid, readDer, smallInteger } from '../shared/der.ts'

/** What a PCK certificate says of the platform it was issued for. */
export type PckPlatform = {
  /** Family, model, stepping, platform type and custom SKU: 6 bytes, upper-case hex. */
  readonly fmspc: string
  readonly pceId: string
  /** Security versions of 16 components. */
  readonly components: readonly number[]
  readonly pceSvn: number
}

const SGX = '1.2.840.113741.1.13.1'
const TCB = `${SGX}.2`
const PCE_ID = `${SGX}.3`
const FMSPC = `${SGX}.4`
const PCE_SVN = `${TCB}.17`

/** Reads Intel's extension of a PCK certificate ("Intel SGX PCK Certificate and CRL Profile", 1.3.5). */
export function readPckExtension(certificate: Certificate): PckPlatform {
  const bytes = certificate.extensions.get(SGX)
  if (!bytes) refuse('CHAIN', 'The certificate of the quote is not of a platform: it has no SGX extension.')
  const fields = readFields(readDer(bytes))
  const tcb = readFields(need(fields, TCB))
  const svn = (identifier: string): number => smallInteger(need(tcb, identifier))
  return {
    fmspc: octets(need(fields, FMSPC), 6),
    pceId: octets(need(fields, PCE_ID), 2),
    components: Array.from({ length: 16 }, (_, index) => svn(`${TCB}.${index + 1}`)),
    pceSvn: svn(PCE_SVN),
  }
}

function readFields(node: Der): Map<string, Der> {
  const fields = new Map<string, Der>()
  for (const field of children(node, TAG.sequence)) {
    const parts = new Parts(field)
    const identifier = oid(parts.take())
    if (fields.has(identifier)) refuse('MALFORMED', 'The SGX extension has a field twice.', identifier)
    fields.set(identifier, parts.take())
    parts.end()
  }
  return fields
}

function need(fields: ReadonlyMap<string, Der>, identifier: string): Der {
  return fields.get(identifier) ?? refuse('MALFORMED', 'The SGX extension lacks a field.', identifier)
}

function octets({ tag, content }: Der, length: number): string {
  if (tag !== TAG.octetString || content.length !== length) refuse('MALFORMED', 'A field of the SGX extension has another length.')
  return toHex(content).slice(2).toUpperCase()
}
