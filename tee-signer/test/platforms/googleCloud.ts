import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { join } from "node:path";
import { type ConfidentialSpacePolicy, verifyArchivedAttestation } from "../../src/attestation/index.ts";
import { type PlatformSettings } from "../../src/protocol/platformSettings.ts";
import { AUDIENCE, IMAGE, tokenFixture } from "../attestation/pki/confidentialSpace.ts";
import { NOW } from "../attestation/pki/time.ts";
import { type Asked, type Answered, serve } from "./http.ts";

/** What would be otherwise than it should. */
export type GoogleFaults = { otherImage?: boolean; launcher?: unknown; sts?: unknown; kms?: (answer: Record<string, string>) => unknown };

export type GoogleCloud = { readonly settings: PlatformSettings; readonly policy: () => ConfidentialSpacePolicy; readonly asked: () => Asked[]; stop(): Promise<void> };

const KEY = "projects/p/locations/global/keyRings/r/cryptoKeys/seal";
const PROVIDER = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/signer";
const STS = "https://sts.googleapis.com";
const OTHER_IMAGE = `sha256:${"0".repeat(64)}`;
const kmsSecret = randomBytes(32);

/**
 * What surrounds a workload of Confidential Space, as far as the signer asks it: the launcher's socket, Google's STS with a
 * workload identity provider for one container image, and Cloud KMS. Field names and encodings are those of Google's
 * documentation; tokens are really verified.
 */
export async function startGoogleCloud(folder: string, faults: GoogleFaults = {}): Promise<GoogleCloud> {
  const trusted: string[] = [];
  const policyFor = (audience: string): ConfidentialSpacePolicy => ({ audience, imageDigests: [IMAGE], trust: { kind: "pki", roots: trusted } });
  const socket = join(folder, "teeserver.sock");
  const launcher = await serve(async ({ method, path, body }): Promise<Answered> => {
    if (path !== "/v1/token") return { status: 404, body: "" };
    const asked = method === "POST" ? (JSON.parse(body) as { audience: string; token_type: string; nonces: string[] }) : { audience: STS, token_type: "OIDC", nonces: [] };
    // The launcher keeps the audience of its own token for itself.
    if (method === "POST" && (asked.audience === STS || asked.token_type !== "PKI")) return { status: 400, body: "" };
    if (asked.nonces.length > 6 || asked.nonces.some((it) => it.length < 10 || it.length > 74)) return { status: 400, body: "" };
    const container = faults.otherImage ? { image_digest: OTHER_IMAGE } : {};
    const { evidence, policy } = await tokenFixture({ claims: { aud: asked.audience, eat_nonce: asked.nonces }, container });
    if (policy.trust?.kind === "pki") trusted.push(...(policy.trust.roots ?? []).map(String));
    return { body: faults.launcher ?? evidence.token };
  }, socket);

  const accessToken = randomBytes(16).toString("hex");
  const sts = await serve(async ({ path, body }): Promise<Answered> => {
    const it = JSON.parse(body) as Record<string, string>;
    const isExchange = it["grantType"] === "urn:ietf:params:oauth:grant-type:token-exchange" && it["subjectTokenType"] === "urn:ietf:params:oauth:token-type:jwt";
    if (path !== "/v1/token" || !isExchange || it["audience"] !== PROVIDER) return { status: 400, body: { error: "invalid_request" } };
    const evidence = { platform: "confidential-space", token: it["subjectToken"] ?? "" } as const;
    await verifyArchivedAttestation(evidence, { policy: { confidentialSpace: policyFor(STS) }, at: NOW });
    return { body: faults.sts ?? { access_token: accessToken, token_type: "Bearer", expires_in: 3600, issued_token_type: it["requestedTokenType"] } };
  });
  const kms = await serve(({ path, headers, body }): Answered => {
    if (headers.authorization !== `Bearer ${accessToken}`) return { status: 401, body: {} };
    const answer = crypt(path, JSON.parse(body) as Record<string, string>);
    return { body: faults.kms ? faults.kms(answer) : answer };
  });
  return {
    settings: {
      platform: "confidential-space",
      launcher_socket: socket,
      kms_key: KEY,
      provider: PROVIDER,
      audience: AUDIENCE,
      sts_url: sts.url,
      kms_url: kms.url,
    },
    policy: () => policyFor(AUDIENCE),
    asked: () => kms.asked,
    async stop() {
      await Promise.all([launcher.stop(), sts.stop(), kms.stop()]);
    },
  };
}

function crypt(path: string, { plaintext, ciphertext, additionalAuthenticatedData: aad = "" }: Record<string, string>): Record<string, string> {
  if (path === `/v1/${KEY}:encrypt` && plaintext !== undefined) {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", kmsSecret, nonce).setAAD(Buffer.from(aad, "base64"));
    const sealed = Buffer.concat([cipher.update(plaintext, "base64"), cipher.final()]);
    return { name: `${KEY}/cryptoKeyVersions/1`, ciphertext: Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64") };
  }
  if (path !== `/v1/${KEY}:decrypt` || ciphertext === undefined) throw new Error("INVALID_ARGUMENT");
  const blob = Buffer.from(ciphertext, "base64");
  const cipher = createDecipheriv("aes-256-gcm", kmsSecret, blob.subarray(0, 12)).setAAD(Buffer.from(aad, "base64")).setAuthTag(blob.subarray(12, 28));
  return { plaintext: Buffer.concat([cipher.update(blob.subarray(28)), cipher.final()]).toString("base64") };
}
