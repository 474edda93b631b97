import type { Hex } from 'viem'

const HEX = /0x[0-9a-fA-F]{8,}/g

/** An error and everything behind its `cause`s, outermost first. */
export function causesOf(error: unknown): readonly unknown[] {
  const links: unknown[] = []
  for (let link = error; typeof link === 'object' && link !== null && !links.includes(link); ) {
    links.push(link)
    link = 'cause' in link ? link.cause : undefined
  }
  return links
}

function property(link: unknown, name: string): unknown {
  return typeof link === 'object' && link !== null && name in link ? (link as Record<string, unknown>)[name] : undefined
}

/** Every string in which nodes and bundlers are known to leave revert bytes, the likeliest first. */
function places(error: unknown): readonly string[] {
  const links = causesOf(error)
  const found = [
    ...links.flatMap((link) => {
      const data = property(link, 'data')
      return [data, property(data, 'data'), property(data, 'revertData'), property(link, 'raw')]
    }),
    ...links.map((link) => property(link, 'details')),
    ...links.map((link) => property(link, 'message')),
  ]
  return found.filter((it): it is string => typeof it === 'string')
}

/** Byte strings in an error that could be what something reverted with. */
export function revertBytesOf(error: unknown): readonly Hex[] {
  const candidates = places(error).flatMap((text) => text.match(HEX) ?? [])
  return [...new Set(candidates)].filter((it): it is Hex => it.length % 2 === 0)
}

/** What nodes and bundlers say in an error in words. Messages are left out: viem repeats the request in them. */
export function textOf(error: unknown): string {
  const links = causesOf(error)
  const details = links.map((link) => property(link, 'details')).filter((it) => typeof it === 'string')
  return details.length > 0 ? details.join('\n') : error instanceof Error ? error.message : String(error)
}
