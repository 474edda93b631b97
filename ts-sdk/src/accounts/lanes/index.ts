/** What each kind of account asks of an operation's nonce and of its owner's signature, for who has no chain to ask. */
export * from './kinds.ts'
export * from './safeOperation.ts'
