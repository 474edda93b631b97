export * from './sessionKeyActions.ts'
