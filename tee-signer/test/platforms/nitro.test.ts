import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "cborg";
import { describe, expect, it } from "vitest";
import { openForRecipient } from "../../src/platforms/nitro/recipient.ts";
import { encryptFor, type NitroFaults, type NitroParent, startNitroParent } from "./nitroParent.ts";
import { useSurroundings } from "./surroundings.ts";

const { keysFolder, keyStore, inside, makeKey, findKey, makeKeyAlone, attest, CHALLENGE } = useSurroundings<NitroFaults, NitroParent>(startNitroParent);

describe("keys sealed by a Nitro enclave's KMS key", () => {
  it("come back to the same code", async () => {
    const { address } = await makeKey();
    expect((await findKey()).address).toBe(address);
  });

  it("come back to no other code: KMS's policy wants other measurements", async () => {
    await makeKey();
    await expect(findKey({ otherCode: true })).rejects.toThrow(/KMS's Decrypt failed: status 400/);
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
    ["KMS answers nothing for the recipient", { kmsAnswer: (answer) => ({ ...answer, CiphertextForRecipient: undefined }) }],
    ["KMS answers garbage", { kmsAnswer: (answer) => ({ ...answer, CiphertextForRecipient: "AAAA" }) }],
    ["the module answers an error", { nsmAnswer: encode({ Error: "InvalidArgument" }) }],
    ["the module answers no CBOR", { nsmAnswer: Uint8Array.of(0xff) }],
    ["the parent has no credentials", { credentials: {} }],
  ])("are not made when %s", async (_title, faults) => {
    await expect(makeKey(faults)).rejects.toMatchObject({ name: "PlatformError" });
  });

  it("are not made when the parent is silent", async () => {
    await expect(makeKeyAlone()).rejects.toMatchObject({ name: "PlatformError" });
  });

  it("do not come back by a seal key that was wrapped by another KMS key", async () => {
    await inside({}, async (parent) => {
      await (await keyStore(parent)).create("owner-a");
      const file = join(keysFolder(), "seal.wrapped.json");
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
    expect(await attest(parent, { nitro: parent.policy() })).toMatchObject({ platform: "nitro", pinned: true, debug: false, nonce: CHALLENGE });
  });
});
