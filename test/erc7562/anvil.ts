import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createTestClient, http, publicActions, walletActions } from "viem";
import { foundry } from "viem/chains";

const require = createRequire(import.meta.url);

/** A private anvil on a free port, mining one block for each transaction. */
export type Anvil = Awaited<ReturnType<typeof startAnvil>>;
export type TestClient = ReturnType<typeof connect>;

function connect(rpcUrl: string) {
  return createTestClient({ mode: "anvil", chain: foundry, transport: http(rpcUrl), pollingInterval: 10, cacheTime: 0 })
    .extend(publicActions)
    .extend(walletActions);
}

/**
 * Starts anvil on a port that the system picks.
 * @param args further command line arguments
 * @throws if anvil ends before it listens
 */
export async function startAnvil(args: readonly string[] = []) {
  const child = spawn(process.execPath, [require.resolve("@foundry-rs/anvil/bin.mjs"), "--port", "0", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const rpcUrl = await new Promise<string>((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-10_000);
      const address = /Listening on (\S+)/.exec(output)?.[1];
      if (address) resolve(`http://${address}`);
    });
    child.once("exit", (code) => reject(new Error(`anvil ended with ${code} before it listened:\n${output}`)));
  });
  return {
    rpcUrl,
    client: connect(rpcUrl),
    async stop(): Promise<void> {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
