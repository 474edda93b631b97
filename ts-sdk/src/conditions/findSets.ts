import type { WordSet } from './sets.ts'

/** All sets that conditions name, each once. */
export function findSets(pattern: unknown): readonly WordSet[] {
  const found = new Map<string, WordSet>()
  const search = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if ('operator' in value && value.operator === 'inSet' && 'set' in value) {
      const set = value.set as WordSet
      found.set(`${set.root}:${set.count}`, set)
    } else if ('operator' in value && value.operator === 'call' && 'args' in value) search(value.args)
    else for (const inner of Object.values(value)) search(inner)
  }
  search(pattern)
  return [...found.values()]
}
