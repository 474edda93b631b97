import { connect } from "node:net";
import { decode, encode } from "cborg";
import { z } from "zod/v4";
import { PlatformError } from "../errors.ts";

const NAME = "The Nitro Secure Module";
const TIMEOUT_MS = 10_000;
/** Longest answer of the device, as its driver has it. */
const MAX_ANSWER = 0x3000;
const LENGTH_BYTES = 4;

const answer = z.object({ Attestation: z.object({ document: z.instanceof(Uint8Array) }) });

export type NsmRequest = { readonly userData?: Uint8Array; readonly nonce?: Uint8Array; readonly publicKey?: Uint8Array };

/**
 * Has the secure module sign an attestation document. /dev/nsm is reached by an ioctl, which Node has not; a helper
 * outside of this process does that call for whoever connects to `socket`: the device's CBOR request, behind its length
 * in four bytes (big endian), and the device's CBOR answer in the same way.
 *
 * @throws PlatformError
 */
export async function attestationDocument(socket: string, { userData, nonce, publicKey }: NsmRequest): Promise<Uint8Array> {
  const request = encode({ Attestation: { user_data: userData ?? null, nonce: nonce ?? null, public_key: publicKey ?? null } });
  const bytes = await exchange(socket, request).catch((error: Error) => {
    throw new PlatformError(NAME, error.message);
  });
  const parsed = answer.safeParse(read(bytes));
  if (!parsed.success) throw new PlatformError(NAME, "it answered no document");
  return parsed.data.Attestation.document;
}

function read(bytes: Uint8Array): unknown {
  try {
    return decode(bytes, { strict: true, rejectDuplicateMapKeys: true });
  } catch {
    return undefined;
  }
}

function exchange(path: string, request: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    let received = Buffer.alloc(0);
    const fail = (reason: string): void => void socket.destroy(new Error(reason));
    socket.setTimeout(TIMEOUT_MS, () => fail("no answer in time"));
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the answer is cut off")));
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < LENGTH_BYTES) return;
      const length = received.readUInt32BE();
      if (length > MAX_ANSWER || received.length > LENGTH_BYTES + length) return fail("the answer is too long");
      if (received.length < LENGTH_BYTES + length) return;
      resolve(Uint8Array.from(received.subarray(LENGTH_BYTES)));
      socket.destroy();
    });
    const head = Buffer.alloc(LENGTH_BYTES);
    head.writeUInt32BE(request.length);
    socket.write(Buffer.concat([head, request]));
  });
}
