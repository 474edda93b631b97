import {
  type Abi,
  type Address,
  type Hex,
  concat,
  encodeAbiParameters,
  encodeFunctionData,

  getAddress,
  keccak256,
  parseAbi,
  parseAbiParameters,

  toHex,
} from 'viem'
import {
  type CallPolicy,
  type WordSet,
  and,
  argument,
  atLeast,
  atMost,
  call,
  createAddressSet,
  createSet,
  element,
  equals,
  every,
  firstAddress,
  hashIs,
  inSet,
  lastAddress,
  length,
  masked,
  notEquals,
  oneOf,
  or,
  self,
  slice,
  some,
  startsWith,
  value,
} from '../../ts-sdk/src/index.ts'
import {
  aavePoolAbi,
  erc1155Abi,
  permit2Abi,
  safeAbi,
  swapRouterAbi,
  tokenAbi,
  universalRouterAbi,
} from './protocols.ts'

/** Conditions on functions of real protocols, and calls that they allow and refuse. */

export const named = (name: string): Address => getAddress(`0x${keccak256(toHex(name)).slice(-40)}`)
export const account = named('account')
const [usdc, weth, dai, thief, router] = ['usdc', 'weth', 'dai', 'thief', 'router'].map(named) as [
  Address,
  Address,
  Address,
  Address,
  Address,
]

/** How a call is to come out: by the name of the error that refuses it. */
export type Expected =
  | 'holds'
  | 'ConditionFailed'
  | 'PinnedWordMismatch'
  | 'ArgumentMissing'
  | 'PathOutOfData'
  | 'OffsetNotCanonical'
  | 'ElementMissing'
  | 'WordNotClean'
  | 'NestedCallMismatch'

export type ConditionCall = { readonly name: string; readonly expected: Expected; readonly data: Hex; readonly value?: bigint }
export type ConditionCase = {
  readonly name: string
  readonly policy: Pick<CallPolicy, 'abi' | 'functionName' | 'args' | 'value'>
  readonly sets?: readonly WordSet[]
  readonly calls: readonly ConditionCall[]
}

const encode = (abi: Abi, functionName: string, args: readonly unknown[]): Hex =>
  encodeFunctionData({ abi, functionName, args })

/** Replaces the 32-byte word at an offset behind the selector. */
export function withWord(data: Hex, index: number, word: bigint): Hex {
  const at = 2 + 8 + 64 * index
  return `0x${data.slice(2, at)}${toHex(word, { size: 32 }).slice(2)}${data.slice(at + 64)}`
}
/** Puts two 32-byte words in each other's place. */
export function swapWords(data: Hex, first: number, second: number): Hex {
  const at = (index: number) => BigInt(`0x${data.slice(2 + 8 + 64 * index, 2 + 8 + 64 * index + 64)}`)
  return withWord(withWord(data, first, at(second)), second, at(first))
}
const cut = (data: Hex, bytes: number): Hex => data.slice(0, data.length - 2 * bytes) as Hex

const single = {
  tokenIn: usdc,
  tokenOut: weth,
  fee: 500,
  recipient: account,
  deadline: 2_000_000_000n,
  amountIn: 100n,
  amountOutMinimum: 90n,
  sqrtPriceLimitX96: 0n,
}
const swapSingle = (changes: Partial<typeof single> = {}) =>
  encode(swapRouterAbi, 'exactInputSingle', [{ ...single, ...changes }])

const pathOf = (...tokens: readonly Address[]): Hex =>
  concat(tokens.flatMap((token, index) => (index === 0 ? [token] : [toHex(500, { size: 3 }), token])))
const swapPath = (path: Hex, recipient = account) =>
  encode(swapRouterAbi, 'exactInput', [
    { path, recipient, deadline: 2_000_000_000n, amountIn: 100n, amountOutMinimum: 90n },
  ])

const universal = (commands: Hex, inputs: readonly Hex[]) =>
  encode(universalRouterAbi, 'execute', [commands, inputs, 2_000_000_000n])
const v3Input = (recipient: Address, amountIn: bigint, path: Hex) =>
  encodeAbiParameters(parseAbiParameters('address, uint256, uint256, bytes, bool'), [recipient, amountIn, 90n, path, true])

const nestedAbi = parseAbi(['function sort(uint256[][] lists, bytes[] names)'])
const nested = (lists: readonly (readonly bigint[])[], names: readonly Hex[]) => encode(nestedAbi, 'sort', [lists, names])

const recipients = createAddressSet(Array.from({ length: 1_000 }, (_, index) => named(`recipient ${index}`)))
const ids = createSet('uint256', [3n, 5n, 8n, 13n, 21n])
const batch = (tokenIds: readonly bigint[], values: readonly bigint[], to: Address = named('recipient 7')) =>
  encode(erc1155Abi, 'safeBatchTransferFrom', [account, to, tokenIds, values, '0x'])

const transfer = (to: Address, amount: bigint) => encode(tokenAbi, 'transfer', [to, amount])
const safeTransaction = (to: Address, data: Hex, operation = 0) =>
  encode(safeAbi, 'execTransaction', [to, 0n, data, operation, 0n, 0n, 0n, usdc, usdc, '0x'])
const supply = (asset: Address, amount: bigint, onBehalfOf: Address = account, referral = 0) =>
  encode(aavePoolAbi, 'supply', [asset, amount, onBehalfOf, referral])
const permit = (amount: bigint, expiration: number, spender: Address = router) =>
  encode(permit2Abi, 'approve', [usdc, spender, amount, expiration])

export const CONDITION_CASES: readonly ConditionCase[] = [
  {
    name: 'Uniswap V3 exactInputSingle: recipient, tokens, amount and slippage',
    policy: {
      abi: swapRouterAbi,
      functionName: 'exactInputSingle',
      args: {
        params: {
          tokenIn: equals(usdc),
          tokenOut: oneOf([weth, dai]),
          fee: notEquals(10_000),
          recipient: self(),
          amountIn: atMost(100n),
          amountOutMinimum: atLeast(90n),
        },
      },
    },
    calls: [
      { name: 'at every boundary', expected: 'holds', data: swapSingle() },
      { name: 'for the other token', expected: 'holds', data: swapSingle({ tokenOut: dai, amountIn: 0n }) },
      { name: 'one more', expected: 'ConditionFailed', data: swapSingle({ amountIn: 101n }) },
      { name: 'one less out', expected: 'ConditionFailed', data: swapSingle({ amountOutMinimum: 89n }) },
      { name: 'of another token', expected: 'PinnedWordMismatch', data: swapSingle({ tokenIn: dai }) },
      { name: 'for a third token', expected: 'ConditionFailed', data: swapSingle({ tokenOut: thief }) },
      { name: 'for a thief', expected: 'PinnedWordMismatch', data: swapSingle({ recipient: thief }) },
      { name: 'in the excluded pool', expected: 'ConditionFailed', data: swapSingle({ fee: 10_000 }) },
      { name: 'with a fee wider than its type', expected: 'WordNotClean', data: withWord(swapSingle(), 2, (1n << 24n) | 10_000n) },
      { name: 'with a recipient wider than its type', expected: 'PinnedWordMismatch', data: withWord(swapSingle(), 3, (1n << 160n) | BigInt(account)) },
      { name: 'cut short', expected: 'ArgumentMissing', data: cut(swapSingle(), 65) },
    ],
  },
  {
    name: 'Uniswap V3 exactInput: first and last token of the path',
    policy: {
      abi: swapRouterAbi,
      functionName: 'exactInput',
      args: {
        params: {
          path: and(firstAddress(equals(usdc)), lastAddress(oneOf([weth, dai])), length(oneOf([43n, 66n]))),
          recipient: self(),
        },
      },
    },
    calls: [
      { name: 'one pool', expected: 'holds', data: swapPath(pathOf(usdc, weth)) },
      { name: 'two pools', expected: 'holds', data: swapPath(pathOf(usdc, weth, dai)) },
      { name: 'three pools', expected: 'ConditionFailed', data: swapPath(pathOf(usdc, weth, usdc, dai)) },
      { name: 'to another token', expected: 'ConditionFailed', data: swapPath(pathOf(usdc, thief)) },
      { name: 'from another token', expected: 'ConditionFailed', data: swapPath(pathOf(weth, dai)) },
      { name: 'to a thief', expected: 'ConditionFailed', data: swapPath(pathOf(usdc, weth), thief) },
      { name: 'a path of 19 bytes', expected: 'PathOutOfData', data: swapPath(`0x${'11'.repeat(19)}`) },
      { name: 'a tuple before its head', expected: 'OffsetNotCanonical', data: withWord(swapPath(pathOf(usdc, weth)), 0, 0n) },
      { name: 'an offset between words', expected: 'OffsetNotCanonical', data: withWord(swapPath(pathOf(usdc, weth)), 0, 33n) },
      { name: 'a path in its own head', expected: 'OffsetNotCanonical', data: withWord(swapPath(pathOf(usdc, weth)), 1, 128n) },
      { name: 'an offset out of the data', expected: 'PathOutOfData', data: withWord(swapPath(pathOf(usdc, weth)), 0, 1n << 255n) },
      { name: 'a path longer than the data', expected: 'PathOutOfData', data: withWord(swapPath(pathOf(usdc, weth)), 6, 97n) },
    ],
  },
  {
    name: 'Uniswap V3 multicall: every call of one function, for the account',
    policy: {
      abi: swapRouterAbi,
      functionName: 'multicall',
      args: {
        data: and(
          length(atMost(2n)),
          every(call(swapRouterAbi, 'exactInputSingle', { params: { recipient: self(), amountIn: atMost(100n) } })),
          element(0, call(swapRouterAbi, 'exactInputSingle', { params: { tokenIn: equals(usdc) } })),
        ),
      },
    },
    calls: [
      { name: 'one', expected: 'holds', data: encode(swapRouterAbi, 'multicall', [[swapSingle()]]) },
      { name: 'two', expected: 'holds', data: encode(swapRouterAbi, 'multicall', [[swapSingle(), swapSingle({ tokenIn: dai })]]) },
      { name: 'none', expected: 'ElementMissing', data: encode(swapRouterAbi, 'multicall', [[]]) },
      { name: 'three', expected: 'ConditionFailed', data: encode(swapRouterAbi, 'multicall', [[swapSingle(), swapSingle(), swapSingle()]]) },
      { name: 'the second for a thief', expected: 'ConditionFailed', data: encode(swapRouterAbi, 'multicall', [[swapSingle(), swapSingle({ recipient: thief })]]) },
      { name: 'another function', expected: 'NestedCallMismatch', data: encode(swapRouterAbi, 'multicall', [[swapSingle(), swapPath(pathOf(usdc, weth))]]) },
      { name: 'three bytes', expected: 'NestedCallMismatch', data: encode(swapRouterAbi, 'multicall', [['0x414bf3']]) },
      { name: 'one call, twice', expected: 'OffsetNotCanonical', data: withWord(encode(swapRouterAbi, 'multicall', [[swapSingle(), swapSingle()]]), 3, 64n) },
      { name: 'the second before the first', expected: 'OffsetNotCanonical', data: swapWords(encode(swapRouterAbi, 'multicall', [[swapSingle(), swapSingle()]]), 2, 3) },
      { name: 'the first reaches into the second', expected: 'PathOutOfData', data: withWord(encode(swapRouterAbi, 'multicall', [[swapSingle(), swapSingle()]]), 4, 289n) },
      { name: 'a call cut short, with another behind it', expected: 'PathOutOfData', data: encode(swapRouterAbi, 'multicall', [[cut(swapSingle(), 128), swapSingle()]]) },
    ],
  },
  {
    name: 'a list of lists, an element of an element',
    policy: { abi: nestedAbi, functionName: 'sort', args: { lists: element(1, element(0, equals(5n))), names: element(0, startsWith('0x61')) } },
    calls: [
      { name: 'in order', expected: 'holds', data: nested([[1n], [5n, 6n]], ['0x61']) },
      { name: 'another number', expected: 'ConditionFailed', data: nested([[5n], [6n]], ['0x61']) },
      { name: 'both lists are the second', expected: 'OffsetNotCanonical', data: withWord(nested([[1n], [5n]], ['0x61']), 3, 128n) },
      { name: 'the names are the lists', expected: 'OffsetNotCanonical', data: withWord(nested([[1n], [5n]], ['0x61']), 1, 64n) },
      { name: 'the names stand before the lists', expected: 'OffsetNotCanonical', data: swapWords(nested([[1n], [5n]], ['0x61']), 0, 1) },
      { name: 'the second list reaches into the names', expected: 'PathOutOfData', data: withWord(nested([[1n], [5n]], ['0x61']), 7, 2n) },
    ],
  },
  {
    name: 'Universal Router execute: one V3 swap, read from its packed input',
    policy: {
      abi: universalRouterAbi,
      functionName: 'execute',
      args: {
        commands: equals('0x00'),
        inputs: and(
          length(equals(1n)),
          element(0, and(slice(0, 32, self()), slice(32, 32, atMost(100n)), slice(192, 20, equals(usdc)), slice(96, 32, equals(160n)))),
        ),
      },
    },
    calls: [
      { name: 'the swap', expected: 'holds', data: universal('0x00', [v3Input(account, 100n, pathOf(usdc, weth))]) },
      { name: 'another command', expected: 'ConditionFailed', data: universal('0x01', [v3Input(account, 100n, pathOf(usdc, weth))]) },
      { name: 'two commands', expected: 'ConditionFailed', data: universal('0x0000', [v3Input(account, 100n, pathOf(usdc, weth)), v3Input(thief, 1n, pathOf(usdc, weth))]) },
      { name: 'too much', expected: 'ConditionFailed', data: universal('0x00', [v3Input(account, 101n, pathOf(usdc, weth))]) },
      { name: 'for a thief', expected: 'ConditionFailed', data: universal('0x00', [v3Input(thief, 1n, pathOf(usdc, weth))]) },
      { name: 'of another token', expected: 'ConditionFailed', data: universal('0x00', [v3Input(account, 1n, pathOf(dai, weth))]) },
      { name: 'no input', expected: 'ConditionFailed', data: universal('0x00', []) },
      { name: 'commands that are the inputs', expected: 'OffsetNotCanonical', data: withWord(universal('0x00', [v3Input(account, 100n, pathOf(usdc, weth))]), 1, 96n) },
    ],
  },
  {
    name: 'Permit2 approve: spender, amount and expiry',
    policy: {
      abi: permit2Abi,
      functionName: 'approve',
      args: { spender: equals(router), amount: atMost(2n ** 160n - 2n), expiration: and(atLeast(1), notEquals(7)) },
    },
    calls: [
      { name: 'all but unlimited', expected: 'holds', data: permit(2n ** 160n - 2n, 1) },
      { name: 'unlimited', expected: 'ConditionFailed', data: permit(2n ** 160n - 1n, 1) },
      { name: 'without expiry', expected: 'ConditionFailed', data: permit(1n, 0) },
      { name: 'the excluded expiry', expected: 'ConditionFailed', data: permit(1n, 7) },
      { name: 'to a thief', expected: 'PinnedWordMismatch', data: permit(1n, 1, thief) },
      { name: 'an expiry wider than its type', expected: 'WordNotClean', data: withWord(permit(1n, 1), 3, 1n << 48n) },
    ],
  },
  {
    name: 'ERC-1155 safeBatchTransferFrom: recipient and ids in sets, amounts',
    policy: {
      abi: erc1155Abi,
      functionName: 'safeBatchTransferFrom',
      args: {
        from: self(),
        to: inSet(recipients),
        ids: every(inSet(ids)),
        values: and(every(atMost(5n)), some(atLeast(2n))),
      },
    },
    sets: [recipients, ids],
    calls: [
      { name: 'three', expected: 'holds', data: batch([3n, 21n, 8n], [1n, 5n, 2n]) },
      { name: 'one', expected: 'holds', data: batch([13n], [2n]) },
      { name: 'an id that is not in the set', expected: 'ConditionFailed', data: batch([3n, 4n], [2n, 2n]) },
      { name: 'too many of one', expected: 'ConditionFailed', data: batch([3n, 5n], [2n, 6n]) },
      { name: 'none of which is two', expected: 'ConditionFailed', data: batch([3n, 5n], [1n, 1n]) },
      { name: 'none at all', expected: 'ConditionFailed', data: batch([], []) },
      { name: 'to somebody else', expected: 'ConditionFailed', data: batch([3n], [2n], thief) },
      { name: 'more ids than data', expected: 'PathOutOfData', data: withWord(batch([3n], [2n]), 5, 7n) },
    ],
  },
  {
    name: 'Aave supply: an asset in a set, or one more with less',
    policy: {
      abi: aavePoolAbi,
      functionName: 'supply',
      args: and(
        { onBehalfOf: self(), referralCode: masked(0xfffe, 0) },
        or({ asset: equals(usdc), amount: atMost(1_000n) }, { asset: inSet(createAddressSet([dai, weth])), amount: atMost(10n) }),
      ),
    },
    sets: [createAddressSet([dai, weth])],
    calls: [
      { name: 'much of the first', expected: 'holds', data: supply(usdc, 1_000n) },
      { name: 'too much of the first', expected: 'ConditionFailed', data: supply(usdc, 1_001n) },
      { name: 'little of another', expected: 'holds', data: supply(weth, 10n, account, 1) },
      { name: 'much of another', expected: 'ConditionFailed', data: supply(weth, 11n) },
      { name: 'of none of them', expected: 'ConditionFailed', data: supply(thief, 1n) },
      { name: 'on behalf of a thief', expected: 'PinnedWordMismatch', data: supply(usdc, 1n, thief) },
      { name: 'with a bit too many', expected: 'ConditionFailed', data: supply(usdc, 1n, account, 2) },
    ],
  },
  {
    name: 'Safe execTransaction: a plain call that transfers to one recipient',
    policy: {
      abi: safeAbi,
      functionName: 'execTransaction',
      args: {
        to: equals(usdc),
        value: equals(0n),
        data: call(tokenAbi, 'transfer', { to: equals(router), amount: atMost(50n) }),
        operation: equals(0),
        signatures: hashIs(keccak256('0x')),
      },
    },
    calls: [
      { name: 'the transfer', expected: 'holds', data: safeTransaction(usdc, transfer(router, 50n)) },
      { name: 'too much', expected: 'ConditionFailed', data: safeTransaction(usdc, transfer(router, 51n)) },
      { name: 'to a thief', expected: 'ConditionFailed', data: safeTransaction(usdc, transfer(thief, 1n)) },
      { name: 'by delegatecall', expected: 'PinnedWordMismatch', data: safeTransaction(usdc, transfer(router, 1n), 1) },
      { name: 'without data', expected: 'NestedCallMismatch', data: safeTransaction(usdc, '0x') },
      { name: 'cut short', expected: 'PathOutOfData', data: safeTransaction(usdc, cut(transfer(router, 1n), 1)) },
    ],
  },
  {
    name: 'the value of a call, and two arguments against each other',
    policy: {
      abi: swapRouterAbi,
      functionName: 'exactInputSingle',
      value: 1_000n,
      args: and(value(atLeast(2n)), {
        params: {
          amountIn: equals(value()),
          amountOutMinimum: and(atMost(argument('params.amountIn')), atLeast(argument('params.sqrtPriceLimitX96'))),
        },
      }),
    },
    calls: [
      { name: 'what is sent is swapped', expected: 'holds', data: swapSingle(), value: 100n },
      { name: 'less is sent', expected: 'ConditionFailed', data: swapSingle(), value: 99n },
      { name: 'next to nothing is sent', expected: 'ConditionFailed', data: swapSingle({ amountIn: 1n }), value: 1n },
      { name: 'more out than in', expected: 'ConditionFailed', data: swapSingle({ amountOutMinimum: 101n }), value: 100n },
      { name: 'as much out as in', expected: 'holds', data: swapSingle({ amountOutMinimum: 100n }), value: 100n },
    ],
  },
  {
    name: 'the beginning of a byte string',
    policy: { abi: erc1155Abi, functionName: 'safeBatchTransferFrom', args: { data: startsWith('0xc0ffee') } },
    calls: ['0xc0ffee', '0xc0ffee00', '0xc0ff', '0xc0ffef', '0x'].map((bytes, index) => ({
      name: bytes,
      expected: index < 2 ? 'holds' : 'ConditionFailed',
      data: encode(erc1155Abi, 'safeBatchTransferFrom', [account, account, [], [], bytes as Hex]),
    })),
  },
]

