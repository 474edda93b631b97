/** `npm run signer`, and `npm run signer -- kill`; see docs/SIGNER.md. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import { DSTACK_SOCKET } from "../platforms/dstack.ts";
import { KEYCHAIN_WARNING, WARNING } from "../simulator/platform.ts";
import { readDeployments } from "../supervisor/deployments.ts";
import { startSigner } from "../supervisor/supervisor.ts";
import { databaseOf, killSigner } from "./kill.ts";
import { type PlatformOptions, platformOf, PLATFORMS } from "./platform.ts";
import { revokeOnChain } from "./revokeOnChain.ts";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const FOLDER = ".signer";

type StartOptions = PlatformOptions & { folder: string; host: string; port: number; database?: string; anchor?: string; deployments: string; logs: boolean };

async function start({ deployments, ...options }: StartOptions): Promise<void> {
  const { platform, keychain, platformFile: _, dstackSocket: __, ...rest } = options;
  if (platform === "simulator") console.error(`» ${keychain ? KEYCHAIN_WARNING : WARNING}`);
  const signer = await startSigner({ ...rest, platform: platformOf(options), deployments: readDeployments(deployments) });
  if (signer.issued) {
    console.log("New signer. These credentials are shown this once; only their hashes are kept.");
    console.log(`operator  ${signer.issued.operator}`);
    console.log(`owner     ${signer.issued.owner}`);
  }
  if (signer.halt) console.error(`» ${signer.halt.kind}: ${signer.halt.reason}. Nothing is signed until it is unsealed.`);
  console.log(`signer    ${signer.url}`);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => void signer.stop());
  await signer.ended;
}

type KillOptions = { folder: string; database?: string; reason: string; revokeAll?: string; guardianKey?: string };

async function kill(options: KillOptions): Promise<void> {
  const { folder, revokeAll: rpc, guardianKey: guardianKeyFile } = options;
  const { ended } = await killSigner(options);
  console.log(`The signer is killed${ended ? "; its wallet process is gone" : ""}. Unseal it to sign again.`);
  if (rpc === undefined) return;
  if (guardianKeyFile === undefined) throw new Error("--revoke-all takes the guardian's key: --guardian-key <file>.");
  const results = await revokeOnChain({ database: databaseOf(options), rpc, guardianKeyFile });
  for (const { account, transactionHash, failure } of results) console.log(`${account}  ${failure ?? `revoked in ${transactionHash}`}`);
  if (results.length === 0) console.log(`The signer in ${folder} knows no account on that chain.`);
  if (results.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError("a whole number from 0 to 65535");
  return Number(text);
}

const program = new Command("valet-signer").description("The owner signer: agent sessions, guardrails, and a wallet that signs whole operations.");

program
  .command("start", { isDefault: true })
  .description("starts the signer; on the simulator, unless told otherwise")
  .option("--folder <folder>", "where keys (sealed), database and anchor are", FOLDER)
  .addOption(new Option("--platform <platform>", "where keys are sealed").choices(PLATFORMS).default("simulator"))
  .option("--keychain", "on the simulator: keep the seal key in this desktop's keychain", false)
  .option("--dstack-socket <path>", "of dstack's guest agent", DSTACK_SOCKET)
  .option("--platform-file <file>", "settings of nitro or confidential-space in JSON; docs/SIGNER-SECURITY.md has their names")
  .option("--host <host>", "to listen on", "127.0.0.1")
  .option("--port <port>", "to listen on; 0 takes a free one", port, 7315)
  .option("--database <url>", "sqlite:<path>, or postgres://… for several replicas")
  .option("--anchor <file>", "keeps the head of the audit log; best on another disk than the database")
  .option("--deployments <folder>", "where the addresses of the project's contracts are", join(REPOSITORY, "deployments"))
  .option("--logs", "a line for each request", false)
  .action(start);

program
  .command("kill")
  .description("stops all signing at once and for good, whether the rest of the signer answers or not")
  .option("--folder <folder>", "of the signer", FOLDER)
  .option("--database <url>", "of the signer, if it is not SQLite in its folder")
  .option("--reason <text>", "for the audit log", "by command")
  .option("--revoke-all <rpc>", "also revokes every session key on the chain behind this RPC, as the guardian")
  .option("--guardian-key <file>", "holds the guardian's private key")
  .action(kill);

await program.parseAsync();
