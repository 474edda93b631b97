import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toFunctionSelector } from 'viem'
import { expect, test } from 'vitest'
import { TOKEN_FUNCTIONS, isForbiddenByWildcard, lookupTokenSelector } from '../../src/index.ts'

/** The table as the contract has it, read from its source. */
function readContract() {
  const source = readFileSync(join(import.meta.dirname, '../../../contracts/policy/TokenSelectors.sol'), 'utf8')
  const entries = new Map(
    [...source.matchAll(/Entry private constant (\w+)\s*=\s*Entry\.wrap\(([^;]+)\);/g)].map(([, name, value]) => [
      name,
      evaluate(value as string),
    ]),
  )
  const signatures = new Map(
    [...source.matchAll(/bytes4 private constant (\w+)\s*=\s*bytes4\(\s*keccak256\(\s*"([^"]+)"/g)].map(
      ([, name, signature]) => [name as string, signature as string],
    ),
  )
  const body = source.slice(source.indexOf('function lookup'), source.indexOf('return NONE;'))
  const table = new Map<string, number>()
  for (const [, condition, entry] of body.matchAll(/if \(([^{};]+)\)\s*return (\w+);/g)) {
    for (const [, name] of (condition as string).matchAll(/selector == (\w+)/g)) {
      table.set(signatures.get(name as string) as string, entries.get(entry as string) as number)
    }
  }
  return { table, signatures }
}

/** Sums of shifts, as the constants are written. */
function evaluate(expression: string): number {
  return expression.split('|').reduce((sum, term) => {
    const [value, shift = '0'] = term.replaceAll(/[()\s]/g, '').split('<<')
    return sum | (Number(value) << Number(shift))
  }, 0)
}

const { table, signatures } = readContract()

test('the contract’s table was found in its source', () => {
  expect(table.size).toBeGreaterThan(30)
  expect(table.get('approve(address,uint256)')).toBe(7 | (1 << 8))
})

test('the same functions are in both tables', () => {
  expect([...table.keys()].sort()).toEqual(Object.keys(TOKEN_FUNCTIONS).sort())
})

test.each([...table])('%s is known alike', (signature, entry) => {
  const [chargeable, approves] = [(entry & 2) !== 0, (entry & 4) !== 0]
  expect(lookupTokenSelector(toFunctionSelector(signature))).toEqual({
    amountWord: chargeable ? (entry >> 8) & 0xff : undefined,
    spenderWord: approves ? (entry >> 16) & 0xff : undefined,
  })
})

test('what no wildcard covers: the table, and the life of a module', () => {
  for (const signature of signatures.values()) expect(isForbiddenByWildcard(toFunctionSelector(signature))).toBe(true)
  expect(isForbiddenByWildcard('0x12345678')).toBe(false)
})
