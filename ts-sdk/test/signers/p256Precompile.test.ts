import { network } from 'hardhat'
import { createClient, custom, toHex } from 'viem'
import { hardhat } from 'viem/chains'
import { expect, test } from 'vitest'
import { hasP256Precompile } from '../../src/index.ts'

test.each([
  ['prague', false],
  ['osaka', true],
])('a chain under the rules of %s has it: %s', async (hardfork, has) => {
  const { provider, close } = await network.create({ override: { hardfork } })
  try {
    expect(await hasP256Precompile(createClient({ transport: custom(provider) }))).toBe(has)
  } finally {
    await close()
  }
})

/** A chain with code at the precompile's address that gives one answer to everything. */
const answering = (answer: string) =>
  createClient({
    chain: hardhat,
    transport: custom({ request: async ({ method }) => (method === 'eth_chainId' ? toHex(31337) : answer) }, { retryCount: 0 }),
  })

test.each(['0x', toHex(0, { size: 32 }), toHex(1, { size: 32 })])(
  'what answers %s to a right signature and to a wrong one is no precompile',
  async (answer) => expect(await hasP256Precompile(answering(answer))).toBe(false),
)
