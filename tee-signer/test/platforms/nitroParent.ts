import { constants, createCipheriv, createDecipheriv, createHash, createHmac, createPublicKey, publicEncrypt, randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { join } from "node:path";
import { decode, encode } from "cborg";
import { type NitroPolicy, verifyArchivedAttestation } from "../../src/attestation/index.ts";
import { type PlatformSettings } from "../../src/protocol/platformSettings.ts";
import { integer, octets, oid, sequence, tlv } from "../attestation/pki/der.ts";
import { nitroFixture, pinned } from "../attestation/pki/nitro.ts";
import { NOW } from "../attestation/pki/time.ts";
import { type Asked, type Answered, serve } from "./http.ts";

/** What the parent, the module or the key service would do wrong. */
export type NitroFaults = {
  /** Runs other code than the key's policy asks for. */
  otherCode?: boolean;
  nsmAnswer?: Uint8Array;
  /** Changes what KMS has answered, as the parent could if it ended TLS. */
  kmsAnswer?: (answer: Record<string, string>) => unknown;
  credentials?: unknown;
};

export type NitroParent = { readonly settings: PlatformSettings; readonly policy: () => NitroPolicy; readonly carried: () => string; stop(): Promise<void> };

const CREDENTIALS = { AccessKeyId: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Token: "session token" };
const REGION = "eu-central-1";
export const KMS_KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd";

/** Key material of the KMS that every parent here shares, as a region's KMS would. */
const kmsSecret = randomBytes(32);

/**
 * What surrounds an enclave, as far as the signer asks it: the helper in front of /dev/nsm, the parent's credentials, and
 * AWS KMS with a key whose policy wants the enclave's measurements. Field names and encodings are those of AWS's
 * documentation; signatures, attestation documents and contexts are really checked.
 */
export async function startNitroParent(folder: string, faults: NitroFaults = {}): Promise<NitroParent> {
  const path = (name: string): string => join(folder, name);
  const roots: string[] = [];
  const nsm = await startNsm(path("nsm.sock"), roots, faults);
  const credentials = await serve(() => ({ body: faults.credentials ?? CREDENTIALS }), path("credentials.sock"));
  const policy = (): NitroPolicy => ({ pcrs: pinned(), roots });
  const kms = await serve(async (asked) => {
    const { body, status } = await answerOfKms(asked, policy());
    return { ...(status !== undefined && { status }), body: faults.kmsAnswer ? faults.kmsAnswer(body as Record<string, string>) : body };
  }, path("kms.sock"));
  return {
    policy,
    carried: () => kms.asked.map(({ body }) => body).join("\n"),
    settings: {
      platform: "nitro",
      nsm_socket: path("nsm.sock"),
      kms_socket: path("kms.sock"),
      credentials_socket: path("credentials.sock"),
      region: REGION,
      kms_key: KMS_KEY,
      kms_url: "http://localhost",
    },
    async stop() {
      await Promise.all([nsm(), credentials.stop(), kms.stop()]);
    },
  };
}

function startNsm(path: string, roots: string[], { otherCode = false, nsmAnswer }: NitroFaults): Promise<() => Promise<void>> {
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4 || received.length < 4 + received.readUInt32BE()) return;
      const { Attestation: asked } = decode(received.subarray(4)) as { Attestation: Record<string, Uint8Array | null> };
      const pcrs = new Map([0, 1, 2].map((index) => [index, Buffer.alloc(48, (otherCode ? 0x50 : 0x10) + index)]));
      const { evidence, policy } = nitroFixture({ pcrs, fields: asked });
      roots.push(...(policy.roots ?? []).map(String));
      const answer = nsmAnswer ?? encode({ Attestation: { document: evidence.document } });
      const head = Buffer.alloc(4);
      head.writeUInt32BE(answer.length);
      socket.write(Buffer.concat([head, answer]));
    });
  });
  return new Promise((resolve) => void server.listen(path, () => resolve(() => new Promise((done) => void server.close(() => done())))));
}

type KmsRequest = {
  readonly KeyId: string;
  readonly KeySpec?: string;
  readonly CiphertextBlob?: string;
  readonly EncryptionContext: Record<string, string>;
  readonly Recipient: { readonly AttestationDocument: string; readonly KeyEncryptionAlgorithm: string };
};

async function answerOfKms(asked: Asked, policy: NitroPolicy): Promise<Answered> {
  checkSignature(asked);
  const { KeyId, KeySpec, CiphertextBlob, EncryptionContext, Recipient } = JSON.parse(asked.body) as KmsRequest;
  if (KeyId !== KMS_KEY || Recipient.KeyEncryptionAlgorithm !== "RSAES_OAEP_SHA_256") throw new Error("ValidationException");
  // The condition of the key's policy: these measurements, in a document under AWS's root.
  const document = Uint8Array.from(Buffer.from(Recipient.AttestationDocument, "base64"));
  const verdict = await verifyArchivedAttestation({ platform: "nitro", document }, { policy: { nitro: policy }, at: NOW });
  if (verdict.platform !== "nitro" || verdict.publicKey === undefined) throw new Error("ValidationException");
  const recipient = Buffer.from(verdict.publicKey.slice(2), "hex");
  const context = JSON.stringify(EncryptionContext);
  if (asked.headers["x-amz-target"] === "TrentService.GenerateDataKey" && KeySpec === "AES_256") {
    const key = randomBytes(32);
    return { body: { KeyId, CiphertextBlob: wrap(key, context).toString("base64"), CiphertextForRecipient: encryptFor(recipient, key).toString("base64"), Plaintext: "" } };
  }
  if (asked.headers["x-amz-target"] !== "TrentService.Decrypt" || CiphertextBlob === undefined) throw new Error("UnknownOperationException");
  const key = unwrap(Buffer.from(CiphertextBlob, "base64"), context);
  return { body: { KeyId, CiphertextForRecipient: encryptFor(recipient, key).toString("base64"), Plaintext: null } };
}

function wrap(key: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", kmsSecret, nonce).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(key), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function unwrap(blob: Buffer, context: string): Buffer {
  const cipher = createDecipheriv("aes-256-gcm", kmsSecret, blob.subarray(0, 12)).setAAD(Buffer.from(context)).setAuthTag(blob.subarray(12, 28));
  return Buffer.concat([cipher.update(blob.subarray(28)), cipher.final()]);
}

/** AWS Signature Version 4, written here from its documentation. */
function checkSignature({ method, path, headers, body }: Asked): void {
  const match = /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/kms\/aws4_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? "");
  const [, id, day = "", region = "", names = "", signature] = match ?? [];
  if (id !== CREDENTIALS.AccessKeyId || region !== REGION || headers["x-amz-security-token"] !== CREDENTIALS.Token) throw new Error("UnrecognizedClientException");
  for (const name of ["host", "x-amz-date", "x-amz-security-token", "x-amz-target"]) if (!names.split(";").includes(name)) throw new Error(`${name} is not signed`);
  const sha = (text: string): string => createHash("sha256").update(text).digest("hex");
  const canonicalHeaders = names.split(";").map((name) => `${name}:${String(headers[name]).trim()}\n`).join("");
  const canonical = [method, path, "", canonicalHeaders, names, sha(body)].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], `${day}/${region}/kms/aws4_request`, sha(canonical)].join("\n");
  const key = [day, region, "kms", "aws4_request"].reduce<Buffer | string>((secret, part) => createHmac("sha256", secret).update(part).digest(), `AWS4${CREDENTIALS.SecretAccessKey}`);
  if (createHmac("sha256", key).update(toSign).digest("hex") !== signature) throw new Error("SignatureDoesNotMatch");
}

/** A constructed value of indefinite length, as KMS writes them. */
const indefinite = (tag: number, ...parts: Uint8Array[]): Buffer => Buffer.concat([Buffer.from([tag, 0x80]), ...parts, Buffer.from([0, 0])]);

export type Cms = { algorithm?: string; transport?: string; recipients?: number };

/** CMS EnvelopedData for one key. */
export function encryptFor(publicKey: Uint8Array, secret: Uint8Array, { algorithm = "2.16.840.1.101.3.4.1.42", transport = "1.2.840.113549.1.1.7", recipients = 1 }: Cms = {}): Buffer {
  const [contentKey, iv] = [randomBytes(32), randomBytes(16)];
  const cipher = createCipheriv("aes-256-cbc", contentKey, iv);
  const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()]);
  const key = { key: createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" }), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  const sha256 = sequence(oid("2.16.840.1.101.3.4.2.1"));
  const oaep = sequence(tlv(0xa0, sha256), tlv(0xa1, sequence(oid("1.2.840.113549.1.1.8"), sha256)));
  const recipient = sequence(integer(2), tlv(0x80, randomBytes(20)), sequence(oid(transport), oaep), octets(publicEncrypt(key, contentKey)));
  const encrypted = indefinite(0x30, oid("1.2.840.113549.1.7.1"), sequence(oid(algorithm), octets(iv)), indefinite(0xa0, octets(ciphertext.subarray(0, 16)), octets(ciphertext.subarray(16))));
  const enveloped = indefinite(0x30, integer(2), tlv(0x31, ...Array.from({ length: recipients }, () => recipient)), encrypted);
  return indefinite(0x30, oid("1.2.840.113549.1.7.3"), indefinite(0xa0, enveloped));
}
