import { type Address, type Hex, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deployModule } from '../../deploy/deployModule.ts'
import { installCall } from '../../bench/accounts/owned.ts'
import { type Chain, openChain, ENTRY_POINTS } from '../../bench/chain.ts'
import {
  type Policy,
  type SessionKeyAccount,
  SessionKeyRefusedError,
  definePolicy,
  encodeGrantSessionKey,
  evaluateConditions,
  findRefusal,
  openzeppelin,
  toSessionKeyAccount,
} from '../../ts-sdk/src/index.ts'
import { CONDITION_CASES, account, named } from '../vectors/conditionCases.ts'

/** What the SDK says of arguments is held against the module's own dry run, on real call data and on damaged ones. */

const CALLS_PER_CASE = 60
const targetOf = (name: string): Address => named(`target of ${name}`)

let chain: Chain
let session: SessionKeyAccount
let policy: Policy
beforeAll(async () => {
  chain = await openChain()
  const module = await deployModule(chain.deploy)
  await chain.fund(account, 10n ** 20n)
  const implementation = await chain.deploy('DelegatedAccount', [ENTRY_POINTS['0.7'], module])
  const code = await chain.client.getCode({ address: implementation })
  await chain.client.setCode({ address: account, bytecode: code ?? '0x' })
  await chain.send({ from: account, to: account, data: installCall(openzeppelin, 'validator', module, '0x01') })
  policy = definePolicy({
    validUntil: chain.now() + 86_400n,
    nativeLimit: { amount: 10n ** 18n, period: 'lifetime' },
    callPolicies: CONDITION_CASES.map(({ name, policy: callPolicy }) => ({
      ...callPolicy,
      target: targetOf(name),
      mark: 'uncapped' as const,
    })),
  })
  const signer = privateKeyToAccount(toHex(0xc04d, { size: 32 }))
  const { to, data } = encodeGrantSessionKey({ module, key: signer.address, policy, epoch: 1n, serial: 1n })
  await chain.send({ from: account, to, data })
  session = await toSessionKeyAccount({ client: chain.client, account, module, policy, signer })
})
afterAll(() => chain?.close())

type Call = { readonly to: Address; readonly value: bigint; readonly data: Hex }

const askModule = (call: Call): Promise<string> =>
  session.preview({ calls: [call] }).then(
    () => 'holds',
    (error: unknown) => findRefusal(error)?.code ?? String(error),
  )

function askSdk(call: Call): string {
  const permission = policy.permissions.list.find(({ target }) => target === call.to)
  if (!permission) throw new Error('no permission')
  const verdict = evaluateConditions(permission.conditions, call, account, { sets: policy.sets ?? [] })
  return verdict.outcome === 'refused' ? verdict.code : verdict.outcome
}

/** A sequence that is the same in every run (mulberry32). */
function sequence(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** Damages call data behind its selector: a word, a byte, its end. */
function damage(data: Hex, next: (below: number) => number): Hex {
  const words = Math.floor((data.length - 10) / 64)
  const at = 10 + 64 * next(Math.max(1, words))
  const put = (text: string) => `${data.slice(0, at)}${text}${data.slice(at + text.length)}`.slice(0, data.length) as Hex
  const small = BigInt(next(20)) * BigInt([1, 32][next(2)] as number)
  switch (next(6)) {
    case 0:
      return put(toHex(small, { size: 32 }).slice(2))
    case 1:
      return put(toHex((1n << BigInt(next(256))) | small, { size: 32 }).slice(2))
    case 2:
      return put(data.slice(10, 74))
    case 3:
      return data.slice(0, Math.max(10, data.length - 2 * next(200))) as Hex
    case 4:
      return `${data}${'00'.repeat(next(64))}`
    default: {
      const from = 10 + 2 * next((data.length - 10) / 2)
      return `${data.slice(0, from)}${toHex(next(256), { size: 1 }).slice(2)}${data.slice(from + 2)}` as Hex
    }
  }
}

describe.each(CONDITION_CASES.map((it) => [it.name, it] as const))('%s', (name, { calls }) => {
  test('real calls come out as they should, on chain and here', async () => {
    for (const { data, value = 0n, expected } of calls) {
      const call = { to: targetOf(name), value, data }
      expect([await askModule(call), askSdk(call)]).toEqual([expected, expected])
    }
  })

  test('of damaged calls module and SDK say the same', async () => {
    const next = sequence(name.length)
    for (let index = 0; index < CALLS_PER_CASE; index++) {
      const chosen = calls[next(calls.length)]
      if (!chosen) throw new Error('no call')
      let data = damage(chosen.data, next)
      if (next(3) === 0) data = damage(data, next)
      const call = { to: targetOf(name), value: chosen.value ?? 0n, data }
      expect({ data, verdict: askSdk(call) }).toEqual({ data, verdict: await askModule(call) })
    }
  })
})

test('a leaf with set proofs is never repeated', async () => {
  const it = CONDITION_CASES.find(({ sets }) => sets)
  const call = { to: targetOf(it?.name ?? ''), data: it?.calls[0]?.data ?? '0x' }
  expect((await session.preview({ calls: [call, call, call] })).calls).toBe(3n)
})

test('what the arguments forbid is refused before anything is asked or signed', async () => {
  const [it] = CONDITION_CASES
  const bad = it?.calls.find(({ expected }) => expected === 'ConditionFailed')
  const callData = await session.encodeCalls([{ to: targetOf(it?.name ?? ''), data: bad?.data ?? '0x', value: 0n }])
  const refusal = await session.getStubSignature({ callData } as never).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(SessionKeyRefusedError)
  expect(refusal).toMatchObject({ code: 'ConditionFailed', callIndex: 0n })
  expect((refusal as SessionKeyRefusedError).reason).toMatch(/^The policy asks that /)
})
