/**
 * `npm run test:signer-faults [-- <crashes> <malformed requests>]`: ends the signer's processes and the machine's power in
 * the middle of signing, and sends it what is no request. Takes some minutes: it is a lane of its own. Each crash and each
 * malformed request is one that passed or failed.
 */
import { crash } from "./crash.ts";
import { malformed } from "./malformed.ts";

const [crashes = "1000", requests = "10000"] = process.argv.slice(2);
const TELL_EVERY = 100;

const first = await malformed(Number(requests));
console.log(`${first.requests} malformed requests:`, first.answers);
console.log("Memory in MB, after the first thousands and at the end:", first.memory);
let told = 0;
const second = await crash(Number(crashes), (count) => {
  if (count < told + TELL_EVERY) return;
  told = count;
  console.log(`${count} crashes …`);
});
console.log(`${second.crashes} crashes: ${second.signatures} signatures given, ${second.unanswered} requests refused or unanswered`);
console.table(second.tally);

const faults = [...first.faults, ...second.faults];
for (const fault of faults) console.error(fault);
/** Steps that a long run always hits. What is left out is done in less than a millisecond, or is no work of that process. */
const HIT = {
  wallet: ["between reservation and signature"],
  http: ["before the reservation", "after the signature"],
  guardrails: ["before the reservation", "between reservation and signature"],
  power: ["before the reservation", "between reservation and signature"],
} as const;
const LONG = 400;
const missed = Number(crashes) < LONG ? [] : Object.entries(HIT).flatMap(([blow, steps]) => steps.filter((step) => second.tally[blow as keyof typeof HIT][step] === 0).map((step) => `no crash of ${blow} came ${step}`));
for (const line of missed) console.error(line);
const failed = faults.length + missed.length;
console.log(`\n${Math.max(0, first.requests + second.crashes - failed)} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
