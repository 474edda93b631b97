/** Session keys for smart accounts, on viem. */
export * from './abis/index.ts'
export * from './accounts/index.ts'
export * from './actions/index.ts'
export * from './conditions/index.ts'
export * from './decorators/index.ts'
export * from './errors/index.ts'
export * from './operation/index.ts'
export * from './policy/index.ts'
