import { type Hex, toFunctionSelector } from 'viem'

/** What the module's table knows of a selector that moves or approves tokens. */
export type TokenSelector = {
  /** Argument word of the amount; `undefined`: no word names it in the token's own units. */
  amountWord: number | undefined
  /** Argument word of the spender, if the function approves. */
  spenderWord: number | undefined
}

const uncountable: TokenSelector = { amountWord: undefined, spenderWord: undefined }
const amount = (amountWord: number): TokenSelector => ({ amountWord, spenderWord: undefined })
const approval = (spenderWord: number): TokenSelector => ({ amountWord: spenderWord + 1, spenderWord })
/** Approves an operator, or an amount that is not the token's own units. */
const uncountableApproval = (spenderWord: number): TokenSelector => ({ amountWord: undefined, spenderWord })

/**
 * The functions that move or approve tokens: the same table as `contracts/policy/TokenSelectors.sol`. What is not in it
 * is not known to move tokens.
 */
export const TOKEN_FUNCTIONS: Readonly<Record<string, TokenSelector>> = {
  'transfer(address,uint256)': amount(1),
  'approve(address,uint256)': approval(0),
  'transferFrom(address,address,uint256)': amount(2),
  'increaseAllowance(address,uint256)': approval(0),
  'increaseApproval(address,uint256)': approval(0),
  'decreaseAllowance(address,uint256)': uncountable,
  'decreaseApproval(address,uint256)': uncountable,
  'burn(uint256)': amount(0),
  'burnFrom(address,uint256)': amount(1),
  'burn(address,uint256)': amount(1),
  'permit(address,address,uint256,uint256,uint8,bytes32,bytes32)': approval(1),
  'permit(address,address,uint256,uint256,bytes)': approval(1),
  'permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)': uncountableApproval(1),
  'push(address,uint256)': amount(1),
  'pull(address,uint256)': amount(1),
  'move(address,address,uint256)': amount(2),
  'transfer(address,uint256,bytes)': amount(1),
  'transferAndCall(address,uint256)': amount(1),
  'transferAndCall(address,uint256,bytes)': amount(1),
  'transferFromAndCall(address,address,uint256)': amount(2),
  'transferFromAndCall(address,address,uint256,bytes)': amount(2),
  'approveAndCall(address,uint256)': approval(0),
  'approveAndCall(address,uint256,bytes)': approval(0),
  'send(address,uint256,bytes)': amount(1),
  'burn(uint256,bytes)': amount(0),
  'authorizeOperator(address)': uncountableApproval(0),
  'operatorSend(address,address,uint256,bytes,bytes)': amount(2),
  'operatorBurn(address,uint256,bytes,bytes)': amount(1),
  'transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)': amount(2),
  'receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)': amount(2),
  'withdraw(uint256,address,address)': uncountable,
  'redeem(uint256,address,address)': amount(0),
  'withdraw(uint256)': amount(0),
  'setApprovalForAll(address,bool)': uncountableApproval(0),
  'safeTransferFrom(address,address,uint256)': uncountable,
  'safeTransferFrom(address,address,uint256,bytes)': uncountable,
  'safeTransferFrom(address,address,uint256,uint256,bytes)': uncountable,
  'safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)': uncountable,
  'transfer(address,uint256,uint256)': uncountable,
  'transferFrom(address,address,uint256,uint256)': uncountable,
  'approve(address,uint256,uint256)': uncountableApproval(0),
  'setOperator(address,bool)': uncountableApproval(0),
  'approve(address,address,uint160,uint48)': uncountableApproval(1),
  'transferFrom(address,address,uint160,address)': uncountable,
}

const BY_SELECTOR: ReadonlyMap<Hex, TokenSelector> = new Map(
  Object.entries(TOKEN_FUNCTIONS).map(([signature, entry]) => [toFunctionSelector(signature), entry]),
)

const MODULE_LIFECYCLE: ReadonlySet<Hex> = new Set([
  toFunctionSelector('onInstall(bytes)'),
  toFunctionSelector('onUninstall(bytes)'),
])

/** What the table says of `selector`; `undefined`: not known to move tokens. */
export function lookupTokenSelector(selector: Hex): TokenSelector | undefined {
  return BY_SELECTOR.get(selector.toLowerCase() as Hex)
}

/** Whether no wildcard may cover `selector`: it moves or approves tokens, or installs modules. */
export function isForbiddenByWildcard(selector: Hex): boolean {
  return BY_SELECTOR.has(selector.toLowerCase() as Hex) || MODULE_LIFECYCLE.has(selector.toLowerCase() as Hex)
}

/** Functions that rule an account, which some accounts keep at another address than their own. */
const ACCOUNT_FUNCTIONS: ReadonlySet<Hex> = new Set([
  toFunctionSelector('execute(bytes32,bytes)'),
  toFunctionSelector('executeFromExecutor(bytes32,bytes)'),
  toFunctionSelector('installModule(uint256,address,bytes)'),
  toFunctionSelector('uninstallModule(uint256,address,bytes)'),
  toFunctionSelector(
    'executeUserOp((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes),bytes32)',
  ),
  toFunctionSelector('transferOwnership(address)'),
])

/** Whether no permission for any target may name `selector`: what no wildcard covers, and what rules an account. */
export function isForbiddenAtAnyTarget(selector: Hex): boolean {
  return isForbiddenByWildcard(selector) || ACCOUNT_FUNCTIONS.has(selector.toLowerCase() as Hex)
}
