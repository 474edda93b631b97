import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { bytesToHex, hexToBytes } from "viem";
import { type Platform } from "../../protocol/platform.ts";
import { type PlatformSettings } from "../../protocol/platformSettings.ts";
import { PURPOSE, wrappedSealKey } from "../wrappedKey.ts";
import { askKms, type Kms } from "./kms.ts";
import { attestationDocument } from "./nsm.ts";
import { openForRecipient } from "./recipient.ts";

type Settings = Extract<PlatformSettings, { platform: "nitro" }>;

/** What KMS takes as a recipient's key. */
const RSA_BITS = 2048;
const CONTEXT = { EncryptionContext: { purpose: PURPOSE } };

/**
 * AWS Nitro Enclaves. The seal key is a data key of AWS KMS. KMS gives it to an enclave whose attestation document the
 * key's policy accepts, encrypted for a key in that document which this process has made for the one request. The parent
 * carries the bytes and can read none of them.
 *
 * @param folder of the sealed keys
 */
export function openNitro(settings: Settings, folder: string): Platform {
  const { nsm_socket: nsm, kms_key: KeyId, region } = settings;
  const url = settings.kms_url ?? `https://kms.${region}.amazonaws.com`;
  const kms: Kms = { url, socketPath: settings.kms_socket, credentialsSocket: settings.credentials_socket, region };
  return {
    seal: {
      platform: "nitro",
      sealKey: wrappedSealKey(folder, {
        name: KeyId,
        async create() {
          const { Recipient, privateKey } = await recipient(nsm);
          const answer = await askKms(kms, "GenerateDataKey", { KeyId, KeySpec: "AES_256", ...CONTEXT, Recipient });
          return { key: openForRecipient(answer.CiphertextForRecipient, privateKey), wrapped: answer.CiphertextBlob };
        },
        async open(wrapped) {
          const { Recipient, privateKey } = await recipient(nsm);
          const CiphertextBlob = Buffer.from(wrapped).toString("base64");
          const answer = await askKms(kms, "Decrypt", { CiphertextBlob, KeyId, ...CONTEXT, Recipient });
          return openForRecipient(answer.CiphertextForRecipient, privateKey);
        },
      }),
    },
    attester: {
      platform: "nitro",
      async attest(reportData, challenge) {
        const document = await attestationDocument(nsm, { userData: reportData, nonce: hexToBytes(challenge) });
        return { platform: "nitro", evidence: bytesToHex(document) };
      },
    },
  };
}

async function recipient(nsm: string): Promise<{ Recipient: object; privateKey: KeyObject }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: RSA_BITS });
  const document = await attestationDocument(nsm, { publicKey: publicKey.export({ type: "spki", format: "der" }) });
  const Recipient = { AttestationDocument: Buffer.from(document).toString("base64"), KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256" };
  return { Recipient, privateKey };
}
