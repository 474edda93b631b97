/** `npm run stack`; see README.md. */
import { relative } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { runCommand } from "../../deploy/src/cli.ts";
import { DEPLOYMENTS_FOLDER } from "../../deploy/src/paths.ts";
import { writeRecord } from "../../deploy/src/record.ts";
import { localPrivateKeys } from "./accounts.ts";
import { type Stack, startStack } from "./stack.ts";
import { deployUniswap, type Uniswap } from "./uniswap.ts";

type Options = { rpcPort: number; bundlerPort: number; uniswap: boolean; verbose: boolean; out: string };

async function main({ rpcPort, bundlerPort, uniswap: withUniswap, verbose, out }: Options): Promise<void> {
  const interrupted = nextSignal();
  const stack = await startStack({
    rpcPort,
    bundlerPort,
    onProgress: (what) => console.error(`» ${what} …`),
    ...(verbose && { onOutput: (service, text) => process.stderr.write(text.replace(/^(?=.)/gm, `${service} | `)) }),
  });
  try {
    const uniswap = withUniswap ? await deployUniswap(stack) : undefined;
    const local = { rpcUrl: stack.rpcUrl, bundlerUrl: stack.bundlerUrl, ...stack.addresses, ...(uniswap && { uniswap }) };
    const file = await writeRecord({ ...stack.record, local }, out);
    console.log(describe(stack, uniswap));
    console.log(`\nWritten to ${relative(process.cwd(), file)}. Ctrl-C stops everything.`);

    const end = await Promise.race([interrupted, stack.ended]);
    if (end instanceof Error) throw end;
    console.error("\n» stopping …");
  } finally {
    await stack.stop();
  }
}

/**
 * Resolves when this is to end: with the first signal, which does not end the process by itself as a second one does, or
 * when the launcher is gone, which a signal that cannot be handed on may have ended.
 */
function nextSignal(): Promise<unknown> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, resolve);
    const launcher = process.ppid;
    setInterval(() => process.ppid === launcher || resolve("orphaned"), 500).unref();
  });
}

function describe(stack: Stack, uniswap: Uniswap | undefined): string {
  const { owner, guardian, agent } = stack.accounts;
  const keys = localPrivateKeys();
  const rows: [string, string][] = [
    ["chain", `${stack.rpcUrl} (chain id ${stack.chainId})`],
    ["bundler", `${stack.bundlerUrl} (EntryPoint v0.7, v0.8 and v0.9)`],
    ...Object.entries(stack.addresses.entryPoint).map(([version, address]): [string, string] => [`EntryPoint${version.toUpperCase()}`, address]),
    ...Object.entries(stack.record.contracts).map(([name, { address }]): [string, string] => [name, address]),
    ...Object.entries(uniswap ?? {}).map(([name, value]): [string, string] => [`uniswap ${name}`, `${value}`]),
    ["owner", `${owner.address}  key ${keys.owner}`],
    ["guardian", `${guardian.address}  key ${keys.guardian}`],
    ["agent", `${agent.address}  key ${keys.agent}`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(24)} ${value}`).join("\n");
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError("a whole number from 0 to 65535");
  return Number(text);
}

const program = new Command("stack")
  .description("A local chain with EntryPoints, this project's contracts, test tokens and a bundler.")
  .option("--rpc-port <port>", "of the chain; 0 takes a free one", port, 8545)
  .option("--bundler-port <port>", "of the bundler; 0 takes a free one", port, 4337)
  .option("--uniswap", "also Uniswap V3 with a USDC/WETH pool", false)
  .option("--verbose", "show what anvil and Alto write", false)
  .option("--out <folder>", "where 31337.json is written", DEPLOYMENTS_FOLDER)
  .action((options: Options) => runCommand(() => main(options)));

await program.parseAsync();
