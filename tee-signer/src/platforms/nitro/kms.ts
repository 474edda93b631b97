import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { z } from "zod/v4";
import { askJson } from "../ask.ts";

const b64 = z.base64().transform((it) => Uint8Array.from(Buffer.from(it, "base64")));
const credentials = z.object({ AccessKeyId: z.string().min(1), SecretAccessKey: z.string().min(1), Token: z.string().min(1) });
/** With a recipient KMS gives no plaintext; one that does has not understood who asks. */
const noPlaintext = z.union([z.null(), z.literal("")]).optional();
export const ANSWERS = {
  GenerateDataKey: z.object({ CiphertextBlob: b64, CiphertextForRecipient: b64, Plaintext: noPlaintext }),
  Decrypt: z.object({ CiphertextForRecipient: b64, Plaintext: noPlaintext }),
} as const;

export type Kms = { readonly url: string; readonly socketPath: string; readonly credentialsSocket: string; readonly region: string };

/** SHA-256 and its HMAC, as AWS's signer wants them. */
class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", typeof secret === "string" ? secret : bytes(secret));
  }
  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof chunk === "string" ? chunk : bytes(chunk));
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }
  reset(): void {
    throw new TypeError("made for one digest");
  }
}

const bytes = (it: ArrayBuffer | ArrayBufferView): Uint8Array => (ArrayBuffer.isView(it) ? new Uint8Array(it.buffer, it.byteOffset, it.byteLength) : new Uint8Array(it));

/**
 * One signed request to AWS KMS, through the parent's vsock proxy. TLS ends in this process, at KMS's own name.
 * @throws PlatformError
 */
export async function askKms<action extends keyof typeof ANSWERS>(kms: Kms, action: action, parameters: object): Promise<z.output<(typeof ANSWERS)[action]>> {
  const { AccessKeyId, SecretAccessKey, Token } = await askJson(
    { name: "The parent's credentials", url: "http://localhost/credentials", socketPath: kms.credentialsSocket, method: "GET" },
    credentials,
  );
  const body = JSON.stringify(parameters);
  const { hostname, host, protocol } = new URL(kms.url);
  const signer = new SignatureV4({
    service: "kms",
    region: kms.region,
    sha256: Sha256,
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token },
  });
  const headers = { host, "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${action}` };
  const signed = await signer.sign({ method: "POST", protocol, hostname, path: "/", query: {}, headers, body });
  const question = { name: `KMS's ${action}`, url: kms.url, socketPath: kms.socketPath, headers: signed.headers, body };
  return askJson(question, ANSWERS[action] as unknown as z.ZodType<z.output<(typeof ANSWERS)[action]>>);
}
