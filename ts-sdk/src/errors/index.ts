export * from './actions.ts'
export * from './base.ts'
<<<<<<< HEAD
export * from './cosigning.ts'
=======
export * from './conditions.ts'
>>>>>>> engine
export * from './policy.ts'
export * from './refused.ts'
export type { RefusalFigures } from './refusals.ts'
export * from './sets.ts'
