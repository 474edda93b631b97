import { type OrganisationRules, NO_RULES } from "../protocol/session.ts";
import { AuditTail } from "../storage/auditLog.ts";
import { type Database, type Transaction } from "../storage/database.ts";
import { findSession, type Session, setSpent, type Spent } from "../storage/sessions.ts";
import { type Latch, readLatch, readState } from "../storage/state.ts";
import { findSmartAccount, findWallet, setDefinition, type SmartAccount, type Wallet } from "../storage/wallets.ts";

/** Most jobs of one transaction: what one commit costs is shared, and nobody waits long. */
const MAX_JOBS = 64;

/** One transaction and what was read in it. Reads are shared by its jobs, which run one after the other. */
export class Batch {
  readonly transaction: Transaction;
  readonly audit: AuditTail;
  readonly latch: Latch | undefined;
  readonly #read = new Map<string, Promise<unknown>>();
  readonly #spent = new Map<string, Spent>();

  private constructor(transaction: Transaction, audit: AuditTail, latch: Latch | undefined) {
    this.transaction = transaction;
    this.audit = audit;
    this.latch = latch;
  }

  static async of(transaction: Transaction): Promise<Batch> {
    return new Batch(transaction, await AuditTail.of(transaction), await readLatch(transaction));
  }

  async session(id: string): Promise<Session | undefined> {
    const session = await this.#once(`session ${id}`, () => findSession(this.transaction, id));
    const spent = this.#spent.get(id);
    return session && spent ? { ...session, spent } : session;
  }

  wallet(id: string): Promise<Wallet | undefined> {
    return this.#once(`wallet ${id}`, () => findWallet(this.transaction, id));
  }

  smartAccount(id: string): Promise<SmartAccount | undefined> {
    return this.#once(`account ${id}`, () => findSmartAccount(this.transaction, id));
  }

  /** Changes what is known of an account, for the jobs that follow as well. */
  async define(account: SmartAccount): Promise<void> {
    await setDefinition(this.transaction, account.id, account.definition);
    this.#read.set(`account ${account.id}`, Promise.resolve(account));
  }

  rules(): Promise<OrganisationRules> {
    return this.#once("rules", () => readRules(this.transaction));
  }

  /** Written when the batch ends, once for each session. */
  spend(id: string, spent: Spent): void {
    this.#spent.set(id, spent);
  }

  async flush(): Promise<void> {
    for (const [id, spent] of this.#spent) await setSpent(this.transaction, id, spent);
  }

  #once<T>(name: string, read: () => Promise<T>): Promise<T> {
    const known = this.#read.get(name) ?? read();
    this.#read.set(name, known);
    return known as Promise<T>;
  }
}

export const RULES = "organisation_rules";

export async function readRules(transaction: Transaction): Promise<OrganisationRules> {
  const text = await readState(transaction, RULES);
  return text === undefined ? NO_RULES : (JSON.parse(text) as OrganisationRules);
}

type Job = { readonly run: (batch: Batch) => Promise<unknown>; readonly resolve: (value: never) => void; readonly reject: (error: unknown) => void };

/**
 * Collects what is to be written and writes it in one durable transaction after the other. A job answers when its
 * transaction is on the disk. A job that throws takes its transaction with it; a refusal is therefore a value.
 */
export class Batcher {
  readonly #database: Database;
  #jobs: Job[] = [];
  #running = false;

  constructor(database: Database) {
    this.#database = database;
  }

  add<T>(run: (batch: Batch) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ run, resolve, reject });
      if (!this.#running) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#running = true;
    // What arrives in the same turn of the event loop goes into the same transaction.
    await new Promise(setImmediate);
    while (this.#jobs.length > 0) {
      const jobs = this.#jobs.splice(0, MAX_JOBS);
      try {
        const values = await this.#database.write(async (transaction) => {
          const batch = await Batch.of(transaction);
          const done: unknown[] = [];
          for (const { run } of jobs) done.push(await run(batch));
          await batch.flush();
          return done;
        });
        jobs.forEach(({ resolve }, index) => resolve(values[index] as never));
      } catch (error) {
        for (const { reject } of jobs) reject(error);
      }
      // Between two transactions, so that answers leave and other writers have their turn.
      await new Promise(setImmediate);
    }
    this.#running = false;
  }
}
