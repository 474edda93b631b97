/**
 * `npm run test:signer-faults [-- <crashes> <malformed requests>]`: ends the signer's processes in the middle of signing,
 * and sends it what is no request. Takes minutes: it is a lane of its own.
 */
import { crash } from "./crash.ts";
import { malformed } from "./malformed.ts";

const [crashes = "100", requests = "10000"] = process.argv.slice(2);

const first = await malformed(Number(requests));
console.log(`${first.requests} malformed requests:`, first.answers);
const second = await crash(Number(crashes), (round) => {
  if (round % 50 === 0) console.log(`${round} crashes …`);
});
console.log(`${second.rounds} crashes: ${second.signatures} signatures given, ${second.unanswered} requests refused or unanswered`);

const results = [first, second];
for (const fault of results.flatMap(({ faults }) => faults)) console.error(fault);
const failed = results.filter(({ faults }) => faults.length > 0).length;
console.log(`\n${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
