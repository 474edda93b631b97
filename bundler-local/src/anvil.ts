import { createRequire } from "node:module";
import { type Account, type Chain, createTestClient, createWalletClient, defineChain, http, publicActions } from "viem";
import { foundry } from "viem/chains";
import { ServiceStartError } from "./errors.ts";
import { type RunningService, type ServiceOptions, startService } from "./services.ts";

const require = createRequire(import.meta.url);

/** anvil's own, so that wallets know it. */
export const CHAIN_ID = foundry.id;

/** As on the main network, while anvil's default is half of that; the whole setup fits in two blocks. */
const BLOCK_GAS_LIMIT = 60_000_000;

export type AnvilOptions = {
  port: number;
  chainId?: number;
  /** Takes contracts of any size, which no other chain does: for code that was built without the optimizer. */
  anyCodeSize?: boolean | undefined;
} & Pick<ServiceOptions, "onOutput">;

/** Starts a chain in memory: a block each second by the machine's clock, rules of the Prague fork. */
export function startAnvil({ port, chainId = CHAIN_ID, anyCodeSize = false, onOutput }: AnvilOptions): Promise<RunningService> {
  return startService({
    service: "anvil",
    program: anvilBinary(),
    args: [
      ...["--host", "127.0.0.1", "--port", `${port}`, "--chain-id", `${chainId}`],
      ...["--block-time", "1", "--hardfork", "prague", "--gas-limit", `${BLOCK_GAS_LIMIT}`],
      ...(anyCodeSize ? ["--disable-code-size-limit"] : []),
    ],
    readyWhen: /Listening on \S+/,
    onOutput,
  });
}

/** The executable itself: the package's own launcher would be one more process that can be left behind. */
export function anvilBinary(): string {
  const arch = { x64: "amd64", arm64: "arm64" }[process.arch as string];
  const name = process.platform === "win32" ? "anvil.exe" : "anvil";
  const path = `@foundry-rs/anvil-${process.platform}-${arch}/bin/${name}`;
  try {
    return require.resolve(path);
  } catch {
    throw new ServiceStartError({ service: "anvil", reason: `there is no ${path} here.`, output: "" });
  }
}

/** The local chain as viem sees it. */
export function localChain(rpcUrl: string, id: number = CHAIN_ID): Chain {
  return defineChain({ ...foundry, id, name: "Valet keys, local", blockTime: 1_000, rpcUrls: { default: { http: [rpcUrl] } } });
}

export type LocalClient = ReturnType<typeof localClient>;

/** Reads, and what only a test node does: sets balances and code. */
export function localClient(rpcUrl: string, chainId?: number) {
  return createTestClient({ mode: "anvil", chain: localChain(rpcUrl, chainId), transport: http(rpcUrl), pollingInterval: 100, cacheTime: 0 }).extend(publicActions);
}

/** Sends transactions of one account. */
export function localWallet(rpcUrl: string, account: Account, chainId?: number) {
  return createWalletClient({ account, chain: localChain(rpcUrl, chainId), transport: http(rpcUrl), pollingInterval: 100, cacheTime: 0 });
}

export type LocalWallet = ReturnType<typeof localWallet>;
