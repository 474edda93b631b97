import { type AbiFunction, type Hex, getAbiItem, keccak256, toHex } from 'viem'
import {
  type Permission,
  type WordSet,
  createAddressSet,
  definePolicy,
  encodeBody,
  evaluateConditions,
  explainConditions,
} from '../../ts-sdk/src/index.ts'
import { CONDITION_CASES, type ConditionCase, account, named } from './conditionCases.ts'

/**
 * Known answers for argument conditions, for any language to read: the body of a permission, calls, and what becomes of
 * them. Numbers are 32-byte hex words.
 */

const target = named('target')
const uint = (value: bigint | number): Hex => toHex(value, { size: 32 })

/** The permission that a case grants. */
export function permissionOf({ policy }: ConditionCase): Permission {
  const { permissions } = definePolicy({
    validUntil: 2_000_000_000,
    nativeLimit: { amount: 10n ** 9n, period: 'day' },
    callPolicies: [{ target, mark: 'uncapped', ...policy }],
  })
  return permissions.list[0] as Permission
}

function describeCase(it: ConditionCase) {
  const permission = permissionOf(it)
  const item = getAbiItem({ abi: it.policy.abi ?? [], name: it.policy.functionName ?? '' }) as AbiFunction
  return {
    name: it.name,
    explanation: explainConditions(permission.conditions, item),
    selector: permission.selector,
    body: encodeBody(permission),
    calls: it.calls.map(({ name, expected, data, value = 0n }) => {
      const verdict = evaluateConditions(permission.conditions, { data, value }, account, { sets: it.sets ?? [] })
      return {
        name,
        expected,
        value: uint(value),
        data,
        setProofs: verdict.outcome === 'unknown' ? [] : verdict.setProofs,
      }
    }),
  }
}

function describeSet(count: number) {
  const set: WordSet = createAddressSet(Array.from({ length: count }, (_, index) => named(`member ${index}`)))
  const places = [...new Set([0, count >> 1, count - 1])]
  const words = places.map((place) => set.words[place] as Hex)
  return {
    count: uint(count),
    root: set.root,
    wordsHash: keccak256(`0x${set.words.map((word) => word.slice(2)).join('')}`),
    members: words.map((word) => ({ word, proof: set.prove(word) ?? [] })),
  }
}

/** Everything in `conditions.json`. */
export function makeConditionVectors() {
  return { account, target, cases: CONDITION_CASES.map(describeCase), sets: [1, 2, 3, 7, 1_000, 10_000].map(describeSet) }
}
