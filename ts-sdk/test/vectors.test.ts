import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Hex, concat, hexToBigInt, keccak256, recoverAddress, slice } from 'viem'
import { expect, test } from 'vitest'
import { makeCosigningVectors } from '../../test/vectors/cosigning.ts'
import { makeVectors } from '../../test/vectors/vectors.ts'
import {
  climb,
  decodeCallList,
  decodeEvidence,
  decodeExecutions,
  decodeHeader,
  decodePolicy,
  decodeSessionSignature,
  encodeHeader,
  encodePermissions,
  encodePolicySettings,
  hashPermission,
  hashPolicyRoot,
} from '../src/index.ts'
import { unframedCalls } from '../src/operation/frame.ts'

type Vectors = Awaited<ReturnType<typeof makeVectors>>
type CosigningVectors = Awaited<ReturnType<typeof makeCosigningVectors>>
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
    expect(unframedCalls(vectors.context.module, decodeExecutions(vector.callData) ?? [])).toEqual(
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

const cosigning = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../test/vectors/cosigning.json'), 'utf8'),
) as CosigningVectors

test('the vectors of co-signing are what the code makes today', async () => {
  expect(cosigning).toEqual(await makeCosigningVectors())
})

test('the section of the co-signer reads back from the header', () => {
  const { coSigner } = decodeHeader(cosigning.policy.header)
  expect(coSigner?.signer).toBe(cosigning.context.coSigner)
  expect(coSigner?.thresholds).toEqual(
    cosigning.policy.thresholds.map(({ meterIndex, amount }) => ({
      meter: hexToBigInt(meterIndex) === 255n ? 'native' : Number(hexToBigInt(meterIndex)),
      above: hexToBigInt(amount),
    })),
  )
})

test.each([...cosigning.redemptions, ...cosigning.operations].map((it) => [it.name, it] as const))(
  '"%s": each of the two has signed its own type, and the co-signature says which content',
  async (_, { digest, cosignDigest, keySignature, cosignature }) => {
    expect(await recoverAddress({ hash: digest, signature: keySignature })).toBe(cosigning.context.key)
    expect(await recoverAddress({ hash: cosignDigest, signature: slice(cosignature, 4) })).toBe(cosigning.context.coSigner)
    expect(slice(cosignature, 0, 4)).toBe(slice(cosignDigest, 0, 4))
  },
)

test.each(cosigning.redemptions.map((it) => [it.name, it] as const))('redemption "%s" reads back', (_, vector) => {
  const { evidence, keySignature: tail, validUntil } = decodeSessionSignature(vector.context)
  expect(evidence).toBe(vector.evidence)
  expect(validUntil).toBe(hexToBigInt(vector.validUntil))
  const authorization = vector.relayed ? concat([slice(vector.nonce, 29), vector.keySignature]) : '0x'
  expect(tail).toBe(concat([authorization, vector.cosigned ? vector.cosignature : '0x']))
  expect(decodeEvidence(evidence).leaves).toHaveLength(decodeCallList(vector).length)
})
