/** An example of docs/POLICIES.md: arguments by name. It is built and held against calls by scripts/policies.test.ts. */
import {
  and,
  atLeast,
  atMost,
  call,
  createAddressSet,
  definePolicy,
  element,
  equals,
  every,
  firstAddress,
  inSet,
  lastAddress,
  length,
  oneOf,
  or,
  type Policy,
  self,
} from "@valet-keys/sdk";
import { type Address, erc20Abi, parseAbi } from "viem";

export const routerAbi = parseAbi([
  "function exactInputSingle((address tokenIn, address tokenOut, uint24 fee, address recipient, uint256 amountIn, uint256 amountOutMinimum, uint160 sqrtPriceLimitX96) params) payable",
  "function exactInput((bytes path, address recipient, uint256 amountIn, uint256 amountOutMinimum) params) payable",
  "function multicall(bytes[] data) payable",
]);

type Parts = { router: Address; usdc: Address; weth: Address; dai: Address; payees: readonly Address[]; tomorrow: number };

export function conditions({ router, usdc, weth, dai, payees, tomorrow }: Parts): Policy {
  // begin
  const swap = { target: router, abi: routerAbi } as const;
  const policy = definePolicy({
    validUntil: tomorrow,
    callPolicies: [
      // A tuple, by the names of the ABI: all of it must hold.
      {
        ...swap,
        functionName: "exactInputSingle",
        args: { params: { tokenIn: equals(usdc), tokenOut: oneOf([weth, dai]), recipient: self(), amountIn: and(atLeast(1n), atMost(100n)) } },
      },
      // Packed bytes: the first and the last token of a path of at most two pools.
      {
        ...swap,
        functionName: "exactInput",
        args: { params: { path: and(firstAddress(equals(usdc)), lastAddress(equals(weth)), length(atMost(66n))), recipient: self() } },
      },
      // Calls within a call: each is of this function and pays the account, the first sells USDC.
      {
        ...swap,
        functionName: "multicall",
        args: {
          data: and(
            length(and(atLeast(1n), atMost(4n))),
            every(call(routerAbi, "exactInputSingle", { params: { recipient: self() } })),
            element(0, call(routerAbi, "exactInputSingle", { params: { tokenIn: equals(usdc) } })),
          ),
        },
      },
      // Either much to one, or little to any of a long list, of which the policy holds a root.
      {
        target: usdc,
        abi: erc20Abi,
        functionName: "transfer",
        mark: "uncapped",
        args: or({ recipient: self() }, { recipient: inSet(createAddressSet(payees)), amount: atMost(10n) }),
      },
    ],
  });
  // end
  return policy;
}
