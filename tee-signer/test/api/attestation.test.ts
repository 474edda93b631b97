import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Hex, keccak256, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AttestationPolicy, verifyAttestation } from "../../src/attestation/index.ts";
import { createSignerEnclave, ownerPolicyHash } from "../../src/client/index.ts";
import { ROOT_FILE, SIMULATED_MEASUREMENT } from "../../src/simulator/platform.ts";
import { startTestSigner, type TestSigner } from "../signer.ts";

let signer: TestSigner;
let wallet: { id: string; address: Hex };
let policy: AttestationPolicy;
beforeAll(async () => {
  signer = await startTestSigner();
  wallet = (await signer.ask("POST", "/v1/s2s/wallets", { name: "test" })).body as unknown as typeof wallet;
  const root = readFileSync(join(signer.folder, "simulator", ROOT_FILE), "utf8");
  policy = { simulated: { acceptSimulated: true, roots: [root], measurements: [SIMULATED_MEASUREMENT] } };
});
afterAll(() => signer?.stop());

const challenge = keccak256(toHex("fresh"));
const attest = () => createSignerEnclave({ url: signer.running.url, token: signer.credentials.owner }, wallet.id).attest({ challenge });

describe("the verifier", () => {
  it("accepts the signer's evidence for its owner key, its rules and the asker's challenge", async () => {
    const { evidence, ...owner } = await attest();
    expect(owner.binding).toMatchObject({ platform: "simulated", owner: wallet.address, challenge, policyHash: ownerPolicyHash({}) });
    expect(await verifyAttestation(evidence, { policy, challenge, owner })).toMatchObject({ platform: "simulated", pinned: true, debug: false });
  });

  it("refuses it where the policy does not name the simulator", async () => {
    const { evidence, ...owner } = await attest();
    await expect(verifyAttestation(evidence, { policy: { nitro: { pcrs: "unpinned" } }, challenge, owner })).rejects.toMatchObject({ code: "SIMULATED" });
  });

  it("refuses another challenge, and rules other than the signer's", async () => {
    const { evidence, binding, signature } = await attest();
    await expect(verifyAttestation(evidence, { policy, challenge: keccak256("0x01"), owner: { binding, signature } })).rejects.toMatchObject({ code: "CHALLENGE" });
    const wider = { ...binding, policyHash: ownerPolicyHash({ max_gas_cost_native: "1" }) };
    await expect(verifyAttestation(evidence, { policy, challenge, owner: { binding: wider, signature } })).rejects.toMatchObject({ code: "CHALLENGE" });
  });
});

it("says another head of the log after something was recorded", async () => {
  const before = (await attest()).binding.auditHead;
  await signer.ask("POST", "/v1/s2s/wallets", { name: "another" });
  expect((await attest()).binding.auditHead).not.toBe(before);
});

it.each([undefined, "0x", "0x11"])("takes no challenge but 32 bytes: %s", async (challenge) => {
  expect((await signer.ask("POST", `/v1/s2s/wallets/${wallet.id}/attestation`, { challenge })).status).toBe(400);
});
