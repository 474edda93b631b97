import { verify } from "node:crypto";
import { bytesToHex, type Hex, keccak256, recoverAddress, toHex } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSignerEnclave } from "../../src/client/index.ts";
import { ownerBindingDigest } from "../../src/protocol/ownerBinding.ts";
import { startTestSigner, type TestSigner } from "../signer.ts";

let signer: TestSigner;
let wallet: { id: string; address: Hex };
beforeAll(async () => {
  signer = await startTestSigner();
  wallet = (await signer.ask("POST", "/v1/s2s/wallets", { name: "test" })).body as unknown as typeof wallet;
});
afterAll(() => signer?.stop());

it("vouches for the owner key, over the asker's challenge, and says that it is simulated", async () => {
  const challenge = keccak256(toHex("fresh"));
  const enclave = createSignerEnclave({ url: signer.running.url, token: signer.credentials.owner }, wallet.id);
  const { evidence, binding, signature } = await enclave.attest({ challenge });
  expect(binding).toMatchObject({ platform: "simulated", owner: wallet.address, challenge });
  const digest = bytesToHex(ownerBindingDigest(binding));
  expect((await recoverAddress({ hash: digest, signature })).toLowerCase()).toBe(wallet.address);

  const document = JSON.parse(Buffer.from(evidence.evidence.slice(2), "hex").toString()) as { report: string; root: string; signature: string };
  const key = { key: Buffer.from(document.root.slice(2), "hex"), format: "der", type: "spki" } as const;
  expect(verify(null, Buffer.from(document.report), key, Buffer.from(document.signature.slice(2), "hex"))).toBe(true);
  expect(JSON.parse(document.report)).toMatchObject({ platform: "simulated", reportData: digest, warning: expect.stringContaining("SIMULATED") });
});

it("says another head of the log after something was recorded", async () => {
  const ask = async () => ((await signer.ask("POST", `/v1/s2s/wallets/${wallet.id}/attestation`, { challenge: `0x${"11".repeat(32)}` })).body["binding"] as { auditHead: string }).auditHead;
  const before = await ask();
  await signer.ask("POST", "/v1/s2s/wallets", { name: "another" });
  expect(await ask()).not.toBe(before);
});

it.each([undefined, "0x", "0x11"])("takes no challenge but 32 bytes: %s", async (challenge) => {
  expect((await signer.ask("POST", `/v1/s2s/wallets/${wallet.id}/attestation`, { challenge })).status).toBe(400);
});
