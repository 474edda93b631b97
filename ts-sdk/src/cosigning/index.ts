export { completeCosignedOperation, completeCosignedRedemption } from './complete.ts'
export { type CosignExplanation, type ExplainedCall, type ExplainedCharge } from './explain.ts'
export {
  type CosignOperation,
  type CosignRedemption,
  type CosignRequest,
  type OperationCosignRequest,
  type RedemptionCosignRequest,
  toCosignRequest,
} from './request.ts'
export * from './requestCosignature.ts'
export * from './requestText.ts'
export * from './sendCosigned.ts'
export * from './signCosignRequest.ts'
export * from './verifyCosignRequest.ts'
