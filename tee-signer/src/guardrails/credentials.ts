import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { type Database } from "../storage/database.ts";
import { readState, writeState } from "../storage/state.ts";

/** `operator` runs the signer, `owner` grants and revokes on chain, `agent` acts within a session. */
export type Role = "operator" | "owner" | "agent";

const PREFIX: Readonly<Record<Role, string>> = { operator: "sk_live_", owner: "ow_live_", agent: "as_live_" };

/** A new token: 32 random bytes behind what tells people and secret scanners what it is. */
export function newToken(role: Role): string {
  return PREFIX[role] + randomBytes(32).toString("base64url");
}

/** All that is ever kept of a token. It has 256 bits of its own, so a plain hash does. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Compares in a time that says nothing about where two hashes differ. */
export function sameHash(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, "hex"), Buffer.from(right, "hex")];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Which role a token claims; whether it is genuine is another question. */
export function roleOf(token: string): Role | undefined {
  return (Object.keys(PREFIX) as Role[]).find((role) => token.startsWith(PREFIX[role]));
}

export type Hashes = Readonly<Record<"operator" | "owner", string>>;
export type Issued = Readonly<Record<"operator" | "owner", string>>;

const NAME = "credentials";

/** The operator's and the owner's credential: made at the first start, and told once. */
export async function openCredentials(database: Database): Promise<{ hashes: Hashes; issued?: Issued }> {
  return database.write(async (transaction) => {
    const known = await readState(transaction, NAME);
    if (known !== undefined) return { hashes: JSON.parse(known) as Hashes };
    const issued = { operator: newToken("operator"), owner: newToken("owner") };
    const hashes = { operator: hashToken(issued.operator), owner: hashToken(issued.owner) };
    await writeState(transaction, NAME, JSON.stringify(hashes));
    return { hashes, issued };
  });
}
