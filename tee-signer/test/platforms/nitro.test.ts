import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "cborg";
import { beforeEach, describe, expect, it } from "vitest";
import { verifyAttestation } from "../../src/attestation/index.ts";
import { createSignerEnclave } from "../../src/client/index.ts";
import { openForRecipient } from "../../src/platforms/nitro/recipient.ts";
import { openPlatform } from "../../src/wallet/platform.ts";
import { KeyStore } from "../../src/wallet/keyStore.ts";
import { NOW } from "../attestation/pki/time.ts";
import { startTestSigner } from "../signer.ts";
import { encryptFor, type NitroFaults, type NitroParent, startNitroParent } from "./nitroParent.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nitro-"));
  return () => rmSync(folder, { recursive: true });
});
const keyStore = async ({ settings }: NitroParent): Promise<KeyStore> => {
  const keys = join(folder, "keys");
  return new KeyStore(keys, (await openPlatform(settings, keys)).seal);
};
async function inside<T>(faults: NitroFaults, act: (parent: NitroParent) => Promise<T>): Promise<T> {
  const parent = await startNitroParent(folder, faults);
  try {
    return await act(parent);
  } finally {
    await parent.stop();
  }
}

describe("keys sealed by a Nitro enclave's KMS key", () => {
  it("come back to the same code", async () => {
    const { address } = await inside({}, async (parent) => (await keyStore(parent)).create("owner-a"));
    expect((await inside({}, async (parent) => (await keyStore(parent)).publicKey("owner-a"))).address).toBe(address);
  });

  it("come back to no other code: KMS's policy wants other measurements", async () => {
    await inside({}, async (parent) => (await keyStore(parent)).create("owner-a"));
    await expect(inside({ otherCode: true }, async (parent) => (await keyStore(parent)).publicKey("owner-a"))).rejects.toThrow(/KMS's Decrypt failed: status 400/);
  });

  it("are asked of KMS once in a process's life", async () => {
    await inside({}, async (parent) => {
      const keys = await keyStore(parent);
      await keys.create("owner-a");
      await keys.create("owner-b");
      expect(parent.carried().split("\n")).toHaveLength(2);
    });
  });

  const publicKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "der" });
  it.each<[string, NitroFaults]>([
    ["KMS answers in plaintext", { kmsAnswer: (answer) => ({ ...answer, Plaintext: Buffer.alloc(32).toString("base64") }) }],
    ["KMS answers for another key", { kmsAnswer: (answer) => ({ ...answer, CiphertextForRecipient: encryptFor(publicKey, Buffer.alloc(32)).toString("base64") }) }],
    ["KMS answers nothing for the recipient", { kmsAnswer: ({ CiphertextForRecipient: _, ...answer }) => answer }],
    ["KMS answers garbage", { kmsAnswer: (answer) => ({ ...answer, CiphertextForRecipient: "AAAA" }) }],
    ["the module answers an error", { nsmAnswer: encode({ Error: "InvalidArgument" }) }],
    ["the module answers no CBOR", { nsmAnswer: Uint8Array.of(0xff) }],
    ["the parent has no credentials", { credentials: {} }],
  ])("are not made when %s", async (_title, faults) => {
    await expect(inside(faults, async (parent) => (await keyStore(parent)).create("owner-a"))).rejects.toMatchObject({ name: "PlatformError" });
  });

  it("are not made when the parent is silent", async () => {
    const parent = await startNitroParent(folder);
    await parent.stop();
    await expect((await keyStore(parent)).create("owner-a")).rejects.toMatchObject({ name: "PlatformError" });
  });

  it("do not come back by a seal key that was wrapped by another KMS key", async () => {
    await inside({}, async (parent) => {
      await (await keyStore(parent)).create("owner-a");
      const file = join(folder, "keys", "seal.wrapped.json");
      writeFileSync(file, readFileSync(file, "utf8").replace("1234abcd", "another"));
      await expect((await keyStore(parent)).publicKey("owner-a")).rejects.toThrow(/it was wrapped by another key/);
    });
  });
});

describe("what KMS encrypts for a recipient", () => {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const spki = pair.publicKey.export({ type: "spki", format: "der" });
  const secret = Buffer.from("a secret of thirty-two bytes ...");

  it("opens with the recipient's key", () => {
    expect(Buffer.from(openForRecipient(encryptFor(spki, secret), pair.privateKey))).toEqual(secret);
  });

  it.each([
    ["another algorithm for the content", encryptFor(spki, secret, { algorithm: "2.16.840.1.101.3.4.1.2" })],
    ["another algorithm for the key", encryptFor(spki, secret, { transport: "1.2.840.113549.1.1.1" })],
    ["two recipients", encryptFor(spki, secret, { recipients: 2 })],
    ["bytes behind its end", Buffer.concat([encryptFor(spki, secret), Buffer.from([0])])],
    ["an end too early", encryptFor(spki, secret).subarray(0, -9)],
    ["nothing", Buffer.alloc(0)],
  ])("is refused with %s", (_title, bytes) => {
    expect(() => openForRecipient(bytes, pair.privateKey)).toThrow(/Reading KMS's CiphertextForRecipient/);
  });
});

it("runs the whole signer in an enclave, whose evidence the Nitro verifier accepts", async () => {
  await inside({}, async (parent) => {
    const signer = await startTestSigner({ folder: join(folder, "signer"), platform: parent.settings });
    try {
      const wallet = await signer.ask("POST", "/v1/s2s/wallets", { name: "test" });
      expect(wallet.status).toBe(201);
      const challenge = `0x${"11".repeat(32)}` as const;
      const enclave = createSignerEnclave({ url: signer.running.url, token: signer.credentials.owner }, String(wallet.body["id"]));
      const { evidence, ...owner } = await enclave.attest({ challenge });
      const verdict = await verifyAttestation(evidence, { policy: { nitro: parent.policy() }, challenge, owner, clock: () => NOW });
      expect(verdict).toMatchObject({ platform: "nitro", pinned: true, debug: false, nonce: challenge });
    } finally {
      await signer.stop();
    }
  });
});
