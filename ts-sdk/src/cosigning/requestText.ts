import { type Hex, isHex, size } from 'viem'
import { InvalidCosignRequestError } from '../errors/cosigning.ts'
import { addressField, bytesField, knownFields } from '../policy/fields.ts'
import { MAX_SIGNER_LENGTH, isEoa } from '../policy/signer.ts'
import { AMOUNTS, type CosignOperation, type CosignRedemption, type CosignRequest, REQUEST_VERSION } from './request.ts'

const MAX_BYTES = 65_535
const EOA_LENGTH = 20
const EOA_SIGNATURE_LENGTH = 65
const MAX_CALL_BYTES = 2 ** 20
const PAYMASTER_AMOUNTS = ['paymasterVerificationGasLimit', 'paymasterPostOpGasLimit'] as const
const MAX_AMOUNT = 2n ** 256n - 1n
const COMMON_FIELDS = [
  'version',
  'lane',
  'chainId',
  'account',
  'module',
  'key',
  'window',
  'evidence',
  'keySignature',
  'note',
]
const LANE_FIELDS = { bundler: ['entryPoint', 'operation'], direct: ['redemption'] } as const

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
  const { lane } = (value ?? {}) as Fields
  if (lane !== 'bundler' && lane !== 'direct') {
    throw new InvalidCosignRequestError(`It names an unknown lane, ${String(lane)}.`)
  }
  const it = fieldsOf('request', value, [...COMMON_FIELDS, ...LANE_FIELDS[lane]])
  if (it['version'] !== REQUEST_VERSION) {
    throw new InvalidCosignRequestError(
      `Its version is ${String(it['version'])}; this SDK reads version ${REQUEST_VERSION}.`,
    )
  }
  const { chainId, entryPoint, note } = it
  if (!Number.isSafeInteger(chainId) || Number(chainId) < 1) throw new InvalidCosignRequestError('It names no chain.')
  if (note !== undefined && typeof note !== 'string') throw new InvalidCosignRequestError('Its note is no text.')
  const window = fieldsOf('window', it['window'], ['validAfter', 'validUntil'])
  const key = keyField(it['key'])
  const [least, most] = isEoa(key) ? [EOA_SIGNATURE_LENGTH, EOA_SIGNATURE_LENGTH] : [1, MAX_BYTES]
  const common = {
    version: REQUEST_VERSION,
    chainId: Number(chainId),
    account: addressField('account', it['account']),
    module: addressField('module', it['module']),
    key,
    window: { validAfter: readInteger(window, 'validAfter'), validUntil: readInteger(window, 'validUntil') },
    evidence: bytesField('evidence', it['evidence'], 1, MAX_BYTES),
    keySignature: bytesField('keySignature', it['keySignature'], least, most),
    ...(note !== undefined && { note }),
  } as const
  if (lane === 'direct') return { ...common, lane, redemption: readRedemption(it['redemption']) }
  if (entryPoint !== '0.7' && entryPoint !== '0.8' && entryPoint !== '0.9') {
    throw new InvalidCosignRequestError(`It names an unknown EntryPoint, ${String(entryPoint)}.`)
  }
  return { ...common, lane, entryPoint, operation: readOperation(it['operation']) }
}

/** An address, or `verifier · key`. */
function keyField(value: unknown): Hex {
  return isHex(value) && size(value) > EOA_LENGTH ? bytesField('key', value, EOA_LENGTH + 1, MAX_SIGNER_LENGTH) : addressField('key', value)
}

function readRedemption(value: unknown): CosignRedemption {
  const it = fieldsOf('redemption', value, ['epoch', 'serial', 'nonce', 'mode', 'executionCalldata'])
  return {
    epoch: readInteger(it, 'epoch'),
    serial: readInteger(it, 'serial'),
    nonce: readInteger(it, 'nonce'),
    mode: bytesField('redemption.mode', it['mode'], 32, 32),
    executionCalldata: bytesField('redemption.executionCalldata', it['executionCalldata'], 0, MAX_CALL_BYTES),
  }
}

function readOperation(value: unknown): CosignOperation {
  const paid = typeof value === 'object' && value !== null && 'paymaster' in value
  const names = ['callData', ...AMOUNTS, ...(paid ? ['paymaster', 'paymasterData', ...PAYMASTER_AMOUNTS] : [])]
  const it = fieldsOf('operation', value, names)
  const amount = (name: string) => readInteger(it, name)
  return {
    callData: bytesField('operation.callData', it['callData'], 0, MAX_CALL_BYTES),
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
