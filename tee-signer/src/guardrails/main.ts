/** The guardrails process: policy, counters and the audit log. No key, and no network but the database's. */
import { type Socket } from "node:net";
import { z } from "zod/v4";
import { deployment } from "../protocol/accounts.ts";
import { type ApiRequest } from "../protocol/api.ts";
import { Channel } from "../protocol/channel.ts";
import { SignerError } from "../protocol/errors.ts";
import { auditHead, verifyAudit, type AuditHead } from "../storage/auditLog.ts";
import { openDatabase } from "../storage/open.ts";
import { readLatch } from "../storage/state.ts";
import { fileAnchor } from "./anchor.ts";
import { Batcher } from "./batcher.ts";
import { type Context } from "./context.ts";
import { openCredentials } from "./credentials.ts";
import { read } from "./input.ts";
import { RateLimit } from "./rateLimit.ts";
import { stop } from "./runVerbs.ts";
import { serve } from "./verbs.ts";
import { WalletLink } from "./walletLink.ts";

/** How often the log's head is carried outside, and how often another replica's kill is looked for. */
const ANCHOR_MS = 250;
const LATCH_MS = 100;

const settings = z.object({ database: z.string(), anchor: z.string(), deployments: z.record(z.string(), deployment) });
const { database: url, anchor: anchorPath, deployments } = settings.parse(JSON.parse(process.argv[2] ?? "{}"));

const database = await openDatabase(url);
const anchor = fileAnchor(anchorPath);
const { hashes, issued } = await openCredentials(database);
let listeners: Channel | undefined;
let anchored: AuditHead | undefined;

const context: Context = {
  database,
  batcher: new Batcher(database),
  wallet: new WalletLink((order) => process.send?.({ order })),
  hashes,
  rateLimit: new RateLimit(),
  deployments,
  broadcast: (event, body) => listeners?.tell(event, body),
  halt: await haltAtBoot(),
};

/** What was decided before, or happened to the database meanwhile, holds after a restart as well. */
async function haltAtBoot(): Promise<Context["halt"]> {
  const latch = await database.read(readLatch);
  if (latch) return { kind: "killed", reason: latch.reason };
  try {
    const { fault } = await verifyAudit(database, anchor.read());
    if (fault) return { kind: "sealed", reason: `the audit log is not the one that was anchored, from record ${fault.seq}: ${fault.reason}` };
  } catch (error) {
    return { kind: "sealed", reason: `the anchor cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
  return undefined;
}

process.on("message", (message, socket) => {
  const channel = new Channel(socket as Socket);
  if (message === "wallet") return context.wallet.attach(channel);
  listeners = channel;
  channel.answer((verb, body) => serve(context, verb, body as ApiRequest));
});
process.on("disconnect", () => process.exit(0));
// `valet-signer kill` has written the latch and asks to look at it.
process.on("SIGUSR2", () => void lookAtLatch().catch((error: unknown) => console.error(error)));

async function lookAtLatch(): Promise<void> {
  const latch = await database.read(readLatch);
  if (latch && context.halt?.kind !== "killed") stop(context, latch.reason);
}

/** What keeps failing, such as while the database is away, is told once. */
function repeat(milliseconds: number, work: () => Promise<void>): void {
  let failing = false;
  const fail = (error: unknown): void => {
    if (!failing) console.error(error instanceof SignerError ? `${error.shortMessage} ${String(error.cause)}` : error);
    failing = true;
  };
  const succeed = (): void => {
    failing = false;
  };
  setInterval(() => void work().then(succeed, fail), milliseconds).unref();
}

repeat(LATCH_MS, lookAtLatch);
repeat(ANCHOR_MS, carryOut);

/** Without a wallet to sign it, the head waits for the next one. */
async function carryOut(): Promise<void> {
  if (context.halt || !context.wallet.running) return;
  const head = await database.read(auditHead);
  if (head.seq === (anchored?.seq ?? 0)) return;
  const signed = await context.wallet.ask("signHead", head).catch(() => undefined);
  if (signed === undefined) return;
  anchor.write({ ...head, ...read(z.object({ signature: z.string(), public_key: z.string() }), signed) });
  anchored = head;
}

if (!context.halt) await context.wallet.start();
process.send?.({ ready: true, halt: context.halt ?? null, ...(issued && { issued }) });
