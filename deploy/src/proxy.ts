import { type Account, type Address, type Chain, concat, type Hex, keccak256, parseEther, type PublicClient, type Transport, type WalletClient } from "viem";
import { ProxyError } from "./errors.ts";

/** Arachnid's deterministic deployment proxy: creates `calldata[32:]` by CREATE2 under the salt `calldata[:32]`. */
export const PROXY: Address = "0x4e59b44847b379578588920cA78FbF26c0B4956C";

/** keccak256 of the proxy's 69 bytes of runtime code. */
const PROXY_CODE_HASH: Hex = "0x2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989";

/**
 * The one transaction that puts the proxy at {@link PROXY} on any chain that takes transactions without a chain id.
 * Nobody has its key: r and s are made up, and the sender is whom they recover to. It pays 100,000 gas at 100 gwei.
 */
const CREATION = {
  sender: "0x3fAB184622Dc19b6109349B94811493BF2a45362",
  cost: parseEther("0.01"),
  transaction:
    "0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222",
} as const;

export type Wallet = WalletClient<Transport, Chain, Account>;

/** The transaction that creates a contract through the proxy. */
export function creationBy(contract: { salt: Hex; initCode: Hex }): { to: Address; data: Hex } {
  return { to: PROXY, data: concat([contract.salt, contract.initCode]) };
}

/**
 * Whether the proxy is on the chain.
 * @throws ProxyError when something else is at its address
 */
export async function isProxyPresent(client: PublicClient, chainId: number): Promise<boolean> {
  const code = await client.getCode({ address: PROXY });
  if (code === undefined) return false;
  const found = keccak256(code);
  if (found !== PROXY_CODE_HASH) throw new ProxyError({ proxy: PROXY, chainId, reason: `something else is at its address, code hash ${found}` });
  return true;
}

/**
 * Puts the proxy on a chain that lacks it, by its own transaction; `wallet` pays the 0.01 ETH which that costs.
 * @throws ProxyError when the chain does not take it
 */
export async function createProxy(client: PublicClient, wallet: Wallet, chainId: number): Promise<void> {
  try {
    const missing = CREATION.cost - (await client.getBalance({ address: CREATION.sender }));
    if (missing > 0n) await mined(client, await wallet.sendTransaction({ to: CREATION.sender, value: missing }));
    await mined(client, await client.sendRawTransaction({ serializedTransaction: CREATION.transaction }));
  } catch (cause) {
    throw new ProxyError({ proxy: PROXY, chainId, reason: "the chain does not take the transaction that creates it", cause });
  }
  if (!(await isProxyPresent(client, chainId)))
    throw new ProxyError({ proxy: PROXY, chainId, reason: "its own transaction did not create it" });
}

async function mined(client: PublicClient, hash: Hex): Promise<void> {
  await client.waitForTransactionReceipt({ hash });
}
