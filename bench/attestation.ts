/**
 * `npm run bench:attestation`: how long one verification takes. Writes `bench/results/attestation.json`, and the medians of TDX
 * and Nitro into `bench/results/signer.json` beside the figures of `npm run bench:signer`.
 *
 * One process, one verification after the other, evidence of the test PKI with a revocation list as long as Intel's.
 * Nothing is kept between verifications: each parses and checks every certificate, list and signature anew. Of several
 * batches the quietest counts, so that what else the machine does at the time is not measured.
 * `--check` writes nothing; it fails if a figure passes its bar.
 */
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { type Evidence, type AttestationPolicy, verifyArchivedAttestation } from "../tee-signer/src/attestation/index.ts";
import { revocationList } from "../tee-signer/test/attestation/pki/authority.ts";
import { tokenFixture } from "../tee-signer/test/attestation/pki/confidentialSpace.ts";
import { nitroFixture } from "../tee-signer/test/attestation/pki/nitro.ts";
import { snpFixture } from "../tee-signer/test/attestation/pki/sevSnp.ts";
import { tdxFixture } from "../tee-signer/test/attestation/pki/tdx.ts";
import { at, NOW } from "../tee-signer/test/attestation/pki/time.ts";

const RESULTS = new URL("results/attestation.json", import.meta.url);
const SIGNER_RESULTS = new URL("results/signer.json", import.meta.url);
const WARM_UP = 50;
const BATCHES = 6;
const ROUNDS = 100;
/** Milliseconds that the median must not pass. */
const BARS: Readonly<Record<string, number>> = { tdxVerifyMs: 15, nitroVerifyMs: 8 };
const REVOKED = Array.from({ length: 64 }, (_, index) => BigInt(index + 1) << 150n);

interface Job {
  name: string;
  evidence: Evidence;
  policy: AttestationPolicy;
}

async function jobs(): Promise<Job[]> {
  const tdx = tdxFixture({ collateral: ({ pckCa }) => ({ pckCrl: revocationList({ issuer: pckCa, window: at(-1000, 1000), revoked: REVOKED }) }) });
  const nitro = nitroFixture();
  const snp = snpFixture();
  const token = await tokenFixture();
  return [
    { name: "tdxVerify", evidence: tdx.evidence, policy: { tdx: tdx.policy } },
    { name: "nitroVerify", evidence: nitro.evidence, policy: { nitro: nitro.policy } },
    { name: "sevSnpVerify", evidence: snp.evidence, policy: { sevSnp: snp.policy } },
    { name: "confidentialSpaceVerify", evidence: token.evidence, policy: { confidentialSpace: token.policy } },
  ];
}

/** Milliseconds of each round of the batch with the lowest median, in ascending order. */
async function measure(job: Job): Promise<number[]> {
  await batch(job, WARM_UP);
  const batches: number[][] = [];
  for (let count = 0; count < BATCHES; count++) batches.push(await batch(job, ROUNDS));
  return batches.reduce((best, times) => (quantile(times, 0.5) < quantile(best, 0.5) ? times : best));
}

async function batch({ evidence, policy }: Job, rounds: number): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await verifyArchivedAttestation(evidence, { policy, at: NOW });
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

function quantile(times: readonly number[], share: number): number {
  return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
}

const results: Record<string, number> = {};
for (const job of await jobs()) {
  const times = await measure(job);
  results[`${job.name}Ms`] = Number(quantile(times, 0.5).toFixed(2));
  results[`${job.name}P99Ms`] = Number(quantile(times, 0.99).toFixed(2));
}
console.table(results);

const over = Object.entries(BARS).filter(([name, bar]) => !((results[name] ?? Number.NaN) <= bar));
for (const [name, bar] of over) console.error(`${name} is ${results[name]}, its bar is ${bar}`);
if (!process.argv.includes("--check")) {
  await writeFile(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`);
  const signer = existsSync(SIGNER_RESULTS) ? (JSON.parse(readFileSync(SIGNER_RESULTS, "utf8")) as object) : {};
  const barred = Object.fromEntries(Object.keys(BARS).map((name) => [name, results[name]]));
  await writeFile(SIGNER_RESULTS, `${JSON.stringify({ ...signer, ...barred }, undefined, 2)}\n`);
}
if (over.length > 0) process.exitCode = 1;
