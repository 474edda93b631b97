import { type Abi, type Address, type Hex, decodeFunctionData, erc20Abi, formatUnits, isAddressEqual, slice } from 'viem'
import type { OperationPreview } from '../actions/previewPacked.ts'
import type { Call } from '../operation/executions.ts'
import type { Header, Meter } from '../policy/header.ts'
import { countsCalls, meterNumber } from '../policy/namedMeters.ts'
import type { CosignRequest } from './request.ts'

/** How a token's amounts are written. */
export type TokenNames = { readonly symbol: string; readonly decimals: number }

/** One call in words a person can check. */
export type ExplainedCall = Call & {
  readonly functionName: string | undefined
  readonly args: readonly unknown[]
  readonly line: string
}

/** What the calls charge on one limit. */
export type ExplainedCharge = {
  /** `undefined`: a numbered meter, or a rate limit. */
  readonly token: Address | 'native' | undefined
  /** Of a numbered meter: from 1 in the order of the policy's `meters`. */
  readonly number: number | undefined
  readonly charge: bigint
  /** Of the limit, afterwards. */
  readonly left: bigint
  /** What the key may charge alone; `undefined` without a threshold. */
  readonly threshold: bigint | undefined
  /** Whether it is this charge that asks for the co-signer. */
  readonly passes: boolean
  readonly line: string
}

/** Everything that a co-signer decides by. `lines` say it all, one fact each. */
export type CosignExplanation = {
  readonly account: Address
  readonly key: Hex
  readonly policyRoot: Hex
  /** Of a user operation. */
  readonly userOpHash: Hex | undefined
  /** What is signed. */
  readonly digest: Hex
  readonly calls: readonly ExplainedCall[]
  readonly charges: readonly ExplainedCharge[]
  readonly lines: readonly string[]
}

type ExplainContext = {
  request: CosignRequest
  header: Header
  preview: OperationPreview
  calls: readonly Call[]
  policyRoot: Hex
  /** The operation carries the owner's grant of the key, which becomes live with it. */
  begins: boolean
  /** Calls that the key has made under this grant. */
  uses: bigint
  userOpHash: Hex | undefined
  digest: Hex
  tokens: ReadonlyMap<Address, TokenNames>
  abis: readonly Abi[]
}

const NATIVE_NAMES: TokenNames = { symbol: 'native', decimals: 18 }

const time = (seconds: bigint): string => new Date(Number(seconds) * 1000).toISOString()
/** Nothing that moves a cursor or passes for something else: names come from contracts that anyone may have written. */
const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200)

/** Says what a request asks for. Pure; believes nothing that {@link verifyCosignRequest} has not worked out. */
export function explainCosignRequest(context: ExplainContext): CosignExplanation {
  const { request, policyRoot, userOpHash, digest } = context
  const { account, key, chainId, window, note } = request
  const calls = context.calls.map((call, index) => explainCall(context, call, index))
  const charges = explainCharges(context)
  return {
    account,
    key,
    policyRoot,
    userOpHash,
    digest,
    calls,
    charges,
    lines: [
      `The session key ${key} asks to act for the account ${account} on chain ${chainId} (${wayOf(request)}).`,
      ...(context.begins ? ["It carries the owner's signed grant of that key, which becomes live with it."] : []),
      ...calls.map((call) => call.line),
      ...charges.map((charge) => charge.line),
      `It may land from ${time(window.validAfter)} to ${time(window.validUntil)}, once.`,
      ...gasLines(context),
      ...(note === undefined ? [] : [`The agent says, unchecked: "${printable(note)}"`]),
    ],
  }
}

const wayOf = (request: CosignRequest): string =>
  request.lane === 'direct' ? 'a transaction to the module, without a bundler' : `EntryPoint v${request.entryPoint}`

/** Who pays for gas, and, in the direct lane, when the redemption's turn is. */
function gasLines({ request, uses }: ExplainContext): readonly string[] {
  if (request.lane === 'bundler') {
    const { paymaster } = request.operation
    return paymaster ? [`The paymaster ${paymaster} pays for its gas.`] : []
  }
  const ahead = request.redemption.nonce - uses
  const turn = ahead === 0n ? "It is the key's next act" : `Its turn is after ${ahead} more calls of the key`
  return [`${turn}; what the key does otherwise before makes it void.`, 'Whoever sends it pays for its gas.']
}

function explainCall({ abis, tokens }: ExplainContext, call: Call, index: number): ExplainedCall {
  const value = call.value === 0n ? '' : `, with ${formatUnits(call.value, 18)} of native`
  const at = `Call ${index + 1} to ${call.to}${value}: `
  if (call.data === '0x') return { ...call, functionName: undefined, args: [], line: `${at}a plain payment.` }
  for (const abi of [erc20Abi as Abi, ...abis]) {
    try {
      const { functionName, args = [] } = decodeFunctionData({ abi, data: call.data })
      const names = tokens.get(call.to)
      const written = args.map((arg) =>
        typeof arg === 'bigint' && names && abi === erc20Abi ? `${amount(arg, names)} (${arg})` : show(arg),
      )
      return { ...call, functionName, args, line: printableLine(`${at}${functionName}(${written.join(', ')}).`) }
    } catch {
      // Not a function of this ABI.
    }
  }
  const line = `${at}function ${slice(call.data, 0, 4)}, which no ABI at hand knows, with ${call.data}.`
  return { ...call, functionName: undefined, args: [], line }
}

const printableLine = (line: string): string => line.replaceAll(/[^\x20-\x7e]/g, '?')

function explainCharges({ request, header, preview, tokens }: ExplainContext): readonly ExplainedCharge[] {
  const thresholdOf = (meter: number | 'native') =>
    header.coSigner?.thresholds.find((it) => it.meter === meter)?.above
  const explain = (
    { token, number, what, unit }: Pick<ExplainedCharge, 'token' | 'number'> & { what: string; unit: string },
    { charge, left }: { charge: bigint; left: bigint },
    threshold: bigint | undefined,
  ): ExplainedCharge => {
    const names = token === 'native' ? NATIVE_NAMES : token && tokens.get(token)
    const write = (it: bigint) => (names ? `${amount(it, names)} (${it})` : `${it} ${unit}`)
    const passes = threshold !== undefined && charge > threshold
    const line = `Charges ${write(charge)} ${what}; ${write(left)} are left of the limit afterwards.${
      passes ? ` That is above the ${write(threshold)} that the key may spend alone.` : ''
    }`
    return { token, number, charge, left, threshold, passes, line }
  }
  const native = {
    token: 'native',
    number: undefined,
    what: request.lane === 'direct' ? 'of value' : 'of value and the largest gas cost',
    unit: 'wei',
  } as const
  return [
    explain(native, { charge: preview.nativeCharge, left: preview.nativeLeft }, thresholdOf('native')),
    ...header.meters.map((meter, index) => explain(subjectOf(meter), figuresOf(preview, meter), thresholdOf(index))),
  ].filter((it) => it.charge > 0n)
}

/** What a meter counts, in words. */
function subjectOf(meter: Meter): Pick<ExplainedCharge, 'token' | 'number'> & { what: string; unit: string } {
  const number = meterNumber(meter)
  if (number === undefined) return { token: meter.token, number, what: `of token ${meter.token}`, unit: 'units' }
  return countsCalls(meter)
    ? { token: undefined, number, what: 'to a rate limit', unit: 'calls' }
    : { token: undefined, number, what: `to the policy's meter ${number}`, unit: 'units' }
}

function figuresOf({ tokens, meters }: OperationPreview, { token, tag }: Meter): { charge: bigint; left: bigint } {
  const number = meterNumber({ token })
  const found =
    number === undefined
      ? tokens.find((it) => isAddressEqual(it.token, token) && it.tag === tag)
      : meters.find((it) => it.number === number && it.tag === tag)
  return found ?? { charge: 0n, left: 0n }
}

const amount = (units: bigint, { symbol, decimals }: TokenNames): string =>
  `${formatUnits(units, decimals)} ${printable(symbol).slice(0, 20)}`

function show(value: unknown): string {
  if (typeof value === 'string') return value
  const text = JSON.stringify(value, (_key, it: unknown) => (typeof it === 'bigint' ? it.toString() : it))
  return text ?? String(value)
}

/** Tokens whose names help to read the charges and calls. */
export function tokensOf(header: Header): readonly Address[] {
  const tokens = header.meters.filter((meter) => meterNumber(meter) === undefined).map((meter) => meter.token)
  return tokens.filter((token, index) => tokens.findIndex((it) => isAddressEqual(it, token)) === index)
}
