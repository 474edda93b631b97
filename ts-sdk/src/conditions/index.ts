export type { CheckArguments, CheckCall } from './checkTypes.ts'
export type { Clause, Comparison, Operator } from './comparisons.ts'
export { type Verdict, evaluateConditions } from './evaluate.ts'
export { explainComparison, explainConditions } from './explain.ts'
export type { Path, PathStep } from './paths.ts'
export {
  type ArgumentCondition,
  type ArgumentValue,
  and,
  argument,
  atLeast,
  atMost,
  call,
  chargedAmount,
  element,
  equals,
  every,
  firstAddress,
  hashIs,
  inSet,
  lastAddress,
  length,
  masked,
  notEquals,
  oneOf,
  or,
  self,
  slice,
  some,
  startsWith,
  value,
} from './patterns.ts'
export { type SetCommitment, formatSetFile, parseSetFile } from './setFile.ts'
export { type WordSet, createAddressSet, createSet, verifySetProof } from './sets.ts'
