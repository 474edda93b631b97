import { hkdfSync } from "node:crypto";
import { bytesToHex, type Hex } from "viem";
import { z } from "zod/v4";
import { type Platform } from "../protocol/platform.ts";
import { askJson } from "./ask.ts";

export const DSTACK_SOCKET = "/var/run/dstack.sock";

const KEY_PATH = "valet-keys/seal/v1";

const hex = z.string().regex(/^(?:0x)?(?:[0-9a-fA-F]{2})+$/);
const keyAnswer = z.object({ key: hex.refine((it) => it.replace(/^0x/, "").length === 64, "32 bytes") });
const quoteAnswer = z.object({ quote: hex, event_log: z.string() });

/**
 * dstack (Intel TDX): keys that its KMS derives for this application, and quotes, from the guest agent's socket. The seal
 * key depends on the application's identity and a path; another application has another.
 *
 * Asks `POST /GetKey {path, purpose}` and `POST /GetQuote {report_data}` of dstack OS 0.5.
 */
export function openDstack(socket: string = DSTACK_SOCKET): Platform {
  return {
    seal: {
      platform: "dstack",
      async sealKey() {
        const { key } = await ask(socket, "GetKey", { path: KEY_PATH, purpose: "seal" }, keyAnswer);
        // Not the derived key itself: it is a secp256k1 key, and could be used as one elsewhere.
        return new Uint8Array(hkdfSync("sha256", Buffer.from(key.replace(/^0x/, ""), "hex"), "", KEY_PATH, 32));
      },
    },
    attester: {
      platform: "tdx",
      async attest(reportData) {
        const { quote, event_log: log } = await ask(socket, "GetQuote", { report_data: bytesToHex(reportData).slice(2) }, quoteAnswer);
        return { platform: "tdx", evidence: `0x${quote.replace(/^0x/, "").toLowerCase()}` as Hex, event_log: log === "" ? [] : JSON.parse(log) };
      },
    },
  };
}

function ask<T>(socketPath: string, method: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
  const headers = { "content-type": "application/json" };
  return askJson({ name: `dstack's ${method}`, url: `http://dstack/${method}`, socketPath, headers, body: JSON.stringify(body) }, schema);
}
