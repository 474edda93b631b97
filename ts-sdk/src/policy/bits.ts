/** A field of a packed word: where it begins, counted from the least significant bit, and how wide it is. */
export type BitField = readonly [offset: bigint, width: bigint]

/** Reads one field of a packed word. */
export function readBits(word: bigint, [offset, width]: BitField): bigint {
  return (word >> offset) & ((1n << width) - 1n)
}

/** Places a value into a field. Throws where it does not fit: a packed word must never spill into a neighbour. */
export function placeBits(value: bigint, [offset, width]: BitField): bigint {
  if (value < 0n || value >> width !== 0n) throw new RangeError(`${value} does not fit ${width} bits`)
  return value << offset
}
