import { createPublicKey, verify } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { type AuditHead, GENESIS } from "../storage/auditLog.ts";

export type SignedHead = AuditHead & { readonly signature: string; readonly public_key: string };

/** Where the log's head is kept outside the database, so that an old copy of the database is noticed. */
export type Anchor = { read(): AuditHead; write(head: SignedHead): void };

/** A file: as good as the place where it is kept. It belongs on another disk, or another machine, than the database. */
export function fileAnchor(path: string): Anchor {
  return {
    read() {
      if (!existsSync(path)) return GENESIS;
      const head = JSON.parse(readFileSync(path, "utf8")) as SignedHead;
      const key = createPublicKey({ key: Buffer.from(head.public_key, "hex"), type: "spki", format: "der" });
      const signed = Buffer.from(`valet-keys/audit-head/v1\n${head.seq}\n${head.hash}`);
      if (!verify(null, signed, key, Buffer.from(head.signature, "hex"))) throw new TypeError("the anchor's signature is wrong");
      return { seq: head.seq, hash: head.hash };
    },
    write(head) {
      writeFileSync(`${path}.new`, JSON.stringify(head), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    },
  };
}
