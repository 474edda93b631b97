/** A chain that `npm run deploy -- --network <name>` knows. */
export type Network = {
  readonly chainId: number;
  /** The environment variable that holds the RPC's URL; `--rpc-url` goes before it. */
  readonly rpcUrlEnv: string;
  /** Only where an address is the same on every machine. */
  readonly rpcUrl?: string;
};

export const NETWORKS = {
  local: { chainId: 31337, rpcUrlEnv: "LOCAL_RPC_URL", rpcUrl: "http://127.0.0.1:8545" },
  sepolia: { chainId: 11155111, rpcUrlEnv: "SEPOLIA_RPC_URL" },
  "base-sepolia": { chainId: 84532, rpcUrlEnv: "BASE_SEPOLIA_RPC_URL" },
  base: { chainId: 8453, rpcUrlEnv: "BASE_RPC_URL" },
  optimism: { chainId: 10, rpcUrlEnv: "OPTIMISM_RPC_URL" },
  arbitrum: { chainId: 42161, rpcUrlEnv: "ARBITRUM_RPC_URL" },
  mainnet: { chainId: 1, rpcUrlEnv: "MAINNET_RPC_URL" },
} as const satisfies Record<string, Network>;

export type NetworkName = keyof typeof NETWORKS;
