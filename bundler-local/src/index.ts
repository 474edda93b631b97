export { type AccountName, type LocalAccounts, localAccounts } from "./accounts.ts";
export * from "./errors.ts";
export { type Stack, type StackAddresses, type StackOptions, startStack } from "./stack.ts";
export { deployUniswap, swapRouterAbi, type Uniswap, type UniswapOptions } from "./uniswap.ts";
