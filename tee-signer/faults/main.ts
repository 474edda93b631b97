/**
 * `npm run test:signer-faults [-- <crashes on SQLite> <malformed requests> <crashes on Postgres>]`: ends the signer's
 * processes, its database's server and the machine's power in the middle of signing, and sends it what is no request. Takes
 * some minutes: it is a lane of its own. Each crash and each malformed request is one that passed or failed.
 */
import { type Blow, crash, type CrashReport } from "./crash.ts";
import { type DiskKind } from "./disks.ts";
import { type Step } from "./ledger.ts";
import { malformed } from "./malformed.ts";

const [sqlite = "1000", requests = "10000", postgres = "240"] = process.argv.slice(2);
const TELL_EVERY = 100;

/** Steps that a long run always hits. What is left out is done in less than a millisecond, or is no work of that process. */
const HIT: Readonly<Record<Blow, readonly Step[]>> = {
  wallet: ["between reservation and signature"],
  http: ["before the reservation", "after the signature"],
  guardrails: ["before the reservation", "between reservation and signature"],
  server: ["before the reservation", "between reservation and signature"],
  power: ["before the reservation", "between reservation and signature"],
};
/** Blows of a kind after which none of its steps can still have been missed by chance. */
const LONG = 20;

function report(kind: DiskKind, { crashes, signatures, askedAgain, tally }: CrashReport): void {
  console.log(`${crashes} crashes on ${kind}: ${signatures} signatures given, ${askedAgain} requests asked again`);
  console.table(tally);
}

function missedBy(kind: DiskKind, { tally }: CrashReport): readonly string[] {
  return Object.entries(tally).flatMap(([blow, counts]) =>
    counts.crashes < LONG ? [] : HIT[blow as Blow].filter((step) => counts[step] === 0).map((step) => `no crash of ${blow} on ${kind} came ${step}`),
  );
}

async function run(kind: DiskKind, count: number): Promise<CrashReport> {
  let told = 0;
  return crash(kind, count, (done) => {
    if (done < told + TELL_EVERY) return;
    told = done;
    console.log(`${done} crashes on ${kind} …`);
  });
}

const first = await malformed(Number(requests));
console.log(`${first.requests} malformed requests:`, first.answers);
console.log("Memory in MB, after half of them and at the end:", first.memory);
// Side by side: much of a crash is waiting for processes to come back.
const [onSqlite, onPostgres] = await Promise.all([run("sqlite", Number(sqlite)), run("postgres", Number(postgres))]);
report("sqlite", onSqlite);
report("postgres", onPostgres);

const failures = [...first.faults, ...onSqlite.faults, ...onPostgres.faults, ...missedBy("sqlite", onSqlite), ...missedBy("postgres", onPostgres)];
for (const failure of failures) console.error(failure);
console.log(`\n${Math.max(0, first.requests + onSqlite.crashes + onPostgres.crashes - failures.length)} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
