import {
  type Address,
  type EIP1193RequestFn,
  type Hex,
  encodeFunctionData,
  pad,
  parseEventLogs,
  toFunctionSelector,
  zeroAddress,
} from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deployModule } from '../../deploy/deployModule.ts'
import { type Chain, fixedAccount, openChain } from '../../bench/chain.ts'
import {
  type CallPolicy,
  ENTRY_POINT_ADDRESSES,
  InvalidPolicyFieldError,
  NO_SELECTOR,
  type Permission,
  type PermissionMark,
  type Policy,
  type PolicyInput,
  TOKEN_FUNCTIONS,
  checkGrant,
  decodePolicy,
  definePolicy,
  encodeGrantSessionKey,
  encodePolicy,
  equals,
  findRefusal,
  readKeyState,
  sessionKeyModuleAbi,
} from '../../ts-sdk/src/index.ts'

/** What the SDK says about a policy is held against the contract's own grant. */

const owner = fixedAccount(20)
const key = fixedAccount(21).address
const usdc: Address = '0x0000000000000000000000000000000001000001'
const dai: Address = '0x0000000000000000000000000000000001000002'
const router: Address = '0x0000000000000000000000000000000001000003'

let chain: Chain
let module: Address
beforeAll(async () => {
  chain = await openChain()
  module = await deployModule(chain.deploy)
  const data = encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: 'onInstall', args: ['0x01'] })
  await chain.fund(owner.address, 10n ** 18n)
  await chain.send({ from: owner, to: module, data })
})
afterAll(() => chain?.close())

const base = (): PolicyInput => ({
  validUntil: chain.now() + 86_400n,
  nativeLimit: { amount: 10n ** 15n, period: 'day' },
  tokenLimits: [{ token: usdc, amount: 100n, period: 'day' }],
  rateLimits: [{ count: 10, period: 'hour' }],
  callPolicies: [{ target: router, selector: '0x12345678' }],
})

/** The name of the error with which the contract refuses a grant; `undefined` if it grants. */
async function contractVerdict(policy: Policy, signer: Address = key): Promise<string | undefined> {
  const { to, data } = encodeGrantSessionKey({ module, key: signer, policy, epoch: 1n, serial: 1n })
  try {
    // Asked once: a client would try again after an error.
    const request = chain.client.request as unknown as EIP1193RequestFn
    await request({ method: 'eth_call', params: [{ from: owner.address, to, data }, 'latest'] }, { retryCount: 0 })
    return undefined
  } catch (error) {
    const refusal = findRefusal(error)
    if (!refusal) throw error
    return refusal.code
  }
}

/** The code with which the SDK refuses a policy for this account; `undefined` if it would grant it. */
function sdkVerdict(input: PolicyInput, signer: Address = key): string | undefined {
  try {
    checkGrant(definePolicy(input), { account: owner.address, module, key: signer, now: chain.now() })
    return undefined
  } catch (error) {
    if (error instanceof InvalidPolicyFieldError) return error.code
    throw error
  }
}

/** A permission as it would be without the SDK's checks. */
function raw(policy: CallPolicy & { mark: PermissionMark }): Permission {
  const { target, selector, mark, args } = policy
  return {
    kind:
      target === 'any'
        ? 'anyTarget'
        : selector === 'any'
          ? 'anySelector'
          : selector === 'none'
            ? 'emptyCalldata'
            : 'exact',
    mark,
    target: target === 'any' ? zeroAddress : target,
    selector: selector === 'any' || selector === 'none' || selector === undefined ? NO_SELECTOR : selector,
    maxValue: 0n,
    conditions: Object.keys(args ?? {}).map((index) => [
      { path: [{ step: 'word', index: Number(index) }], operator: 'equal', value: pad(router, { size: 32 }) },
    ]),
  }
}

type Bad = { name: string; code: string; policy: CallPolicy & { mark: PermissionMark }; changes?: Partial<PolicyInput> }
const transfer = toFunctionSelector('transfer(address,uint256)')
const approve = toFunctionSelector('approve(address,uint256)')
const own = (name: 'account' | 'module'): Address => (name === 'account' ? owner.address : module)

describe('what the contract refuses, the SDK refuses before, by the same name', () => {
  const bad: readonly Bad[] = [
    ...Object.entries(ENTRY_POINT_ADDRESSES).map(
      ([version, target]): Bad => ({
        name: `EntryPoint v${version}`,
        code: 'PermissionTargetForbidden',
        policy: { target, selector: transfer, mark: 'uncapped' },
      }),
    ),
    {
      name: 'address zero',
      code: 'PermissionTargetForbidden',
      policy: { target: zeroAddress, selector: '0x12345678', mark: 'movesNothing' },
    },
    {
      name: 'a token without a limit',
      code: 'PermissionNotCharged',
      policy: { target: dai, selector: transfer, mark: 'movesNothing' },
    },
    {
      name: 'a metered token',
      code: 'PermissionNotCharged',
      policy: { target: usdc, selector: '0x12345678', mark: 'movesNothing' },
    },
    {
      name: 'charged without a limit',
      code: 'PermissionNotChargeable',
      policy: { target: dai, selector: transfer, mark: 'charged' },
    },
    {
      name: 'charged without an amount',
      code: 'PermissionNotChargeable',
      policy: { target: usdc, selector: '0x12345678', mark: 'charged' },
    },
    {
      name: 'charged for any function',
      code: 'PermissionNotChargeable',
      policy: { target: usdc, selector: 'any', mark: 'charged' },
    },
    { name: 'an open spender', code: 'SpenderNotPinned', policy: { target: usdc, selector: approve, mark: 'charged' } },
    {
      name: 'an open spender behind a pinned amount',
      code: 'SpenderNotPinned',
      policy: { target: usdc, selector: approve, mark: 'charged', args: { 1: equals(router) } },
    },
    {
      name: 'transfers of any token',
      code: 'PermissionSelectorForbidden',
      policy: { target: 'any', selector: transfer, mark: 'uncapped' },
    },
    {
      name: 'a wildcard without a native limit',
      code: 'WildcardUnlimited',
      policy: { target: 'any', selector: '0x12345678', mark: 'movesNothing' },
      changes: { nativeLimit: undefined } as never,
    },
    {
      name: 'a wildcard without a call limit',
      code: 'WildcardUnlimited',
      policy: { target: router, selector: 'any', mark: 'movesNothing' },
      changes: { rateLimits: [] },
    },
  ]
  test.each(bad)('$name: $code', async ({ code, policy, changes }) => {
    const input = { ...base(), ...changes }
    const whole = definePolicy({ ...input, callPolicies: [{ target: router, selector: '0x12345678' }] })
    expect(await contractVerdict({ ...whole, permissions: { hotCount: 0, list: [raw(policy)] } })).toBe(code)
    expect(sdkVerdict({ ...input, callPolicies: [policy] })).toBe(code)
  })

  test.each(['account', 'module'] as const)('the %s as target and as key', async (name) => {
    const input = { ...base(), callPolicies: [{ target: own(name), selector: '0x12345678' }] as const }
    expect([await contractVerdict(definePolicy(input)), sdkVerdict(input)]).toEqual([
      'PermissionTargetForbidden',
      'PermissionTargetForbidden',
    ])
    expect([await contractVerdict(definePolicy(base()), own(name)), sdkVerdict(base(), own(name))]).toEqual([
      'SignerForbidden',
      'SignerForbidden',
    ])
  })

  test('an expiry in the past', async () => {
    const input = { ...base(), validUntil: chain.now() }
    expect([await contractVerdict(definePolicy(input)), sdkVerdict(input)]).toEqual(['ExpiryInvalid', 'ExpiryInvalid'])
  })

  test('headers', async () => {
    const policy = definePolicy(base())
    const [meter] = policy.header.meters
    if (!meter) throw new Error('the base has a token limit')
    const verdict = (header: Partial<Policy['header']>) =>
      contractVerdict({ ...policy, header: { ...policy.header, ...header } })
    const limit = { token: usdc, amount: 1n, period: 'day', tag: 0 } as const
    expect([await verdict({ meters: [meter, meter] }), sdkVerdict({ ...base(), tokenLimits: [limit, limit] })]).toEqual(
      ['MeterDuplicate', 'MeterDuplicate'],
    )
    for (const change of [{ cap: 0n }, { cap: 2n ** 96n }, { token: zeroAddress }]) {
      expect(await verdict({ meters: [{ ...meter, ...change }] })).toBe('MeterInvalid')
      expect(
        sdkVerdict({
          ...base(),
          tokenLimits: [
            {
              ...limit,
              ...(change.cap !== undefined && { amount: change.cap }),
              ...(change.token && { token: change.token }),
            },
          ],
        }),
      ).toBeDefined()
    }
    const entry = { address: router, prefix: '0x', mode: 'token', meterIndex: 0, rate: 1n } as const
    for (const change of [{ address: zeroAddress }, { meterIndex: 1 }, { rate: 0n }]) {
      expect(await verdict({ paymasters: [{ ...entry, ...change }] })).toBe('PaymasterInvalid')
    }
    expect(await verdict({ paymasters: [entry] })).toBeUndefined()
  })
})

/** Numbers that look random and are the same in every run (a linear congruential generator). */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

test('of a thousand arbitrary permissions the SDK and the contract refuse the same ones', async () => {
  const next = numbers(1)
  const pick = <T>(list: readonly T[]): T => list[next(list.length)] as T
  const selectors: readonly Hex[] = [
    ...Object.keys(TOKEN_FUNCTIONS).map((it) => toFunctionSelector(it)),
    '0x12345678',
    '0x00000000',
    toFunctionSelector('onInstall(bytes)'),
  ]
  const verdicts = { granted: 0, refused: 0 }
  for (let round = 0; round < 1_000; round++) {
    const target = pick([usdc, dai, router, 'any', owner.address] as const)
    const selector = target === 'any' ? pick(selectors) : pick([...selectors, 'any', 'none'] as const)
    const args =
      selector === 'none'
        ? {}
        : Object.fromEntries([0, 1].filter(() => next(2) === 0).map((index) => [index, equals(router)]))
    const policy = { target, selector, args, mark: pick(['charged', 'uncapped', 'movesNothing'] as const) }
    const input = { ...base(), ...(next(4) === 0 && { rateLimits: [] }) }
    const whole = definePolicy(input)
    const contract = await contractVerdict({ ...whole, permissions: { hotCount: 0, list: [raw(policy)] } })
    const sdk = sdkVerdict({ ...input, callPolicies: [policy] })
    expect({ policy, refused: sdk !== undefined }).toEqual({ policy, refused: contract !== undefined })
    verdicts[sdk === undefined ? 'granted' : 'refused']++
  }
  // Both answers were given often enough for the agreement to mean something.
  expect(Math.min(verdicts.granted, verdicts.refused)).toBeGreaterThan(100)
}, 60_000)

test('what is granted is stored under the root that the SDK works out, and its event reads back', async () => {
  const policy = definePolicy({
    ...base(),
    maxUses: 7,
    cooldown: 90_000,
    accountCodeHash: pad('0x5c', { size: 32 }),
    paymasters: [
      { address: router, prefix: '0xabcd' },
      { address: router, mode: 'token', token: usdc, rate: 9n },
    ],
    callPolicies: Array.from({ length: 9 }, (_, index) => ({
      target: router,
      selector: `0x0000000${index + 1}` as Hex,
      value: BigInt(index),
      hot: index % 4 === 0,
    })),
  })
  const { to, data } = encodeGrantSessionKey({ module, key, policy, epoch: 1n, serial: 1n })
  const { logs } = await chain.send({ from: owner, to, data })
  const state = await readKeyState(chain.client, { module, account: owner.address, key, header: policy.header })
  expect(state.policyRoot).toBe(encodePolicy(policy).policyRoot)
  expect(state.settings).toMatchObject({ serial: 1n, epoch: 1n, active: true, maxUses: 7n, cooldown: 90_000n })
  const [event] = parseEventLogs({ abi: sessionKeyModuleAbi, eventName: 'KeyGranted', logs })
  expect(event && decodePolicy(event.args)).toEqual(policy)
})
