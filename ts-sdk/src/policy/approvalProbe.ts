import { type Hex, toFunctionSelector } from 'viem'

const OPERATOR_SELECTOR = toFunctionSelector('setApprovalForAll(address,bool)')
const ALLOWANCE_SELECTORS: readonly Hex[] = [
  'approve(address,uint256)',
  'increaseAllowance(address,uint256)',
  'increaseApproval(address,uint256)',
  'approveAndCall(address,uint256)',
  'approveAndCall(address,uint256,bytes)',
].map((it) => toFunctionSelector(it))

/**
 * How a frame reads back what a function approves: 1 `allowance`, 2 `isApprovedForAll`, 0 not at all. The same list as
 * `FrameRules.probeOf` of the contracts.
 */
export function approvalProbe(selector: Hex): 0 | 1 | 2 {
  const lower = selector.toLowerCase() as Hex
  if (lower === OPERATOR_SELECTOR) return 2
  return ALLOWANCE_SELECTORS.includes(lower) ? 1 : 0
}
