import type { Abi, Address } from 'viem'
import { entryPoint07Abi, entryPoint08Abi, entryPoint09Abi } from 'viem/account-abstraction'
import { ENTRY_POINT_ADDRESSES } from '../policy/forbiddenTargets.ts'

export type EntryPointVersion = '0.7' | '0.8' | '0.9'

/** An EntryPoint as viem's smart accounts carry it. */
export type EntryPoint = { readonly abi: Abi; readonly address: Address; readonly version: EntryPointVersion }

const ABIS = { '0.7': entryPoint07Abi, '0.8': entryPoint08Abi, '0.9': entryPoint09Abi } as const

/** The EntryPoint of a version at its canonical address. */
export function entryPointOf(version: EntryPointVersion): EntryPoint {
  return { abi: ABIS[version], address: ENTRY_POINT_ADDRESSES[version], version }
}
