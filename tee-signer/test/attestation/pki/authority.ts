import { type KeyObject, constants, createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { bits, explicit, integer, nothing, octets, oid, sequence, set, time, truth, utf8 } from './der.ts'

/** How certificates and lists are signed. */
export type Algorithm = 'ecdsa-sha256' | 'ecdsa-sha384' | 'rsa-sha256' | 'rsa-pss-sha384'

export type KeyPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject }

/** A certificate of the test's own hierarchy, with its key. */
export type Issued = KeyPair & { readonly raw: Buffer; readonly name: Buffer; readonly serial: bigint; readonly algorithm: Algorithm }

export type Window = { readonly from: number; readonly until: number }

export const ecKey = (curve: 'P-256' | 'P-384'): KeyPair => generateKeyPairSync('ec', { namedCurve: curve })

const rsaKeys = new Map<string, KeyPair>()
/** RSA keys take long to make; each use of this process's tests has one. */
export function rsaKey(use: string): KeyPair {
  const key = rsaKeys.get(use) ?? generateKeyPairSync('rsa', { modulusLength: 2048 })
  rsaKeys.set(use, key)
  return key
}

export const fingerprint = ({ raw }: Issued): string => createHash('sha256').update(raw).digest('hex')

export type CertificateOptions = {
  readonly name: string
  readonly key: KeyPair
  readonly algorithm: Algorithm
  readonly window: Window
  /** Absent for a root, which signs itself. */
  readonly issuer?: Issued
  readonly isCa?: boolean
  readonly pathLength?: number
  /** Bits of KeyUsage from the most significant one; default: what the certificate needs. */
  readonly keyUsage?: number
  readonly extensions?: readonly Extension[]
  readonly serial?: bigint
  /** The number in the certificate; default 2, which means version 3. */
  readonly version?: number
  /** Says in its signed part that it is signed by this one. */
  readonly claimedAlgorithm?: Algorithm
}

export type Extension = { readonly oid: string; readonly critical?: boolean; readonly value: Uint8Array }

const SHA384 = sequence(oid('2.16.840.1.101.3.4.2.2'), nothing())
const ALGORITHMS: Readonly<Record<Algorithm, Buffer>> = {
  'ecdsa-sha256': sequence(oid('1.2.840.10045.4.3.2')),
  'ecdsa-sha384': sequence(oid('1.2.840.10045.4.3.3')),
  'rsa-sha256': sequence(oid('1.2.840.113549.1.1.11'), nothing()),
  'rsa-pss-sha384': sequence(
    oid('1.2.840.113549.1.1.10'),
    sequence(explicit(0, SHA384), explicit(1, sequence(oid('1.2.840.113549.1.1.8'), SHA384)), explicit(2, integer(48))),
  ),
}

export function issue(options: CertificateOptions): Issued {
  const { key, algorithm, window, issuer, isCa = false, extensions = [] } = options
  const name = sequence(set(sequence(oid('2.5.4.3'), utf8(options.name))))
  const serial = options.serial ?? BigInt(`0x${randomBytes(8).toString('hex')}`)
  const usage = options.keyUsage ?? (isCa ? 0b0000_0110 : 0b1000_0000)
  const constraints = sequence(...(isCa ? [truth(true)] : []), ...(options.pathLength === undefined ? [] : [integer(options.pathLength)]))
  const all = [{ oid: '2.5.29.19', critical: true, value: constraints }, { oid: '2.5.29.15', critical: true, value: bits(Buffer.from([usage])) }, ...extensions]
  const body = sequence(
    explicit(0, integer(options.version ?? 2)),
    integer(serial),
    ALGORITHMS[options.claimedAlgorithm ?? issuer?.algorithm ?? algorithm],
    issuer?.name ?? name,
    sequence(time(window.from), time(window.until)),
    name,
    key.publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...all.map(encodeExtension))),
  )
  return { ...key, raw: signed(body, issuer ?? { ...key, algorithm }), name, serial, algorithm }
}

/** A revocation list; `signer` is another key than the issuer's for a forged one. */
export function revocationList(options: {
  issuer: Issued
  window: Window
  revoked?: readonly bigint[]
  signer?: KeyPair
  extensions?: readonly Extension[]
  /** The number in the list; default 1, which means version 2. */
  version?: number
  claimedAlgorithm?: Algorithm
}): Buffer {
  const { issuer, window, revoked = [], extensions = [] } = options
  const entries = revoked.map((serial) => sequence(integer(serial), time(window.from)))
  const body = sequence(
    integer(options.version ?? 1),
    ALGORITHMS[options.claimedAlgorithm ?? issuer.algorithm],
    issuer.name,
    time(window.from),
    time(window.until),
    ...(entries.length > 0 ? [sequence(...entries)] : []),
    explicit(0, sequence(...[{ oid: '2.5.29.20', value: integer(1) }, ...extensions].map(encodeExtension))),
  )
  return signed(body, { privateKey: options.signer?.privateKey ?? issuer.privateKey, algorithm: issuer.algorithm })
}

function encodeExtension({ oid: identifier, critical = false, value }: Extension): Buffer {
  return sequence(oid(identifier), ...(critical ? [truth(true)] : []), octets(value))
}

function signed(body: Buffer, { privateKey, algorithm }: Pick<Issued, 'privateKey' | 'algorithm'>): Buffer {
  const hash = algorithm.endsWith('384') ? 'sha384' : 'sha256'
  const key = algorithm.startsWith('rsa-pss')
    ? { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 }
    : { key: privateKey, dsaEncoding: 'der' as const }
  return sequence(body, ALGORITHMS[algorithm], bits(sign(hash, body, key)))
}

/** Two numbers side by side. */
export function rawEcdsa(hash: 'sha256' | 'sha384', data: Uint8Array, { privateKey }: KeyPair): Buffer {
  return sign(hash, data, { key: privateKey, dsaEncoding: 'ieee-p1363' })
}
