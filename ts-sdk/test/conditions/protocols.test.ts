import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { describe, expect, test } from 'vitest'
import { CONDITION_CASES, account } from '../../../test/vectors/conditionCases.ts'
import { makeConditionVectors, permissionOf } from '../../../test/vectors/conditions.ts'
import { decodeBody, encodeBody, evaluateConditions, verifySetProof } from '../../src/index.ts'

/** Conditions on real functions, and what becomes of real call data. */

const vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../test/vectors/conditions.json'), 'utf8'),
) as ReturnType<typeof makeConditionVectors>

test('the vectors are what the code makes today', () => {
  expect(vectors).toEqual(makeConditionVectors())
})

describe.each(CONDITION_CASES.map((it) => [it.name, it] as const))('%s', (_, it) => {
  const permission = permissionOf(it)

  test('reads back from its bytes', () => {
    const body = encodeBody(permission)
    expect(encodeBody(decodeBody(body))).toBe(body)
    expect(decodeBody(body).conditions).toEqual(permission.conditions)
  })

  test.each(it.calls.map((call) => [call.name, call.expected, call] as const))('%s: %s', (_name, expected, call) => {
    const verdict = evaluateConditions(
      permission.conditions,
      { data: call.data, value: call.value ?? 0n },
      account,
      it.sets ? { sets: it.sets } : {},
    )
    expect(verdict.outcome === 'refused' ? verdict.code : verdict.outcome).toBe(expected)
  })

  test('no cut of the data is taken for the whole', () => {
    for (const { data, value = 0n, expected } of it.calls) {
      if (expected !== 'holds') continue
      for (let bytes = 4; bytes < (data.length - 2) / 2; bytes += 7) {
        const cut = data.slice(0, 2 + 2 * bytes) as Hex
        const verdict = evaluateConditions(permission.conditions, { data: cut, value }, account, { sets: it.sets ?? [] })
        expect(['holds', 'refused']).toContain(verdict.outcome)
      }
      const bare = data.slice(0, 10) as Hex
      expect(evaluateConditions(permission.conditions, { data: bare, value }, account, { sets: it.sets ?? [] })).toMatchObject(
        { outcome: 'refused' },
      )
    }
  })
})

test('a set whose list is not at hand leaves the answer open', () => {
  const it = CONDITION_CASES.find(({ sets }) => sets)
  if (!it) throw new Error('no case with sets')
  const { conditions } = permissionOf(it)
  const [call] = it.calls
  expect(evaluateConditions(conditions, { data: call?.data ?? '0x', value: 0n }, account)).toMatchObject({
    outcome: 'unknown',
    set: { root: it.sets?.[0]?.root, count: it.sets?.[0]?.count },
  })
})

test('every proof of the vectors leads to its root', () => {
  for (const { root, count, members } of vectors.sets) {
    for (const { word, proof } of members) expect(verifySetProof({ root, count: Number(count) }, word, proof)).toBe(true)
  }
})

test('conditions in words name arguments as the ABI does', () => {
  expect(vectors.cases.map(({ explanation }) => explanation)).toMatchObject([
    expect.arrayContaining(['params.recipient is the account itself', 'params.amountIn is at most 100']),
    expect.arrayContaining([expect.stringMatching(/^the 20 bytes from byte 0 of params.path is 0x/)]),
    expect.anything(),
    expect.arrayContaining(['element 0 of element 1 of lists is 5', 'element 0 of names begins with 0x61']),
    expect.anything(),
    expect.arrayContaining(['expiration is at least 1', 'expiration is not 7']),
    expect.arrayContaining(['from is the account itself', 'every element of values is at most 5']),
    expect.anything(),
    expect.anything(),
    expect.arrayContaining(["the call's value is at least 2", "params.amountIn is the call's value"]),
    ['data begins with 0xc0ffee'],
  ])
})
