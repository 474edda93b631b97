import { join } from "node:path";
import { encodeFunctionData, parseEther } from "viem";
import { entryPoint07Abi } from "viem/account-abstraction";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Chain, sendAs, startChain } from "../../../test/erc7562/chain.ts";
import { nonceKeyOf } from "../../../ts-sdk/src/accounts/nonceKey.ts";
import { releaseReservation } from "../../src/client/index.ts";
import { MARGIN } from "../../src/guardrails/releaseVerbs.ts";
import { AuditTail, verifyAudit } from "../../src/storage/auditLog.ts";
import { type Database } from "../../src/storage/database.ts";
import { openDatabase } from "../../src/storage/open.ts";
import { insertReservation } from "../../src/storage/reservations.ts";
import { setSpent } from "../../src/storage/sessions.ts";
import { ENTRY_POINT, ether, SHOP } from "../operations.ts";
import { openSession, prepare, type Prepared, sign, type TestSession } from "../prepared.ts";
import { DEPLOYMENT, LOCAL, startTestSigner, type TestSigner } from "../signer.ts";

/** The client asks a real chain and a real EntryPoint; the signer decides about operations that it signed hours ago. */

const NOW = Math.floor(Date.now() / 1000);
/** Times of the last block that is final, and of the two behind it. */
const FINAL = NOW - 10_000;
const NEWER = FINAL + MARGIN + 1000;
/** The latest end of a window that is over, by the margin, at the final block. */
const OVER = FINAL - MARGIN - 1;
const SPENT = { native: "30", tokens: {}, operations: 1 };
const KEY = nonceKeyOf(DEPLOYMENT.module);
/** How many nonces of {@link KEY} are used at the final block. */
const USED = 3n;

let database: Database;
let signer: TestSigner;
let prepared: Prepared;
let session: TestSession;
let chain: Chain;
beforeAll(async () => {
  // A block with two behind it is final.
  chain = await startChain(["--timestamp", String(FINAL - 10_000), "--slots-in-an-epoch", "1"]);
  signer = await startTestSigner();
  database = await openDatabase(`sqlite:${join(signer.folder, "data", "signer.db")}`);
  prepared = await prepare(signer);
  await chain.client.setBalance({ address: prepared.sender, value: parseEther("1") });
  for (let used = 0n; used < USED; used++) await useNonce();
  for (const timestamp of [FINAL, NEWER, NEWER + 1]) await mine(timestamp);
});
beforeEach(async () => {
  session = await openSession(signer, prepared);
});
afterAll(async () => {
  await database?.close();
  await signer?.stop();
  await chain?.stop();
});

/** As an operation of the account would that has landed. */
const useNonce = (): Promise<void> => sendAs(chain, prepared.sender, ENTRY_POINT, encodeFunctionData({ abi: entryPoint07Abi, functionName: "incrementNonce", args: [KEY] }));
async function mine(timestamp: number): Promise<void> {
  await chain.client.setNextBlockTimestamp({ timestamp: BigInt(timestamp) });
  await chain.client.mine({ blocks: 1 });
}

/** What the signer would have in its database, had the session asked hours ago. */
async function reserve(sequence: bigint, validUntil: number): Promise<string> {
  const reservation = `r-${session.id}-${sequence}`;
  await database.write(async (transaction) => {
    const entry = { subject: session.id, type: "signUserOperation.reserved", at: FINAL * 1000, reservation, native: SPENT.native, tokens: {}, chain: LOCAL, valid_until: String(validUntil) };
    const { seq } = await (await AuditTail.of(transaction)).append(entry);
    const slot = { chainId: LOCAL, entryPoint: ENTRY_POINT, sender: session.sender, nonce: String((KEY << 64n) | sequence) };
    await insertReservation(transaction, { ...slot, id: reservation, requester: session.id, userOpHash: "0x01", requestHash: "0x02", idempotencyKey: undefined }, seq, FINAL * 1000);
    await setSpent(transaction, session.id, SPENT);
  });
  return reservation;
}
const release = (reservation: string, sequence: bigint, token = signer.credentials.owner, wallet = prepared.walletId): Promise<unknown> =>
  releaseReservation(chain.client, { url: signer.running.url, token }, wallet, { reservation, entryPoint: ENTRY_POINT, sender: session.sender, nonce: (KEY << 64n) | sequence }).then(
    () => "released",
    (error: unknown) => `${(error as { code: string }).code}: ${(error as Error).message}`,
  );
const spent = async (): Promise<unknown> => (await signer.ask("GET", `/v1/s2s/agent-sessions/${session.id}`)).body["spent_native"];

it("is given back with its nonce, once, when its window was over by the margin at the final block", async () => {
  expect((await chain.client.getBlock({ blockTag: "finalized" })).timestamp).toBe(BigInt(FINAL));
  const sequence = USED + 10n;
  const reservation = await reserve(sequence, OVER);
  const again = () => sign(signer, session, [ether(SHOP, 1n)], sequence);
  expect((await again()).body.error?.code).toBe("nonce_already_signed");
  expect([await release(reservation, sequence), await spent()]).toEqual(["released", "0"]);
  expect((await again()).status).toBe(200);
  expect(await release(reservation, sequence)).toMatch(/^not_found/);
  expect((await verifyAudit(database)).fault).toBeUndefined();
});

it("is kept when the window ended one second later, until the blocks behind are final", async () => {
  const reservation = await reserve(USED + 1n, OVER + 1);
  expect([await release(reservation, USED + 1n), await spent()]).toEqual([expect.stringMatching(/^not_proven_dead: .*600 seconds after its window/), "30"]);
  const snapshot = await chain.client.snapshot();
  await mine(NEWER + 2);
  expect((await chain.client.getBlock({ blockTag: "finalized" })).timestamp).toBe(BigInt(NEWER));
  expect([await release(reservation, USED + 1n), await spent()]).toEqual(["released", "0"]);
  await chain.client.revert({ id: snapshot });
});

it("is kept while its window is open", async () => {
  const reservation = await reserve(USED + 2n, NOW + 60);
  expect([await release(reservation, USED + 2n), await spent()]).toEqual([expect.stringMatching(/^not_proven_dead/), "30"]);
});

it("is kept when its nonce is used: it may have landed", async () => {
  const reservation = await reserve(USED - 1n, OVER);
  expect([await release(reservation, USED - 1n), await spent()]).toEqual([expect.stringMatching(/^not_proven_dead: .*its nonce is used/), "30"]);
});

it("is judged by the final block alone: a nonce that was used behind it was another operation's", async () => {
  const reservation = await reserve(USED, OVER);
  const snapshot = await chain.client.snapshot();
  await useNonce();
  // The block behind the one that was final is, and the new one is not.
  expect([await release(reservation, USED), await spent()]).toEqual(["released", "0"]);
  await chain.client.revert({ id: snapshot });
});

it("is given back to the wallet's owner only", async () => {
  const reservation = await reserve(USED + 4n, OVER);
  const other = await prepare(signer);
  expect(await release(reservation, USED + 4n, signer.credentials.operator)).toMatch(/^forbidden/);
  expect(await release(reservation, USED + 4n, session.token)).toMatch(/^forbidden/);
  expect(await release(reservation, USED + 4n, signer.credentials.owner, other.walletId)).toMatch(/^not_found/);
  expect(await spent()).toBe("30");
});

it("is kept when the chain's clock is ahead of the signer's", async () => {
  const reservation = await reserve(USED + 5n, NOW + 60);
  for (const ahead of [3600, 3601, 3602]) await mine(NOW + ahead);
  expect(await release(reservation, USED + 5n)).toMatch(/^not_proven_dead: .*of the future/);
});
