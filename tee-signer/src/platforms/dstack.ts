import { hkdfSync } from "node:crypto";
import { request } from "node:http";
import { bytesToHex, type Hex } from "viem";
import { z } from "zod/v4";
import { type Platform } from "../protocol/platform.ts";

export const DSTACK_SOCKET = "/var/run/dstack.sock";

const KEY_PATH = "valet-keys/seal/v1";
const TIMEOUT_MS = 10_000;
const MAX_ANSWER = 1 << 20;

const hex = z.string().regex(/^(?:0x)?(?:[0-9a-fA-F]{2})+$/);
const keyAnswer = z.object({ key: hex.refine((it) => it.replace(/^0x/, "").length === 64, "32 bytes") });
const quoteAnswer = z.object({ quote: hex, event_log: z.string() });

/** The guest agent did not answer, or not what it should. */
export class DstackError extends Error {
  constructor(method: string, reason: string) {
    super(`dstack's ${method} failed: ${reason}.`);
    this.name = "DstackError";
  }
}

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

async function ask<T>(socketPath: string, method: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
  const { status, text } = await post(socketPath, `/${method}`, JSON.stringify(body)).catch((error: Error) => {
    throw new DstackError(method, error.message);
  });
  if (status !== 200) throw new DstackError(method, `status ${status}`);
  const answer = schema.safeParse(parse(text));
  if (!answer.success) throw new DstackError(method, "the answer is not what the documentation says");
  return answer.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function post(socketPath: string, path: string, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body), host: "dstack" };
    const sent = request({ socketPath, path, method: "POST", headers, timeout: TIMEOUT_MS }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > MAX_ANSWER) sent.destroy(new Error("the answer is too long"));
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer in time")));
    sent.on("error", reject);
    sent.end(body);
  });
}
