import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { verifyAttestation } from "../../src/attestation/index.ts";
import { createSignerEnclave } from "../../src/client/index.ts";
import { platformSettings } from "../../src/protocol/platformSettings.ts";
import { KeyStore } from "../../src/wallet/keyStore.ts";
import { openPlatform } from "../../src/wallet/platform.ts";
import { NOW } from "../attestation/pki/time.ts";
import { startTestSigner } from "../signer.ts";
import { type GoogleCloud, type GoogleFaults, startGoogleCloud } from "./googleCloud.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "confidential-"));
  return () => rmSync(folder, { recursive: true });
});
const keyStore = async ({ settings }: GoogleCloud): Promise<KeyStore> => {
  const keys = join(folder, "keys");
  return new KeyStore(keys, (await openPlatform(settings, keys)).seal);
};
async function inside<T>(faults: GoogleFaults, act: (cloud: GoogleCloud) => Promise<T>): Promise<T> {
  const cloud = await startGoogleCloud(folder, faults);
  try {
    return await act(cloud);
  } finally {
    await cloud.stop();
  }
}

describe("keys sealed by Confidential Space's KMS key", () => {
  it("come back to the same image", async () => {
    const { address } = await inside({}, async (cloud) => (await keyStore(cloud)).create("owner-a"));
    expect((await inside({}, async (cloud) => (await keyStore(cloud)).publicKey("owner-a"))).address).toBe(address);
  });

  it("come back to no other image: the identity provider gives it no token", async () => {
    await inside({}, async (cloud) => (await keyStore(cloud)).create("owner-a"));
    await expect(inside({ otherImage: true }, async (cloud) => (await keyStore(cloud)).publicKey("owner-a"))).rejects.toThrow(/STS's exchange failed: status 400/);
  });

  it.each<[string, GoogleFaults]>([
    ["the launcher answers no token", { launcher: "<html>" }],
    ["STS answers no access token", { sts: { token_type: "Bearer" } }],
    ["STS answers another kind of token", { sts: { access_token: "x", token_type: "MAC" } }],
    ["KMS does not know the access token", { sts: { access_token: "x", token_type: "Bearer" } }],
    ["KMS answers no ciphertext", { kms: () => ({ name: "x" }) }],
    ["KMS opens a key that is too short", { kms: (answer) => (answer["plaintext"] === undefined ? answer : { plaintext: "AAAA" }) }],
  ])("are not made when %s", async (_title, faults) => {
    await expect(inside(faults, async (cloud) => (await keyStore(cloud)).create("owner-a"))).rejects.toMatchObject({ name: "PlatformError" });
  });

  it("are not made when there is no launcher", async () => {
    const cloud = await startGoogleCloud(folder);
    await cloud.stop();
    await expect((await keyStore(cloud)).create("owner-a")).rejects.toMatchObject({ name: "PlatformError" });
  });
});

it("runs the whole signer, whose token the Confidential Space verifier accepts", async () => {
  await inside({}, async (cloud) => {
    const signer = await startTestSigner({ folder: join(folder, "signer"), platform: cloud.settings });
    try {
      const wallet = await signer.ask("POST", "/v1/s2s/wallets", { name: "test" });
      expect(wallet.status).toBe(201);
      const challenge = `0x${"11".repeat(32)}` as const;
      const enclave = createSignerEnclave({ url: signer.running.url, token: signer.credentials.owner }, String(wallet.body["id"]));
      const { evidence, ...owner } = await enclave.attest({ challenge });
      const verdict = await verifyAttestation(evidence, { policy: { confidentialSpace: cloud.policy() }, challenge, owner, clock: () => NOW });
      expect(verdict).toMatchObject({ platform: "confidential-space", pinned: true, debug: false });
      expect(cloud.asked().map(({ path }) => path.split(":")[1])).toEqual(["encrypt", "decrypt"]);
    } finally {
      await signer.stop();
    }
  });
});

it.each(["http://kms.example", "ftp://localhost", "https:"])("speaks to no key service without TLS: %s", (url) => {
  const settings = { platform: "confidential-space", kms_key: "projects/p/locations/l/keyRings/r/cryptoKeys/k", provider: "//iam.googleapis.com/x", audience: "a" };
  expect(platformSettings.safeParse(settings).success).toBe(true);
  expect(platformSettings.safeParse({ ...settings, kms_url: url }).success).toBe(false);
});
