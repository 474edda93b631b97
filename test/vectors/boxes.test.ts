import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Hex, concat, concatHex, decodeAbiParameters, encodePacked, hexToBigInt, keccak256, pad, parseAbiParameters, recoverAddress, size, slice, toHex, zeroAddress, zeroHash } from 'viem'
import { describe, expect, test } from 'vitest'
import { climb, climbSet, conditions, list, lower, number, operationDigest, policy, siblingsOf } from './formulas.ts'
import { LAYOUTS, type ReadRecord, readHeader, readPath, readRecord } from './readRecord.ts'

/** The vectors, read by the boxes of docs/WIRE-FORMAT.md and hashed by its formulas: nothing here is the SDK's. */

describe('the page', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/WIRE-FORMAT.md'), 'utf8')
  const rowsBehind = (heading: string): readonly string[][] => {
    const from = page.indexOf(heading)
    const section = page.slice(from, page.indexOf('\n#', from + 1))
    const rows = section.split('\n').filter((line) => /^\| [\dA-Z]/.test(line))
    return rows.map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()))
  }

  test.each(Object.entries(LAYOUTS.words))('has every bit of %s in its table, cut where the boxes are', (name, fields) => {
    const heading = name === 'CeilingLimit' ? '### `CeilingLimit`' : `### \`${name}\` (uint256)`
    const ranges = rowsBehind(heading).map(([bits = '']) => bits.split('–').map(Number) as [number, number?])
    expect(ranges.map(([first]) => first)).toEqual([0, ...ranges.slice(0, -1).map(([first, last = first]) => last + 1)])
    expect(ranges.at(-1)?.at(-1)).toBe(255)
    for (const { firstBit, width } of fields) {
      expect(ranges.map(([first]) => first)).toContain(firstBit)
      expect(ranges.map(([first, last = first]) => last)).toContain(firstBit + width - 1)
    }
  })

  test('names every operator and every step by its code', () => {
    const operators = rowsBehind('### Operators').flatMap(([codes = '', names = '']) => {
      const labels = names.split(', ')
      return codes.split(', ').map((code, index) => [labels[index], Number(code)])
    })
    expect(Object.fromEntries(operators)).toEqual(
      Object.fromEntries(Object.entries(LAYOUTS.operators).map(([name, { code }]) => [name, code])),
    )
    const steps = rowsBehind('### Paths').flatMap(([names = '', bytes = '']) => {
      const codes = [...bytes.matchAll(/\b[0-9a-f]{2}\b/g)].map(([code]) => Number.parseInt(code, 16))
      return names.split(', ').map((name, index) => [name, codes[index]])
    })
    expect(Object.fromEntries(steps)).toEqual(
      Object.fromEntries(Object.entries(LAYOUTS.steps).map(([name, { code }]) => [name, code])),
    )
    const ending = rowsBehind('### Paths').flatMap(([names = '', , goes = '']) => (goes.startsWith('ends') ? names.split(', ') : []))
    expect(ending.toSorted()).toEqual(
      Object.entries(LAYOUTS.steps).flatMap(([name, { ends }]) => (ends ? [name] : [])).toSorted(),
    )
  })
})

describe('words', () => {
  test.each(Object.entries(LAYOUTS.words))('%s has no gap and no overlap', (_, fields) => {
    const ends = fields.map(({ firstBit, width }) => firstBit + width)
    expect(fields.map(({ firstBit }) => firstBit)).toEqual([0, ...ends.slice(0, -1)])
    expect(ends.at(-1)).toBeLessThanOrEqual(256)
  })

  test.each(policy.policies.map((it) => [it.name, it] as const))('settings of "%s" hold epoch and serial', (_, it) => {
    const field = (name: string) => {
      const { firstBit, width } = (LAYOUTS.words['KeySettings'] ?? []).find((part) => part.name === name) ?? { firstBit: 0, width: 0 }
      return (hexToBigInt(it.settings) >> BigInt(firstBit)) & ((1n << BigInt(width)) - 1n)
    }
    expect([field('epoch'), field('serial'), field('flags') & 1n]).toEqual([3n, 258n, 1n])
    expect(field('validUntil')).toBeGreaterThan(field('validAfter'))
  })
})

describe.each(policy.policies.map((it) => [it.name, it] as const))('policy "%s"', (_, it) => {
  const { parts } = it

  test('its header is made of its parts', () => {
    const header = readHeader(it.header)
    expect(
      list(header['meter']).map(({ subject, tag, period, cap }) => [subject, number(tag), number(period), number(cap)]),
    ).toEqual(parts.meters.map(({ subject, tag, period, cap }) => [lower(subject), tag, period, cap]))
    expect(
      list(header['paymaster']).map(({ address, mode, prefix, meterIndex = '0x00', rate = '0x00' }) => [
        address,
        number(mode),
        prefix,
        number(meterIndex),
        number(rate),
      ]),
    ).toEqual(
      parts.paymasters.map(({ paymaster, mode, prefix, meterIndex, rate }) => [
        lower(paymaster),
        mode,
        prefix,
        meterIndex,
        rate,
      ]),
    )
    const frame = header['frame'] as ReadRecord | undefined
    expect(frame?.['token'] ?? []).toEqual(parts.ephemeral.map(lower))
    expect(list(frame?.['received']).map(describeReceived)).toEqual(
      parts.received.map(({ token, feed, ...rest }) => ({ ...rest, token: lower(token), feed: lower(feed) })),
    )
    expect(header.coSigner?.['signer'] ?? '0x').toBe(parts.coSigner)
    expect(
      list(header.coSigner?.['threshold']).map(({ meterIndex, amount }) => ({
        meterIndex: number(meterIndex),
        amount: number(amount),
      })),
    ).toEqual(parts.thresholds)
    expect(header['checker'] ?? zeroAddress).toBe(lower(parts.checker))
    expect(header['codeHash'] ?? zeroHash).toBe(parts.pinnedCode)
    const countsCalls = parts.meters.some(({ subject, tag }) => BigInt(subject) < 65_536n && BigInt(tag) === 255n)
    expect((Number(header['sections']) & 16) !== 0).toBe(countsCalls)
  })

  test('its permissions are made of their parts, and hash to its roots', () => {
    const permissions = readRecord('permissions', it.permissions)
    expect(number(permissions['hotCount'])).toBe(parts.hotCount)
    const read = list(permissions['permission'])
    expect(read.map(({ kind, mark, target, selector, body }) => [number(kind), number(mark), target, selector, body])).toEqual(
      parts.permissions.map(({ kind, mark, target, selector, body }) => [kind, mark, lower(target), selector, body]),
    )
    for (const [index, { kind, mark, target, selector, body }] of read.entries()) {
      const leaf = keccak256(concat(['0x00', kind, mark, target, selector, keccak256(body as Hex)] as Hex[]))
      expect(leaf).toBe(it.leaves[index])
      expect(climb('0x01', leaf, it.proofs[index] ?? [])).toBe(it.permissionsRoot)
    }
    expect(keccak256(it.header)).toBe(it.headerHash)
    expect(keccak256(concat(['0x02', it.headerHash, it.permissionsRoot]))).toBe(it.policyRoot)
  })

  test('its bodies are made of their boxes', () => {
    const bodies = parts.permissions.map(({ body }) => body).filter((body) => body !== '0x')
    expect(bodies.map((body) => readBody(body)['sections'])).toEqual(bodies.map((body) => slice(body, 0, 1)))
  })
})

/** A received rule as vectors have it: what is not there is zero. */
function describeReceived({ mode, token, amount = '0x00', byFeed }: ReadRecord) {
  const { feed = zeroAddress, ...numbers } = (byFeed ?? {}) as ReadRecord
  const names = ['meterIndex', 'feedDecimals', 'spentDecimals', 'receivedDecimals', 'maxAge', 'maxSlippage']
  const rest = Object.fromEntries(names.map((name) => [name, number(numbers[name] ?? '0x00')]))
  return { mode: number(mode), token, amount: number(amount), feed, ...rest }
}

/** Takes a body apart to the last step of its paths. */
function readBody(bytes: Hex): ReadRecord {
  if ((Number(slice(bytes, 0, 1)) & 16) !== 0) return readSingle(bytes)
  const body = readRecord('body', bytes)
  let asksSets = false
  for (const clause of list((body['conditions'] as ReadRecord | undefined)?.['clause'])) {
    for (const { path, operands } of list(clause['comparison'])) {
      expect(readPath(path as Hex).length).toBeGreaterThan(0)
      const { code, path: other } = operands as ReadRecord
      if (other !== undefined) expect(readPath(other as Hex).length).toBeGreaterThan(0)
      if ((code as string) === 'IN_SET') asksSets = true
    }
  }
  for (const { source, path } of list((body['charges'] as ReadRecord | undefined)?.['charge'])) {
    if (source === '0x03') expect(readPath(path as Hex).length).toBeGreaterThan(0)
  }
  expect((Number(body['sections']) & 8) !== 0).toBe(asksSets)
  return body
}

/** Takes a body of one comparison apart, whose number begins with another byte than 0. */
function readSingle(bytes: Hex): ReadRecord {
  const single = readRecord('single', bytes)
  const operator = Number(single['operator'])
  expect([1, 2, 3, 4, 5, 9]).toContain(operator)
  expect(single['sections']).toBe(operator === 9 ? '0x18' : '0x10')
  expect(readPath(single['path'] as Hex).length).toBeGreaterThan(0)
  const value = single['number'] as Hex
  if (operator === 2) expect(value).toBe('0x')
  expect(value).not.toMatch(/^0x00/)
  expect(size(value)).toBeLessThanOrEqual(operator === 9 ? 4 : 32)
  return single
}

test('charges of "guarded" name their meters, and what they add', () => {
  const [, swap] = policy.policies.find(({ name }) => name === 'guarded')?.parts.permissions ?? []
  const charges = list((readBody(swap?.body ?? '0x')['charges'] as ReadRecord)['charge'])
  // Token meter 0; swapIn 1 and 2, sent 3, swaps 4, the second rate limit 5. Word 4 of the head is `amountIn`.
  expect(charges.map(({ meterIndex, source, path }) => [meterIndex, source, path])).toEqual([
    ['0x04', '0x01', undefined],
    ['0x03', '0x02', undefined],
    ['0x01', '0x03', '0x0104'],
    ['0x02', '0x03', '0x0104'],
  ])
})

// ---------------------------------------------------------------------- operations

const { context } = policy

describe.each(policy.operations.map((it) => [it.name, it] as const))('operation "%s"', (_, it) => {
  const signature = readRecord('signature', it.signature)

  test('its signature is made of its boxes, and both have signed', async () => {
    expect([number(signature['validAfter']), number(signature['validUntil'])]).toEqual([it.validAfter, it.validUntil])
    expect(signature['evidence']).toBe(it.evidence)
    expect(operationDigest('SessionOperation', it)).toBe(it.digest)
    expect(await recoverAddress({ hash: it.digest, signature: signature['keySignature'] as Hex })).toBe(context.key)
    expect(operationDigest('SessionCosignature', it)).toBe(it.cosignDigest)
    if (it.cosignature === '0x') {
      expect(signature['cosignature']).toBeUndefined()
      return
    }
    const { digestHead, signature: cosignature } = signature['cosignature'] as ReadRecord
    expect(digestHead).toBe(slice(it.cosignDigest, 0, 4))
    const coSigner = policy.policies.find(({ name }) => name === it.policy)?.parts.coSigner ?? '0x'
    const signer = await recoverAddress({ hash: it.cosignDigest, signature: cosignature as Hex })
    expect(lower(signer)).toBe(slice(coSigner, 1))
  })

  test('its evidence has a leaf for each call, which leads to the policy', () => {
    const evidence = readRecord('evidence', it.evidence)
    const granted = policy.policies.find(({ name }) => name === it.policy)
    expect([evidence['signer'], evidence['header']]).toEqual([context.signer, granted?.header])
    const leaves = (evidence['leaf'] ?? []) as readonly (Hex | ReadRecord)[]
    expect(leaves).toHaveLength(it.calls.length)
    let shown: ReadRecord | undefined
    for (const [index, leaf] of leaves.entries()) {
      if (typeof leaf === 'string') expect(it.permissionOfCall[index]).toBe(it.permissionOfCall[index - 1])
      else shown = leaf
      const place = Number(it.permissionOfCall[index])
      const permission = granted?.parts.permissions[place]
      expect([number(shown?.['kind']), number(shown?.['mark']), shown?.['body']]).toEqual([
        permission?.kind,
        permission?.mark,
        permission?.body,
      ])
      expect(shown?.['proof']).toEqual(granted?.proofs[place])
    }
  })
})

test.each(policy.operations.map((it) => [it.name, it] as const))(
  'the calls of "%s" stand between `open` and `close` of the module exactly if it is measured',
  (name, { frameId, calls, callData }) => {
    expect(callData.includes('690e7c09')).toBe(name === 'measured')
    if (name !== 'measured') return
    const [mode, executions] = decodeAbiParameters(parseAbiParameters('bytes32, bytes'), slice(callData, 4))
    expect(mode).toBe(`0x01${'00'.repeat(31)}`)
    const [all] = decodeAbiParameters(parseAbiParameters('(address to, uint256 value, bytes data)[]'), executions)
    expect(all.map(({ to, value, data }) => [lower(to), value, data])).toEqual([
      [lower(context.module), 0n, concat(['0x690e7c09', frameId])],
      ...calls.map(({ to, value, data }) => [lower(to), BigInt(value), data]),
      [lower(context.module), 0n, '0x43d726d6'],
    ])
  },
)

test('set proofs of a leaf lead from the argument to the root in its body', () => {
  const it = policy.operations.find(({ name }) => name === 'charges, and a proof of a set')
  const leaves = readRecord('evidence', it?.evidence ?? '0x')['leaf'] as readonly (Hex | ReadRecord)[]
  const proven = leaves.flatMap((leaf, index) => (typeof leaf !== 'string' && leaf['setProofs'] ? [[leaf, index] as const] : []))
  expect(proven).toHaveLength(2)
  for (const [leaf, index] of proven) {
    const { root } = readBody(leaf['body'] as Hex)
    const [setProof] = list((leaf['setProofs'] as ReadRecord)['setProof'])
    const argument = slice(it?.calls[index]?.data ?? '0x', 4, 36)
    expect(climbSet(argument, siblingsOf(setProof ?? {}))).toBe(root)
  }
})

test('keyId and meterId are hashed as the page says', () => {
  expect(keccak256(context.signer)).toBe(context.keyId)
  for (const { serial, identity, meterId, token, tag } of policy.meterIds) {
    expect(identity).toBe(pad(concatHex([token, slice(tag, 31)]).toLowerCase() as Hex))
    const packed = encodePacked(['bytes32', 'uint24', 'bytes'], [context.keyId, Number(serial), slice(identity, 11)])
    expect(keccak256(packed)).toBe(meterId)
  }
})

// ---------------------------------------------------------------------- conditions and sets

test.each(conditions.cases.map((it) => [it.name, it] as const))('the body of "%s" is made of its boxes', (_, { body }) => {
  expect(readBody(body)['sections']).toBe(slice(body, 0, 1))
})

test.each(conditions.sets.map((it) => [Number(it.count), it] as const))('a set of %i: members lead to its root', (count, it) => {
  for (const { word, proof } of it.members) {
    expect(climbSet(word, proof)).toBe(it.root)
    expect(proof).toHaveLength(Math.max(1, Math.ceil(Math.log2(count))))
    const bytes = concat([toHex(proof.length, { size: 1 }), ...proof])
    expect(siblingsOf(readRecord('setProof', bytes))).toEqual(proof)
  }
})
