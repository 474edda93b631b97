import { type CustomTypesConfig, Pool, type PoolClient, types as parsers } from "pg";
import { SignerError } from "../protocol/errors.ts";
import { type Database, type Row, type Transaction, type Value } from "./database.ts";
import { SCHEMA } from "./schema.ts";

const BIGINT_OID = 20;
/** Any number that nothing else in the database takes for an advisory lock. */
const SCHEMA_LOCK = 0x56_4b_53;

const types: CustomTypesConfig = {
  // Sequence numbers and milliseconds, far below 2^53.
  getTypeParser: (oid, format) => (oid === BIGINT_OID ? Number : (parsers.getTypeParser(oid, format) as (value: string) => unknown)),
};

/** The server confirms what a power cut would take back. No client can change that. */
export class UnsafeDatabaseError extends Error {
  constructor() {
    super("The Postgres server runs with `fsync` off: it forgets what it has confirmed when its machine stops. Turn it on.");
    this.name = "UnsafeDatabaseError";
  }
}

/**
 * Postgres, for several replicas. Every write locks the audit log first, so that replicas
 * write one after the other and share caps exactly. `synchronous_commit` is set, whatever the server's default.
 *
 * @throws UnsafeDatabaseError; SignerError `database_unavailable`, here and from every transaction
 */
export async function openPostgres(url: string): Promise<Database> {
  const pool = new Pool({ connectionString: url, types, max: 4 });
  // A connection that breaks while idle is replaced; what was under way on it fails by itself.
  pool.on("error", () => undefined);
  // The pool looks after idle ones only: without this, one that breaks while in use ends the process.
  pool.on("connect", (client) => client.on("error", () => undefined));
  const within = async <T>(begin: readonly string[], work: (it: Transaction) => Promise<T>): Promise<T> => {
    const client = await pool.connect().catch(unavailable);
    let broken = false;
    try {
      for (const statement of begin) await client.query(statement);
      const result = await work(transactionOf(client));
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => {
        broken = true;
      });
      if (broken) unavailable(error);
      throw error;
    } finally {
      client.release(broken);
    }
  };
  try {
    // Two replicas that start at once would both create the tables.
    await within(["BEGIN", `SELECT pg_advisory_xact_lock(${SCHEMA_LOCK})`], async (transaction) => {
      const [durability] = await transaction.all("SHOW fsync");
      if (durability?.["fsync"] !== "on") throw new UnsafeDatabaseError();
      for (const statement of SCHEMA) await transaction.run(statement);
    });
  } catch (error) {
    await pool.end();
    throw error;
  }
  const BEGIN_WRITE = ["BEGIN", "SET LOCAL synchronous_commit = on", "LOCK TABLE audit IN EXCLUSIVE MODE"];
  return {
    kind: "postgres",
    write: (work) => within(BEGIN_WRITE, work),
    read: (work) => within(["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"], work),
    close: () => pool.end(),
  };
}

/** Whether a commit that was under way has taken place is not known: who asks again finds out. */
function unavailable(cause: unknown): never {
  throw Object.assign(new SignerError("database_unavailable", "The signer's database does not answer; ask the same again."), { cause });
}

function transactionOf(client: PoolClient): Transaction {
  const query = async (sql: string, values: readonly Value[]): Promise<readonly Row[]> => {
    let index = 0;
    const text = sql.replaceAll("?", () => `$${++index}`);
    return (await client.query<Row>(text, [...values])).rows;
  };
  return {
    all: (sql, ...values) => query(sql, values),
    run: async (sql, ...values) => {
      await query(sql, values);
    },
  };
}
