import { type Hex, concat, keccak256, pad, recoverAddress, size, toHex, zeroAddress } from 'viem'
import { describe, expect, test } from 'vitest'
import { grants, lower, number, operationDigest, ownerDigest } from './formulas.ts'
import { makeGrantVectors } from './grants.ts'
import { type ReadRecord, readRecord } from './readRecord.ts'

/** What owners sign off chain, and install data, read by the boxes of docs/WIRE-FORMAT.md and hashed by its formulas. */

test('grants.json is what the code makes today', async () => {
  expect(grants).toEqual(await makeGrantVectors())
})

const ENTRY = 'SessionKeyGrant(uint256 chainId,address module,address account,uint32 epoch,uint24 serial,bytes signer,uint256 settings,bytes header,bytes permissions)'

describe.each(grants.grants.map((it) => [it.name, it] as const))('grant "%s"', (_, it) => {
  const hashes = it.entries.map((entry) =>
    keccak256(
      concat([
        keccak256(toHex(ENTRY)),
        entry.chainId,
        pad(entry.module),
        pad(entry.account),
        entry.epoch,
        entry.serial,
        keccak256(entry.signer),
        entry.settings,
        keccak256(entry.header),
        keccak256(entry.permissions),
      ]),
    ),
  )

  test('the owner has signed the digest over all entries', async () => {
    expect(hashes).toEqual(it.entries.map(({ structHash }) => structHash))
    const type = keccak256(toHex(`SessionKeyGrants(SessionKeyGrant[] grants,uint48 deadline)${ENTRY}`))
    expect(ownerDigest(keccak256(concat([type, keccak256(concat(hashes)), it.deadline])))).toBe(it.digest)
    expect(await recoverAddress({ hash: it.digest, signature: it.ownerSignature })).toBe(grants.context.owner)
  })

  test('the bytes for each entry are made of their boxes', () => {
    for (const [index, bytes] of it.grants.entries()) {
      const grant = readRecord('grant', bytes)
      expect([number(grant['deadline']), Number(grant['entryCount']), Number(grant['entryIndex'])]).toEqual([
        it.deadline,
        it.entries.length,
        index,
      ])
      expect(grant['otherHash']).toEqual(hashes.filter((_hash, other) => other !== index))
      const entry = it.entries[index]
      expect([grant['settings'], grant['permissions'], grant['ownerSignature']]).toEqual([
        entry?.settings,
        entry?.permissions,
        it.ownerSignature,
      ])
    }
  })
})

test('an operation carries its grant in front of its evidence, and its key signs both', async () => {
  for (const it of grants.carrying) {
    const { evidence, keySignature } = readRecord('signature', it.signature)
    expect(evidence).toBe(it.evidence)
    const read = readRecord('evidence', it.evidence)
    expect((read['carried'] as ReadRecord)['grant']).toBe(it.grant)
    expect(read['signer']).toBe(grants.context.signer)
    expect(operationDigest('SessionOperation', it)).toBe(it.digest)
    expect(await recoverAddress({ hash: it.digest, signature: keySignature as Hex })).toBe(grants.context.key)
  }
})

test.each(grants.revocations.map((it) => [it.name, it] as const))('the owner has signed the revocation of %s', async (_, it) => {
  const type = keccak256(
    toHex('SessionKeyRevocation(uint256 chainId,address module,address account,bytes32 keyId,uint32 epoch,uint24 serial)'),
  )
  const fields = concat([type, it.chainId, pad(it.module), pad(it.account), it.keyId, it.epoch, it.serial])
  expect(ownerDigest(keccak256(fields))).toBe(it.digest)
  expect(await recoverAddress({ hash: it.digest, signature: it.ownerSignature })).toBe(grants.context.owner)
})

test.each(grants.installs.map((it) => [it.name, it] as const))('install data %s', (_, it) => {
  const install = readRecord('install', it.data as Hex)
  expect(number(install['moduleType'])).toBe(it.moduleType)
  expect(install['guardian'] ?? zeroAddress).toBe(lower(it.guardian))
  expect(install['route']).toBe(it.hasRoute ? it.route : undefined)
  expect(size((install['route'] ?? '0x') as Hex)).toBeLessThanOrEqual(31)
})
