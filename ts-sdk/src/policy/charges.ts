import { type AbiFunction, type Hex, concat, size, toHex } from 'viem'
import { InvalidPolicyFieldError } from '../errors/policy.ts'
import { listArgumentWords } from './argumentWords.ts'
import type { ByteReader } from './byteReader.ts'
import { knownFields, listField } from './fields.ts'
import type { NamedMeters } from './namedMeters.ts'

const SOURCE_CODES = { count: 1, value: 2, amount: 3 } as const
const STEP_WORD = 1
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
   * `count`: 1 for each call. `value`: the wei that it carries. An argument: its amount, by name (`params.amountIn`) or by
   * the index of its 32-byte word.
   */
  readonly by: 'count' | 'value' | { readonly argument: string | number }
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

function pathOf(field: string, argument: unknown, item: AbiFunction | undefined): Hex {
  const words = (item ? listArgumentWords(item.inputs) : []).filter((word) => word.type.startsWith('uint'))
  const isIndex = typeof argument === 'number' || (typeof argument === 'string' && /^\d+$/.test(argument))
  const word = words.find((it) => (isIndex ? it.wordIndex === Number(argument) : it.path === argument))
  const wordIndex = word?.wordIndex ?? (isIndex && !item ? Number(argument) : undefined)
  if (wordIndex === undefined || !Number.isInteger(wordIndex) || wordIndex < 0 || wordIndex > 255) {
    const names = words.map((it) => `"${it.path}" (${it.wordIndex})`).join(', ')
    throw new InvalidPolicyFieldError(
      field,
      argument,
      item ? `one of ${names || 'no amounts'}` : 'a word index from 0 to 255; names need an `abi`',
      { code: 'UnknownArgument' },
    )
  }
  return concat([toHex(STEP_WORD, { size: 1 }), toHex(wordIndex, { size: 1 })])
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
    knownFields(`${at}.by`, by, ['argument'])
    const path = pathOf(`${at}.by.argument`, by.argument, item)
    return indices.map((meterIndex) => ({ meterIndex, source: 'amount', path }))
  })
  if (compiled.length > MAX_CHARGES) {
    throw new InvalidPolicyFieldError(field, compiled.length, `at most ${MAX_CHARGES} charges`, { code: 'OutOfRange' })
  }
  return compiled
}
