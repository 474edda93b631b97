import { type Hex, pad, parseAbi, toFunctionSelector, toHex } from 'viem'
import { describe, expect, test } from 'vitest'
import { type CallPolicy, InvalidPolicyFieldError, definePolicy, equals, self } from '../../src/index.ts'
import { OTHER, ROUTER, USDC, input, routerAbi, tokenAbi } from '../fixtures.ts'

const word = (value: Hex) => pad(value, { size: 32 }).toLowerCase()

function permissionOf(policy: unknown, changes: object = {}) {
  return definePolicy({ ...input, ...changes, callPolicies: [policy as CallPolicy] }).permissions.list[0]
}

function refusalOf(policy: unknown, changes: object = {}): InvalidPolicyFieldError {
  try {
    permissionOf(policy, changes)
  } catch (error) {
    if (error instanceof InvalidPolicyFieldError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const unlimited = { nativeLimit: undefined, rateLimits: undefined }

describe('where and what', () => {
  test('a function by name, by signature, by selector', () => {
    const selector = toFunctionSelector('transfer(address,uint256)')
    for (const named of [
      { abi: tokenAbi, functionName: 'transfer' },
      { abi: tokenAbi, functionName: 'transfer(address,uint256)' },
      { selector },
    ]) {
      expect(permissionOf({ target: USDC, ...named })).toMatchObject({
        kind: 'exact',
        target: USDC,
        selector,
        mark: 'charged',
        maxValue: 0n,
      })
    }
  })

  test('empty call data, any function, any target', () => {
    expect(permissionOf({ target: ROUTER, selector: 'none', value: 5n })).toMatchObject({
      kind: 'emptyCalldata',
      selector: '0x00000000',
      maxValue: 5n,
    })
    expect(permissionOf({ target: ROUTER, selector: 'any' })).toMatchObject({
      kind: 'anySelector',
      selector: '0x00000000',
    })
    expect(permissionOf({ target: 'any', selector: '0x12345678' })).toMatchObject({
      kind: 'anyTarget',
      target: `0x${'00'.repeat(20)}`,
    })
  })

  test.each([
    ['both at once', { target: 'any', selector: 'any' }, 'WildcardEverywhere'],
    ['any target with empty call data', { target: 'any', selector: 'none' }, 'WildcardEverywhere'],
    ['nothing said', { target: ROUTER }, 'InvalidPolicyField'],
    [
      'said twice',
      { target: ROUTER, abi: tokenAbi, functionName: 'transfer', selector: '0x12345678' },
      'InvalidPolicyField',
    ],
    ['a name without its ABI', { target: ROUTER, functionName: 'transfer' }, 'InvalidPolicyField'],
    ['a name that the ABI has not', { target: ROUTER, abi: tokenAbi, functionName: 'transfr' }, 'UnknownFunction'],
    ['three bytes', { target: ROUTER, selector: '0x123456' }, 'OutOfRange'],
    ['no target', { selector: '0x12345678' }, 'InvalidPolicyField'],
  ])('%s', (_, policy, code) => {
    expect(refusalOf(policy).code).toBe(code)
  })

  test('a name that stands for several functions has to be said in full', () => {
    const abi = parseAbi(['function go(uint256 a)', 'function go(address a)'])
    expect(refusalOf({ target: ROUTER, abi, functionName: 'go' })).toMatchObject({
      code: 'AmbiguousFunction',
      accepted: 'one of "go(uint256)", "go(address)"',
    })
    expect(permissionOf({ target: ROUTER, abi, functionName: 'go(address)' })?.selector).toBe(
      toFunctionSelector('go(address)'),
    )
  })

  test.each([
    `0x${'00'.repeat(20)}`,
    '0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789',
    '0x0000000071727De22E5E9d8BAf0edAc6f37da032',
    '0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108',
    '0x433709009B8330FDa32311DF1C2AFA402eD8D009',
  ])('no policy allows %s', (target) => {
    expect(refusalOf({ target, selector: '0x12345678' })).toMatchObject({
      code: 'PermissionTargetForbidden',
      field: 'callPolicies[0].target',
    })
  })
})

describe('wildcards', () => {
  const wildcard = { target: ROUTER, selector: 'any' }

  test('need a native limit, and a rate limit or a quota', () => {
    expect(permissionOf(wildcard, { rateLimits: undefined, maxUses: 3 })?.kind).toBe('anySelector')
    expect(refusalOf(wildcard, { rateLimits: undefined }).code).toBe('WildcardUnlimited')
    expect(refusalOf(wildcard, { nativeLimit: undefined }).code).toBe('WildcardUnlimited')
    expect(refusalOf({ target: 'any', selector: '0x12345678' }, unlimited).code).toBe('WildcardUnlimited')
  })

  test.each([
    'transfer(address,uint256)',
    'approve(address,uint256)',
    'setApprovalForAll(address,bool)',
    'onInstall(bytes)',
    'onUninstall(bytes)',
  ])('any target never covers %s, even uncapped', (signature) => {
    const policy = { target: 'any', selector: toFunctionSelector(signature), mark: 'uncapped' }
    expect(refusalOf(policy).code).toBe('PermissionSelectorForbidden')
  })
})

describe('marks', () => {
  test('are worked out where that is safe', () => {
    expect(permissionOf({ target: USDC, abi: tokenAbi, functionName: 'transfer' })?.mark).toBe('charged')
    expect(permissionOf({ target: ROUTER, abi: routerAbi, functionName: 'exactInputSingle' })?.mark).toBe(
      'movesNothing',
    )
  })

  test.each([
    [
      'a function that moves tokens, on a token without a limit',
      { target: OTHER, abi: tokenAbi, functionName: 'transfer' },
    ],
    ['another function of a metered token', { target: USDC, abi: tokenAbi, functionName: 'balanceOf' }],
    ['any function of a metered token', { target: USDC, selector: 'any' }],
    ['empty call data to a metered token', { target: USDC, selector: 'none' }],
    [
      'a function whose amounts cannot be counted',
      { target: USDC, selector: toFunctionSelector('safeTransferFrom(address,address,uint256)') },
    ],
  ])('%s must be said to be uncapped', (_, policy) => {
    expect(refusalOf(policy)).toMatchObject({ code: 'PermissionNotCharged', field: 'callPolicies[0].mark' })
    expect(refusalOf({ ...policy, mark: 'movesNothing' }).code).toBe('PermissionNotCharged')
    expect(permissionOf({ ...policy, mark: 'uncapped' })?.mark).toBe('uncapped')
  })

  test.each([
    ['no limit', { target: OTHER, abi: tokenAbi, functionName: 'transfer' }],
    ['no amount', { target: USDC, abi: tokenAbi, functionName: 'balanceOf' }],
    ['no function', { target: USDC, selector: 'none' }],
  ])('charged with %s to charge is refused', (_, policy) => {
    expect(refusalOf({ ...policy, mark: 'charged' }).code).toBe('PermissionNotChargeable')
  })

  test('an unknown mark is refused', () => {
    expect(refusalOf({ target: ROUTER, selector: '0x12345678', mark: 'free' }).field).toBe('callPolicies[0].mark')
  })
})

describe('value', () => {
  test('fits 128 bits and needs a native limit', () => {
    const policy = { target: ROUTER, selector: '0x12345678', value: 2n ** 128n - 1n }
    expect(permissionOf(policy)?.maxValue).toBe(2n ** 128n - 1n)
    expect(refusalOf({ ...policy, value: 2n ** 128n })).toMatchObject({
      code: 'OutOfRange',
      field: 'callPolicies[0].value',
    })
    expect(refusalOf({ ...policy, value: -1n }).code).toBe('OutOfRange')
    expect(refusalOf({ ...policy, value: 1 }).code).toBe('OutOfRange')
    expect(refusalOf(policy, unlimited).code).toBe('ValueWithoutNativeLimit')
    expect(permissionOf({ ...policy, value: 0n }, unlimited)?.maxValue).toBe(0n)
  })
})

describe('arguments', () => {
  const swap = { target: ROUTER, abi: routerAbi, functionName: 'exactInputSingle' }

  test('are pinned by name into tuples, by word index, and to the account itself', () => {
    const named = permissionOf({
      ...swap,
      args: { 'params.recipient': self(), 'params.tokenIn': equals(USDC), 'params.fee': equals(3000) },
    })
    const numbered = permissionOf({ ...swap, args: { 3: self(), 0: equals(USDC), 2: equals(3000n) } })
    expect(named?.conditions).toEqual([
      [{ path: [{ step: 'word', index: 0 }], operator: 'equal', value: word(USDC) }],
      [{ path: [{ step: 'word', index: 2 }], operator: 'equal', value: toHex(3000, { size: 32 }) }],
      [{ path: [{ step: 'word', index: 3 }], operator: 'equalSelf' }],
    ])
    expect(numbered?.conditions).toEqual(named?.conditions)
  })

  test('behind a dynamic argument keep their place; inside of one there is none', () => {
    const abi = parseAbi(['function f(bytes data, (uint256 a, string b) pair, address[2] both, bool flag, bytes4 tag)'])
    const policy = { target: ROUTER, abi, functionName: 'f' }
    const { conditions } =
      permissionOf({ ...policy, args: { 'both.1': equals(USDC), flag: equals(true), tag: equals('0x12345678') } }) ?? {}
    expect(conditions).toEqual([
      [{ path: [{ step: 'word', index: 3 }], operator: 'equal', value: word(USDC) }],
      [{ path: [{ step: 'word', index: 4 }], operator: 'equal', value: toHex(1, { size: 32 }) }],
      [{ path: [{ step: 'word', index: 5 }], operator: 'equal', value: pad('0x12345678', { size: 32, dir: 'right' }) }],
    ])
    for (const name of ['data', 'pair', '0', '1', 'nothing', 'pair.c']) {
      const { field } = refusalOf({ ...policy, args: { [name]: equals(1n) } })
      expect(field).toMatch(/^callPolicies\[0\]\.args\.(data|pair|nothing|pair\.c)$/)
    }
    expect(refusalOf({ ...policy, args: { 6: equals(1n) } }).code).toBe('UnknownArgument')
  })

  test('without an ABI a word is what its value says', () => {
    const policy = { target: ROUTER, selector: '0x12345678' }
    const values = [equals(USDC), equals(7n), equals(true), equals(`0x${'AB'.repeat(32)}`)]
    const { conditions } = permissionOf({ ...policy, args: { ...values, 255: self() } }) ?? {}
    expect(conditions).toEqual([
      [{ path: [{ step: 'word', index: 0 }], operator: 'equal', value: word(USDC) }],
      [{ path: [{ step: 'word', index: 1 }], operator: 'equal', value: toHex(7, { size: 32 }) }],
      [{ path: [{ step: 'word', index: 2 }], operator: 'equal', value: toHex(1, { size: 32 }) }],
      [{ path: [{ step: 'word', index: 3 }], operator: 'equal', value: `0x${'ab'.repeat(32)}` }],
      [{ path: [{ step: 'word', index: 255 }], operator: 'equalSelf' }],
    ])
    expect(refusalOf({ ...policy, args: { 256: self() } }).code).toBe('OutOfRange')
    expect(refusalOf({ ...policy, args: { recipient: self() } }).code).toBe('UnknownArgument')
    for (const value of ['0x1234', -1n, 2n ** 256n, 1.5, 'router']) {
      expect(refusalOf({ ...policy, args: { 0: { operator: 'equal', value } } }).field).toBe('callPolicies[0].args.0')
    }
  })

  test.each([
    ['too wide for its type', { 'params.fee': equals(2n ** 24n) }],
    ['of another type', { 'params.recipient': equals('0x12') }],
    ['the account where no address belongs', { 'params.fee': self() }],
    ['no condition', { 'params.fee': 3000 }],
  ])('%s is refused', (_, args) => {
    expect(refusalOf({ ...swap, args }).field).toMatch(/^callPolicies\[0\]\.args\.params\./)
  })

  test('empty call data has none', () => {
    expect(refusalOf({ target: ROUTER, selector: 'none', args: { 0: self() } }).field).toBe('callPolicies[0].args')
  })
})

describe('approvals', () => {
  const approve = { target: USDC, abi: tokenAbi, functionName: 'approve' }

  test('pin their spender', () => {
    expect(refusalOf(approve)).toMatchObject({ code: 'SpenderNotPinned', field: 'callPolicies[0].args' })
    expect(refusalOf({ ...approve, args: { amount: equals(5n) } }).code).toBe('SpenderNotPinned')
    expect(refusalOf({ ...approve, mark: 'uncapped' }).code).toBe('SpenderNotPinned')
    expect(permissionOf({ ...approve, args: { spender: equals(ROUTER) } })?.mark).toBe('charged')
  })

  test.each([
    ['permit(address,address,uint256,uint256,uint8,bytes32,bytes32)', 1],
    ['setApprovalForAll(address,bool)', 0],
    ['authorizeOperator(address)', 0],
    ['approve(address,address,uint160,uint48)', 1],
  ])('of %s the spender is word %i', (signature, spenderWord) => {
    const policy = { target: OTHER, selector: toFunctionSelector(signature), mark: 'uncapped' }
    expect(refusalOf({ ...policy, args: { [1 - spenderWord]: equals(ROUTER) } }).code).toBe('SpenderNotPinned')
    expect(permissionOf({ ...policy, args: { [spenderWord]: equals(ROUTER) } })?.conditions).toHaveLength(1)
  })
})

test('hot permissions come first and keep their order', () => {
  const policies = ['0x00000001', '0x00000002', '0x00000003', '0x00000004'].map((selector, index) => ({
    target: ROUTER,
    selector: selector as Hex,
    hot: index % 2 === 1,
  }))
  const { permissions } = definePolicy({ ...input, callPolicies: policies })
  expect(permissions.hotCount).toBe(2)
  expect(permissions.list.map((it) => it.selector)).toEqual(['0x00000002', '0x00000004', '0x00000001', '0x00000003'])
})
