/** `npm run deploy -- --network <name> [--dry-run]`; see README.md. */
import { relative } from "node:path";
import { Command } from "commander";
import { type Chain, createPublicClient, createWalletClient, defineChain, type Hex, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { CONTRACTS } from "./contracts.ts";
import { type Network, type NetworkName, NETWORKS } from "./networks.ts";
import { runCommand } from "./src/cli.ts";
import { type DeployedContract, deploy } from "./src/deploy.ts";
import { OptionError } from "./src/errors.ts";
import { DEPLOYMENTS_FOLDER } from "./src/paths.ts";
import { planContracts } from "./src/plan.ts";
import type { Wallet } from "./src/proxy.ts";
import { makeRecord, readRecord, writeRecord } from "./src/record.ts";

const KEY_VARIABLE = "DEPLOYER_PRIVATE_KEY";

type Options = { network: string; dryRun: boolean; rpcUrl?: string; out: string };

async function main({ network: name, dryRun, rpcUrl, out }: Options): Promise<void> {
  const network = findNetwork(name);
  const url = rpcUrl ?? process.env[network.rpcUrlEnv] ?? network.rpcUrl;
  if (!url) throw new OptionError(`There is no RPC for ${name}.`, [`set ${network.rpcUrlEnv} or give --rpc-url`]);
  const chain = defineChain({ id: network.chainId, name, nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 }, rpcUrls: { default: { http: [url] } } });
  const client = createPublicClient({ chain, transport: http(url), pollingInterval: 1_000 });

  const plan = await planContracts(CONTRACTS);
  const wallet = dryRun ? undefined : await findWallet(chain, url);
  const deployed = await deploy({ plan, client, wallet, chainId: network.chainId, network: name, dryRun });
  for (const contract of deployed) console.log(describe(contract));
  if (dryRun) {
    console.log(`\nDry run on ${name} (chain ${network.chainId}): nothing was sent, nothing was written.`);
    return;
  }
  const earlier = await readRecord(network.chainId, out);
  const file = await writeRecord(makeRecord(network.chainId, name, deployed, earlier), out);
  console.log(`\nWritten to ${relative(process.cwd(), file)}`);
}

function findNetwork(name: string): Network {
  if (!Object.hasOwn(NETWORKS, name)) throw new OptionError(`There is no network named ${name}.`, [`known: ${Object.keys(NETWORKS).join(", ")}`]);
  return NETWORKS[name as NetworkName];
}

/** The key from the environment, else an account that the node itself signs for, as test nodes do. */
async function findWallet(chain: Chain, url: string): Promise<Wallet | undefined> {
  const key = process.env[KEY_VARIABLE];
  if (key !== undefined) {
    if (!/^0x[0-9a-fA-F]{64}$/.test(key)) throw new OptionError(`${KEY_VARIABLE} is not a private key: 0x and 64 hexadecimal digits.`);
    return createWalletClient({ chain, transport: http(url), account: privateKeyToAccount(key as Hex) });
  }
  const [unlocked] = await createWalletClient({ chain, transport: http(url) }).getAddresses().catch(() => []);
  return unlocked && createWalletClient({ chain, transport: http(url), account: unlocked });
}

function describe({ name, address, status, block }: DeployedContract): string {
  const what = { created: `created in block ${block}`, present: "there already", missing: "would be created" }[status];
  return `${name.padEnd(24)} ${address}  ${what}`;
}

const program = new Command("deploy")
  .description("Brings the contracts to a chain, at the same addresses on every chain.")
  .requiredOption("--network <name>", Object.keys(NETWORKS).join(", "))
  .option("--dry-run", "ask the chain, send nothing", false)
  .option("--rpc-url <url>", "instead of the network's environment variable")
  .option("--out <folder>", "where <chainId>.json is written", DEPLOYMENTS_FOLDER)
  .addHelpText("after", `\n${KEY_VARIABLE} pays; without it, an account that the node itself signs for.`)
  .action((options: Options) => runCommand(() => main(options)));

await program.parseAsync();
