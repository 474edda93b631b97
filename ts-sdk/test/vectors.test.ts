import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Hex, hexToBigInt, keccak256, recoverAddress, slice } from 'viem'
import { expect, test } from 'vitest'
import { makeVectors } from '../../test/vectors/vectors.ts'
import {
  climb,
  decodeEvidence,
  decodeExecutions,
  decodePolicy,
  decodeSessionSignature,
  encodeHeader,
  encodePermissions,
  encodePolicySettings,
  hashPermission,
  hashPolicyRoot,
} from '../src/index.ts'

type Vectors = Awaited<ReturnType<typeof makeVectors>>
const text = readFileSync(join(import.meta.dirname, '../../test/vectors/policy.json'), 'utf8')
const vectors = JSON.parse(text) as Vectors

test('the vectors are what the code makes today', async () => {
  expect(vectors).toEqual(await makeVectors())
})

test.each(vectors.policies.map((it) => [it.name, it] as const))(
  'policy "%s" reads back, and its parts hash to its root',
  (_, vector) => {
    const settings = hexToBigInt(vector.settings)
    const policy = decodePolicy({ settings, header: vector.header, permissions: vector.permissions })
    expect(encodeHeader(policy.header)).toBe(vector.header)
    expect(encodePermissions(policy.permissions)).toBe(vector.permissions)
    expect(encodePolicySettings(policy, 3n, 258n)).toBe(settings)
    expect(policy.permissions.list.map(hashPermission)).toEqual(vector.leaves)
    for (const [index, leaf] of vector.leaves.entries())
      expect(climb(leaf, vector.proofs[index] as Hex[])).toBe(vector.permissionsRoot)
    expect(hashPolicyRoot(keccak256(vector.header), vector.permissionsRoot)).toBe(vector.policyRoot)
  },
)

test.each(vectors.operations.map((it) => [it.name, it] as const))(
  'operation "%s" reads back, and the key has signed it',
  async (_, vector) => {
    expect(decodeExecutions(vector.callData)).toEqual(
      vector.calls.map(({ to, value, data }) => ({ to, value: hexToBigInt(value), data })),
    )
    const { evidence, keySignature } = decodeSessionSignature(vector.signature)
    expect(evidence).toBe(vector.evidence)
    expect(decodeEvidence(evidence).leaves).toHaveLength(vector.calls.length)
    // A co-signature stands behind the key's, which is of an EOA.
    const own = slice(keySignature, 0, 65)
    expect(`0x${keySignature.slice(own.length)}`).toBe(vector.cosignature)
    expect(await recoverAddress({ hash: vector.digest, signature: own })).toBe(vectors.context.key)
  },
)
