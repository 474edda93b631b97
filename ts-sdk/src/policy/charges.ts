import { type AbiFunction, type Hex, concat, size, toHex } from 'viem'
import { InvalidPolicyFieldError } from '../errors/policy.ts'
import { compileAmountPath } from '../conditions/amountPath.ts'
import { headOf } from '../conditions/layout.ts'
import { type Path, encodePath } from '../conditions/paths.ts'
import type { ArgumentCondition } from '../conditions/patterns.ts'
import { resolveReference } from '../conditions/places.ts'
import type { ByteReader } from './byteReader.ts'
import { knownFields, listField } from './fields.ts'
import type { NamedMeters } from './namedMeters.ts'

const SOURCE_CODES = { count: 1, value: 2, amount: 3 } as const
const MAX_CHARGES = 255

/** What a call under a permission adds to a numbered meter, as it is encoded. */
export type Charge =
  | { meterIndex: number; source: 'count' | 'value' }
  /** `path`: where in the call's arguments the amount stands, see docs/WIRE-FORMAT.md. */
  | { meterIndex: number; source: 'amount'; path: Hex }

/** What each call adds to one of the policy's `meters`. */
export type ChargePolicy = {
  /** A name in `meters`. */
  readonly meter: string
  /**
   * `count`: 1 for each call. `value`: the wei that it carries. An argument: its amount, by name (`params.amountIn`), also behind
   * offsets, or by the index of its 32-byte word. `at`: wherever else conditions reach, with `chargedAmount()` in its place:
   * `{ data: element(0, call(abi, 'transfer', { amount: chargedAmount() })) }`.
   */
  readonly by: 'count' | 'value' | { readonly argument: string | number } | { readonly at: ArgumentCondition }
}

/** `charges` of docs/WIRE-FORMAT.md. */
export function encodeCharges(charges: readonly Charge[]): Hex {
  return concat([
    toHex(charges.length, { size: 1 }),
    ...charges.map((charge) =>
      concat([
        toHex(charge.meterIndex, { size: 1 }),
        toHex(SOURCE_CODES[charge.source], { size: 1 }),
        ...(charge.source === 'amount' ? [toHex(size(charge.path), { size: 1 }), charge.path] : []),
      ]),
    ),
  ])
}

/** Inverse of {@link encodeCharges}, from where the reader stands. Throws `MalformedBytesError`. */
export function readCharges(reader: ByteReader): readonly Charge[] {
  const count = reader.number(1)
  if (count === 0) reader.fail('no charges')
  return Array.from({ length: count }, (): Charge => {
    const meterIndex = reader.number(1)
    const source = reader.number(1)
    if (source === SOURCE_CODES.count) return { meterIndex, source: 'count' }
    if (source === SOURCE_CODES.value) return { meterIndex, source: 'value' }
    if (source !== SOURCE_CODES.amount) reader.fail('unknown source of a charge')
    return { meterIndex, source: 'amount', path: reader.bytes(reader.number(1)) }
  })
}

/** The path to an amount: by name wherever it is reached without a list, or to a word of the head by its index. */
function pathOf(field: string, argument: unknown, item: AbiFunction | undefined): Hex {
  if (typeof argument === 'string' && item) {
    const scope = { inputs: item.inputs, steps: [], head: headOf(item.inputs) }
    const { path, type } = resolveReference(field, argument, scope)
    if (type.kind === 'unsigned') return encodePath(path)
    throw new InvalidPolicyFieldError(field, argument, 'the name of an unsigned amount', { code: 'UnknownArgument' })
  }
  if (typeof argument === 'number' && Number.isInteger(argument) && argument >= 0 && argument <= 255) {
    return encodePath([{ step: 'word', index: argument }])
  }
  throw new InvalidPolicyFieldError(field, argument, 'a word index from 0 to 255; names need an `abi`', {
    code: 'UnknownArgument',
  })
}

function pathTo(field: string, pattern: ArgumentCondition, item: AbiFunction | undefined): Path {
  if (item) return compileAmountPath(field, pattern, item)
  throw new InvalidPolicyFieldError(field, pattern, 'an `abi` with `functionName` beside it')
}

/** Turns charges by name into charges of the header's meters: of every limit that a name has. */
export function compileCharges(
  field: string,
  charges: readonly ChargePolicy[] | undefined,
  item: AbiFunction | undefined,
  named: NamedMeters,
): readonly Charge[] {
  const compiled = listField(field, charges, 0, MAX_CHARGES).flatMap((charge, index): readonly Charge[] => {
    const at = `${field}[${index}]`
    knownFields(at, charge, ['meter', 'by'])
    const indices = named.get(charge.meter)
    if (!indices) {
      const names = [...named.keys()].map((name) => `"${name}"`).join(', ')
      throw new InvalidPolicyFieldError(`${at}.meter`, charge.meter, `one of ${names || 'no meters: name them in `meters`'}`, {
        code: 'UnknownMeter',
      })
    }
    const { by } = charge
    if (by === 'count' || by === 'value') return indices.map((meterIndex) => ({ meterIndex, source: by }))
    if ('at' in by) {
      knownFields(`${at}.by`, by, ['at'])
      const path = encodePath(pathTo(`${at}.by.at`, by.at, item))
      return indices.map((meterIndex) => ({ meterIndex, source: 'amount', path }))
    }
    knownFields(`${at}.by`, by, ['argument'])
    const path = pathOf(`${at}.by.argument`, by.argument, item)
    return indices.map((meterIndex) => ({ meterIndex, source: 'amount', path }))
  })
  if (compiled.length > MAX_CHARGES) {
    throw new InvalidPolicyFieldError(field, compiled.length, `at most ${MAX_CHARGES} charges`, { code: 'OutOfRange' })
  }
  return compiled
}
