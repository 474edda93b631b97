import { createTestClient, http, publicActions, walletActions } from "viem";
import { foundry } from "viem/chains";
import { anvilBinary } from "../../bundler-local/src/anvil.ts";
import { startService } from "../../bundler-local/src/services.ts";

const LISTENING = /Listening on (\S+)/;

/** A private chain on a port that the system picks, with a block for each transaction and no other. */
export type Anvil = { client: TestClient; stop: () => Promise<void> };
export type TestClient = ReturnType<typeof connect>;

function connect(rpcUrl: string) {
  return createTestClient({ mode: "anvil", chain: foundry, transport: http(rpcUrl), cacheTime: 0 })
    .extend(publicActions)
    .extend(walletActions);
}

/** Which rules the chain runs by: `osaka` has the P-256 precompile, `prague` does not. */
export type Hardfork = "prague" | "osaka";

/**
 * @param args further command line arguments for anvil
 * @throws ServiceStartError
 */
export async function startAnvil(args: readonly string[] = [], hardfork: Hardfork = "prague"): Promise<Anvil> {
  const { output, stop } = await startService({
    service: "anvil",
    program: anvilBinary(),
    args: ["--port", "0", "--hardfork", hardfork, ...args],
    readyWhen: LISTENING,
  });
  return { client: connect(`http://${LISTENING.exec(output())?.[1]}`), stop };
}
