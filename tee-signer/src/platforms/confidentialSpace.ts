import { randomBytes } from "node:crypto";
import { bytesToHex } from "viem";
import { z } from "zod/v4";
import { type Platform } from "../protocol/platform.ts";
import { type PlatformSettings } from "../protocol/platformSettings.ts";
import { askJson, askText } from "./ask.ts";
import { PlatformError } from "./errors.ts";
import { PURPOSE, wrappedSealKey } from "./wrappedKey.ts";

type Settings = Extract<PlatformSettings, { platform: "confidential-space" }>;

const KEY_BYTES = 32;
const JSON_BODY = { "content-type": "application/json" };
const jwt = z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/);
const exchanged = z.object({ access_token: z.string().min(1), token_type: z.literal("Bearer") });
const encrypted = z.object({ name: z.string(), ciphertext: z.base64() });
const decrypted = z.object({ plaintext: z.base64() });

/**
 * Google Confidential Space. The seal key is wrapped by a Cloud KMS key that a workload identity provider opens for this
 * container image only: the launcher's token is exchanged at Google's STS for an access token, and that one is shown to
 * KMS. Attestations are the launcher's PKI tokens with the owner binding's digest as a nonce.
 *
 * @param folder of the sealed keys
 */
export function openConfidentialSpace(settings: Settings, folder: string): Platform {
  const { kms_key: kmsKey, audience } = settings;
  const aad = Buffer.from(PURPOSE).toString("base64");
  const kms = async <T>(verb: "encrypt" | "decrypt", body: object, schema: z.ZodType<T>): Promise<T> => {
    const headers = { ...JSON_BODY, authorization: `Bearer ${await accessToken(settings)}` };
    const url = `${settings.kms_url}/v1/${kmsKey}:${verb}`;
    return askJson({ name: `Cloud KMS's ${verb}`, url, headers, body: JSON.stringify({ ...body, additionalAuthenticatedData: aad }) }, schema);
  };
  return {
    seal: {
      platform: "confidential-space",
      sealKey: wrappedSealKey(folder, {
        name: kmsKey,
        async create() {
          const key = randomBytes(KEY_BYTES);
          const { ciphertext } = await kms("encrypt", { plaintext: key.toString("base64") }, encrypted);
          return { key, wrapped: Buffer.from(ciphertext, "base64") };
        },
        async open(wrapped) {
          const { plaintext } = await kms("decrypt", { ciphertext: Buffer.from(wrapped).toString("base64") }, decrypted);
          return Buffer.from(plaintext, "base64");
        },
      }),
    },
    attester: {
      platform: "confidential-space",
      async attest(reportData) {
        // A nonce has 10 to 74 characters; these are 64.
        const nonces = [bytesToHex(reportData).slice(2)];
        const token = await launcher(settings, { audience, token_type: "PKI", nonces });
        return { platform: "confidential-space", evidence: bytesToHex(Buffer.from(token)) };
      },
    },
  };
}

/** A token of the launcher: one for Google's STS, or one for whom the body says. */
async function launcher({ launcher_socket: socketPath }: Settings, body?: object): Promise<string> {
  const name = "The launcher's token";
  const question = { name, url: "http://localhost/v1/token", socketPath };
  const text = await askText(body ? { ...question, headers: JSON_BODY, body: JSON.stringify(body) } : { ...question, method: "GET" });
  const token = jwt.safeParse(text.trim());
  if (!token.success) throw new PlatformError(name, "the answer is no token");
  return token.data;
}

async function accessToken(settings: Settings): Promise<string> {
  const body = {
    grantType: "urn:ietf:params:oauth:grant-type:token-exchange",
    audience: settings.provider,
    scope: "https://www.googleapis.com/auth/cloudkms",
    requestedTokenType: "urn:ietf:params:oauth:token-type:access_token",
    subjectTokenType: "urn:ietf:params:oauth:token-type:jwt",
    subjectToken: await launcher(settings),
  };
  const question = { name: "STS's exchange", url: `${settings.sts_url}/v1/token`, headers: JSON_BODY, body: JSON.stringify(body) };
  return (await askJson(question, exchanged)).access_token;
}
