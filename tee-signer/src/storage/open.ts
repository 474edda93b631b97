import { type Database } from "./database.ts";
import { openSqlite } from "./sqlite.ts";

/** Opens the database that a URL names: `sqlite:<path>`, or `postgres://…` for several replicas. */
export async function openDatabase(url: string): Promise<Database> {
  if (url.startsWith("sqlite:")) return openSqlite(url.slice("sqlite:".length));
  if (!/^postgres(ql)?:\/\//.test(url)) throw new TypeError("SIGNER_DATABASE is sqlite:<path> or postgres://…");
  // Loaded only when asked for: who uses SQLite needs no client for servers.
  const { openPostgres } = await import("./postgres.ts");
  return openPostgres(url);
}
