import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod/v4";
import { writeDurablyOnce } from "./durableFile.ts";
import { PlatformError } from "./errors.ts";

/** A key service that lets only attested code open what it has wrapped. */
export type KeyWrapper = {
  /** Names service and key; a file of another one is not sent to this one. */
  readonly name: string;
  create(): Promise<{ key: Uint8Array; wrapped: Uint8Array }>;
  open(wrapped: Uint8Array): Promise<Uint8Array>;
};

const file = z.strictObject({ version: z.literal(1), name: z.string(), wrapped: z.base64() });
const LENGTH = 32;

/** What the wrapped key is bound to at the key service: a ciphertext of another use does not open here. */
export const PURPOSE = "valet-keys/seal/v1";

/**
 * A seal key that lies wrapped beside what it seals, and that the key service opens for this code only. Asked for once
 * in a process's life; after a failure, again.
 *
 * @param folder of the sealed keys
 */
export function wrappedSealKey(folder: string, wrapper: KeyWrapper): () => Promise<Uint8Array> {
  let known: Promise<Uint8Array> | undefined;
  return () => {
    known ??= obtain(join(folder, "seal.wrapped.json"), wrapper).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}

async function obtain(path: string, { name, create, open }: KeyWrapper): Promise<Uint8Array> {
  if (!existsSync(path)) {
    const { wrapped } = await create();
    const made = { version: 1, name, wrapped: Buffer.from(wrapped).toString("base64") };
    writeDurablyOnce(path, JSON.stringify(made));
  }
  // Also when it was just made: another replica may have been first, and what cannot be opened again must seal nothing.
  const kept = file.parse(JSON.parse(readFileSync(path, "utf8")));
  if (kept.name !== name) throw new PlatformError("Opening the seal key", `it was wrapped by another key: ${kept.name}`);
  const key = await open(Buffer.from(kept.wrapped, "base64"));
  if (key.length !== LENGTH) throw new PlatformError("Opening the seal key", `it has ${key.length} bytes`);
  return key;
}
