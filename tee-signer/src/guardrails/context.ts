import { type Deployment } from "../protocol/accounts.ts";
import { type Database } from "../storage/database.ts";
import { type Batcher } from "./batcher.ts";
import { type Hashes } from "./credentials.ts";
import { type RateLimit } from "./rateLimit.ts";
import { type WalletLink } from "./walletLink.ts";

/** Contracts by `<chain id>/<EntryPoint version>`. */
export type Deployments = Readonly<Record<string, Deployment>>;

/** Why nothing is signed, if so. `sealed`: since boot; `killed`: by somebody's order. */
export type Halt = { readonly kind: "killed" | "sealed"; readonly reason: string };

/** What the verbs of the guardrails work with. */
export type Context = {
  readonly database: Database;
  readonly batcher: Batcher;
  readonly wallet: WalletLink;
  readonly hashes: Hashes;
  readonly rateLimit: RateLimit;
  readonly deployments: Deployments;
  /** Tells every connected client. */
  readonly broadcast: (event: string, body: Readonly<Record<string, unknown>>) => void;
  halt: Halt | undefined;
};
