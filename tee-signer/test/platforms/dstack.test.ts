import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { createSignerEnclave } from "../../src/client/index.ts";
import { openDstack } from "../../src/platforms/dstack.ts";
import { type OwnerBinding, ownerBindingDigest } from "../../src/attestation/index.ts";
import { KeyStore } from "../../src/wallet/keyStore.ts";
import { startTestSigner } from "../signer.ts";
import { startDstackAgent } from "./dstackAgent.ts";

let folder: string;
let socket: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dstack-"));
  socket = join(folder, "agent.sock");
  return () => rmSync(folder, { recursive: true });
});
const keyStore = (): KeyStore => new KeyStore(join(folder, "keys"), openDstack(socket).seal);

describe("keys sealed by dstack", () => {
  it("come back to the same application, and to no other", async () => {
    const agent = await startDstackAgent(socket, "this application");
    const { address } = await keyStore().create("owner-a");
    expect((await keyStore().publicKey("owner-a")).address).toBe(address);
    await agent.stop();
    const other = await startDstackAgent(socket, "another application");
    await expect(keyStore().publicKey("owner-a")).rejects.toThrow();
    await other.stop();
  });

  it.each([
    ["an error", { status: 500 }],
    ["no JSON", { answer: "<html>" }],
    ["a short key", { answer: '{"key": "aabb"}' }],
    ["no key", { answer: "{}" }],
  ])("are not made when the agent answers %s", async (_title, faults) => {
    const agent = await startDstackAgent(socket, "x", faults);
    await expect(keyStore().create("owner-a")).rejects.toThrow(/dstack's GetKey failed/);
    await agent.stop();
  });

  it("are not made when there is no agent", async () => {
    await expect(keyStore().create("owner-a")).rejects.toThrow(/dstack's GetKey failed/);
  });
});

it("runs the whole signer, whose wallet process reaches the agent's socket, and attests by a quote over the binding", async () => {
  const agent = await startDstackAgent(socket, "this application");
  const signer = await startTestSigner({ folder: join(folder, "signer"), platform: { platform: "dstack", socket } });
  const wallet = await signer.ask("POST", "/v1/s2s/wallets", { name: "test" });
  expect(wallet.status).toBe(201);
  const attested = await signer.ask("POST", `/v1/owner/wallets/${wallet.body["id"]}/attestation`, { challenge: `0x${"11".repeat(32)}` }, signer.credentials.owner);
  const { binding, ...evidence } = attested.body as unknown as { binding: OwnerBinding; platform: string; evidence: string; event_log: unknown };
  expect([evidence.platform, binding.platform]).toEqual(["tdx", "tdx"]);
  expect(evidence.evidence).toContain(ownerBindingDigest(binding).slice(2));
  expect(evidence.event_log).toEqual([expect.objectContaining({ imr: 3, event: "app-id" })]);
  const enclave = createSignerEnclave({ url: signer.running.url, token: signer.credentials.owner }, String(wallet.body["id"]));
  await expect(enclave.attest({ challenge: `0x${"11".repeat(32)}` })).rejects.toThrow(/Intel's `collateral`/);
  expect(new Set(agent.requests)).toEqual(new Set(["POST /GetKey", "POST /GetQuote"]));
  await signer.stop();
  await agent.stop();
});
