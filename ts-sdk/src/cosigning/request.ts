import { type Address, type Hex, isAddressEqual, isHex } from 'viem'
import type { UserOperation } from 'viem/account-abstraction'
import { type EntryPoint, type EntryPointVersion, entryPointOf } from '../accounts/entryPoint.ts'
import { InvalidCosignRequestError } from '../errors/cosigning.ts'
import type { OperationWindow } from '../operation/window.ts'
import { addressField, bytesField, knownFields } from '../policy/fields.ts'

const VERSION = 1
const MAX_BYTES = 65_535
const AMOUNTS = [
  'nonce',
  'callGasLimit',
  'verificationGasLimit',
  'preVerificationGas',
  'maxFeePerGas',
  'maxPriorityFeePerGas',
] as const
const PAYMASTER_AMOUNTS = ['paymasterVerificationGasLimit', 'paymasterPostOpGasLimit'] as const
const MAX_AMOUNT = 2n ** 256n - 1n
const FIELDS = [
  'version',
  'chainId',
  'account',
  'module',
  'entryPoint',
  'key',
  'operation',
  'window',
  'evidence',
  'keySignature',
  'note',
]

/** The operation, whole but for the signatures. */
export type CosignOperation = Pick<
  UserOperation<'0.7'>,
  (typeof AMOUNTS)[number] | 'callData'
> & {
  readonly paymaster?: Address
  readonly paymasterVerificationGasLimit?: bigint
  readonly paymasterPostOpGasLimit?: bigint
  readonly paymasterData?: Hex
}

/**
 * What the agent's client hands to the co-signer's: everything that will be signed, and the key's own signature. None of it
 * is to be believed: {@link verifyCosignRequest} works out again what it means.
 */
export type CosignRequest = {
  readonly version: typeof VERSION
  readonly chainId: number
  readonly account: Address
  readonly module: Address
  readonly entryPoint: EntryPointVersion
  /** Address of the session key. */
  readonly key: Address
  readonly operation: CosignOperation
  /** Seconds since 1970. */
  readonly window: OperationWindow
  readonly evidence: Hex
  readonly keySignature: Hex
  /** What the agent has to say for itself. */
  readonly note?: string
}

/**
 * The request for an operation that the key has signed.
 *
 * @throws InvalidCosignRequestError for an EntryPoint that is not at its canonical address, or a paymaster's data that is not
 * complete: what the co-signer's client could not verify
 */
export function toCosignRequest(
  parameters: Omit<CosignRequest, 'version' | 'entryPoint' | 'operation' | 'note'> & {
    readonly entryPoint: EntryPoint
    readonly operation: UserOperation
  },
): CosignRequest {
  const { entryPoint, operation, ...rest } = parameters
  const canonical = entryPointOf(entryPoint.version)
  if (!isAddressEqual(canonical.address, entryPoint.address)) {
    throw new InvalidCosignRequestError(`Its EntryPoint ${entryPoint.address} is not v${entryPoint.version}'s own.`)
  }
  const it = operation as UserOperation<'0.7'>
  return {
    version: VERSION,
    ...rest,
    entryPoint: entryPoint.version,
    operation: {
      callData: it.callData,
      nonce: it.nonce,
      callGasLimit: it.callGasLimit,
      verificationGasLimit: it.verificationGasLimit,
      preVerificationGas: it.preVerificationGas,
      maxFeePerGas: it.maxFeePerGas,
      maxPriorityFeePerGas: it.maxPriorityFeePerGas,
      ...(it.paymaster && {
        paymaster: it.paymaster,
        paymasterData: it.paymasterData ?? '0x',
        paymasterVerificationGasLimit: it.paymasterVerificationGasLimit ?? 0n,
        paymasterPostOpGasLimit: it.paymasterPostOpGasLimit ?? 0n,
      }),
    },
  }
}

/** One line of JSON; integers are decimal strings. */
export function serializeCosignRequest(request: CosignRequest): string {
  return JSON.stringify(request, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
}

/**
 * Inverse of {@link serializeCosignRequest}. A field that is missing, unknown or of another form is refused by name.
 *
 * @throws InvalidCosignRequestError
 */
export function parseCosignRequest(text: string): CosignRequest {
  try {
    return readRequest(JSON.parse(text))
  } catch (error) {
    if (error instanceof InvalidCosignRequestError) throw error
    throw new InvalidCosignRequestError('It can not be read.', error)
  }
}

type Fields = Readonly<Record<string, unknown>>

function readRequest(value: unknown): CosignRequest {
  const it = fieldsOf('request', value, FIELDS)
  if (it['version'] !== VERSION) {
    throw new InvalidCosignRequestError(`Its version is ${String(it['version'])}; this SDK reads version ${VERSION}.`)
  }
  const { chainId, entryPoint, note } = it
  if (!Number.isSafeInteger(chainId) || Number(chainId) < 1) throw new InvalidCosignRequestError('It names no chain.')
  if (entryPoint !== '0.7' && entryPoint !== '0.8' && entryPoint !== '0.9') {
    throw new InvalidCosignRequestError(`It names an unknown EntryPoint, ${String(entryPoint)}.`)
  }
  if (note !== undefined && typeof note !== 'string') throw new InvalidCosignRequestError('Its note is no text.')
  const window = fieldsOf('window', it['window'], ['validAfter', 'validUntil'])
  return {
    version: VERSION,
    chainId: Number(chainId),
    account: addressField('account', it['account']),
    module: addressField('module', it['module']),
    entryPoint,
    key: addressField('key', it['key']),
    operation: readOperation(it['operation']),
    window: { validAfter: readInteger(window, 'validAfter'), validUntil: readInteger(window, 'validUntil') },
    evidence: bytesField('evidence', it['evidence'], 1, MAX_BYTES),
    keySignature: bytesField('keySignature', it['keySignature'], 65, 65),
    ...(note !== undefined && { note }),
  }
}

function readOperation(value: unknown): CosignOperation {
  const paid = typeof value === 'object' && value !== null && 'paymaster' in value
  const names = ['callData', ...AMOUNTS, ...(paid ? ['paymaster', 'paymasterData', ...PAYMASTER_AMOUNTS] : [])]
  const it = fieldsOf('operation', value, names)
  if (!isHex(it['callData'])) throw new InvalidCosignRequestError('Its call data is no hex.')
  const amount = (name: string) => readInteger(it, name)
  return {
    callData: it['callData'],
    nonce: amount('nonce'),
    callGasLimit: amount('callGasLimit'),
    verificationGasLimit: amount('verificationGasLimit'),
    preVerificationGas: amount('preVerificationGas'),
    maxFeePerGas: amount('maxFeePerGas'),
    maxPriorityFeePerGas: amount('maxPriorityFeePerGas'),
    ...(paid && {
      paymaster: addressField('operation.paymaster', it['paymaster']),
      paymasterData: bytesField('operation.paymasterData', it['paymasterData'], 0, MAX_BYTES),
      paymasterVerificationGasLimit: amount('paymasterVerificationGasLimit'),
      paymasterPostOpGasLimit: amount('paymasterPostOpGasLimit'),
    }),
  }
}

function fieldsOf(field: string, value: unknown, names: readonly string[]): Fields {
  knownFields(field, value, names)
  return value as Fields
}

function readInteger(fields: Fields, name: string): bigint {
  const text = fields[name]
  if (typeof text !== 'string' || !/^(0|[1-9]\d{0,77})$/.test(text) || BigInt(text) > MAX_AMOUNT) {
    throw new InvalidCosignRequestError(`Its ${name} is ${String(text)}, which is no number.`)
  }
  return BigInt(text)
}
