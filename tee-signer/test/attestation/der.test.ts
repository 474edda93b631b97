import { describe, expect, it } from 'vitest'
import { TAG, bitStringBytes, boolean, children, integerBytes, oid, readDer, smallInteger, time } from '../../src/attestation/shared/der.ts'
import { readPem, readStrictPem, writePem } from '../../src/attestation/shared/pem.ts'
import './expectations.ts'
import * as der from './pki/der.ts'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

describe('readDer', () => {
  it('reads one value, short and long', () => {
    expect(readDer(hex('04 02 0102')).content).toEqual(hex('0102'))
    for (const length of [0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000]) expect(readDer(der.octets(Buffer.alloc(length))).content.length).toBe(length)
  })

  it.each([
    ['nothing', ''],
    ['a tag alone', '04'],
    ['less than its length', '04 02 01'],
    ['a byte behind', '04 01 01 00'],
    ['an indefinite length', '30 80 00 00'],
    ['a length in more bytes than it needs', '04 81 01 01'],
    ['a long length with a zero in front', `04 82 0080 ${'00'.repeat(128)}`],
    ['a length of four bytes', '04 84 00000001 01'],
    ['a tag of several bytes', '1f 81 01 00'],
  ])('refuses %s', async (_, text) => {
    await expect(() => readDer(hex(text))).toBeRefused('MALFORMED')
  })

  it('refuses another tag, and parts of what has none', async () => {
    await expect(() => readDer(hex('04 00'), TAG.sequence)).toBeRefused('MALFORMED')
    await expect(() => children(readDer(hex('04 00')))).toBeRefused('MALFORMED')
    expect(children(readDer(hex('30 04 0500 0500')), TAG.sequence)).toHaveLength(2)
  })
})

describe('values of DER', () => {
  it.each(['1.2.840.113741.1.13.1.2.17', '2.5.29.15', '2.999.3', '0.9.2342'])('reads the object identifier %s', (dotted) => {
    const bytes = dotted === '2.999.3' ? hex('06 03 883703') : der.oid(dotted)
    expect(oid(readDer(bytes))).toBe(dotted)
  })

  it.each(['06 00', '06 01 80', '06 02 8001', '06 02 2a86'])('refuses the object identifier %s', async (text) => {
    await expect(() => oid(readDer(hex(text)))).toBeRefused('MALFORMED')
  })

  it('reads integers in the fewest bytes', async () => {
    expect(smallInteger(readDer(hex('02 01 7f')))).toBe(127)
    expect(smallInteger(readDer(hex('02 02 0080')))).toBe(128)
    expect(smallInteger(readDer(hex('02 04 7fffffff')))).toBe(2 ** 31 - 1)
    for (const text of ['02 00', '02 02 007f', '02 02 ff80', '02 01 80', '02 05 0080000000'])
      await expect(() => smallInteger(readDer(hex(text)))).toBeRefused('MALFORMED')
    expect(integerBytes(readDer(hex('02 02 00ff')))).toEqual(hex('00ff'))
  })

  it('reads truth values and bit strings in their one spelling', async () => {
    expect([boolean(readDer(hex('01 01 ff'))), boolean(readDer(hex('01 01 00')))]).toEqual([true, false])
    await expect(() => boolean(readDer(hex('01 01 01')))).toBeRefused('MALFORMED')
    expect(bitStringBytes(readDer(hex('03 02 00ab')))).toEqual(hex('ab'))
    await expect(() => bitStringBytes(readDer(hex('03 02 01aa')))).toBeRefused('MALFORMED')
  })

  it('reads times of both kinds', () => {
    for (const iso of ['1950-01-01T00:00:00Z', '2049-12-31T23:59:59Z', '2050-01-01T00:00:00Z', '2024-02-29T12:00:00Z'])
      expect(time(readDer(der.time(Date.parse(iso) / 1000)))).toBe(Date.parse(iso) / 1000)
  })

  it.each(['230229120000Z', '231301120000Z', '230101240000Z', '230101126000Z', '2301011200Z', '230101120000+0000', 'x30101120000Z'])('refuses the time %s', async (text) => {
    await expect(() => time(readDer(der.tlv(TAG.utcTime, Buffer.from(text))))).toBeRefused('MALFORMED')
  })
})

describe('PEM', () => {
  const certificates = [Buffer.alloc(100, 1), Buffer.alloc(48, 2)]
  const text = writePem(certificates)

  it('comes back as it was', () => {
    expect(readStrictPem(text)).toEqual(certificates.map((certificate) => Uint8Array.from(certificate)))
  })

  it('may be of other lines where nothing is signed over it, and only there', async () => {
    for (const other of [text.replaceAll('\n', '\r\n'), text.trimEnd(), text.replaceAll(/(?<=[A-Za-z0-9/+]{64})\n(?!-)/g, '')]) {
      expect(readPem(other)).toHaveLength(2)
      await expect(() => readStrictPem(other)).toBeRefused('MALFORMED')
    }
  })

  it.each([
    ['nothing', ''],
    ['words before', `words\n${text}`],
    ['words between', text.replace('-----END CERTIFICATE-----\n', '-----END CERTIFICATE-----\nwords\n')],
    ['words behind', `${text}words`],
    ['base64 of another spelling', text.replace('==', '=')],
  ])('is refused with %s', async (_, changed) => {
    await expect(() => readPem(changed)).toBeRefused('MALFORMED')
  })
})
