import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { desktopKeychain, type KeychainEntry, KeychainUnavailableError, sealSecret } from "../../src/supervisor/keychain.ts";
import { startSigner } from "../../src/supervisor/supervisor.ts";

function entry(change: Partial<KeychainEntry> = {}): KeychainEntry {
  let kept: string | null = null;
  return { getPassword: () => kept, setPassword: (password) => void (kept = password), ...change };
}
const throwing = (): never => {
  throw new Error("locked");
};

it("makes a secret once, and finds it again", () => {
  const keychain = entry();
  const secret = sealSecret(keychain);
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  expect(sealSecret(keychain)).toBe(secret);
});

it.each<[string, KeychainEntry]>([
  ["is locked", entry({ getPassword: throwing })],
  ["cannot be written", entry({ setPassword: throwing })],
  ["forgets", entry({ setPassword: () => undefined })],
  ["holds something else", entry({ getPassword: () => "hunter2" })],
])("refuses a keychain that %s", (_title, keychain) => {
  expect(() => sealSecret(keychain)).toThrow(KeychainUnavailableError);
});

it("says so where the machine has no keychain, and works where it has one", async () => {
  const name = `test-${process.pid}`;
  try {
    const keychain = await desktopKeychain(name);
    expect(sealSecret(keychain)).toMatch(/^[0-9a-f]{64}$/);
    (keychain as KeychainEntry & { deletePassword?: () => unknown }).deletePassword?.();
  } catch (error) {
    expect(error).toBeInstanceOf(KeychainUnavailableError);
  }
});

it("keeps the seal key out of the signer's folder, and opens its keys after a restart", async () => {
  const folder = mkdtempSync(join(tmpdir(), "keychain-"));
  const options = { folder, platform: { platform: "simulator", folder: join(folder, "simulator"), keychain: true } as const, keychain: entry() };
  const first = await startSigner(options);
  const ask = async (url: string, path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(new URL(path, url), { method: "POST", headers: { authorization: `Bearer ${first.issued?.operator}`, "content-type": "application/json" }, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const wallet = await ask(first.url, "/v1/s2s/wallets", { name: "desk" });
  expect(wallet.status).toBe(201);
  await first.stop();
  expect(existsSync(join(folder, "simulator", "seal.secret"))).toBe(false);

  const attest = (url: string) => ask(url, `/v1/s2s/wallets/${String(wallet.body["id"])}/attestation`, { challenge: `0x${"11".repeat(32)}` });
  const again = await startSigner(options);
  expect((await attest(again.url)).status).toBe(200);
  await again.stop();
  const otherDesk = await startSigner({ ...options, keychain: entry() });
  expect(await attest(otherDesk.url)).toMatchObject({ status: 503, body: { error: { code: "wallet_unavailable" } } });
  await otherDesk.stop();
  rmSync(folder, { recursive: true });
});
