import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect } from "vitest";
import { type AttestationPolicy, verifyAttestation } from "../../src/attestation/index.ts";
import { createSignerEnclave } from "../../src/client/index.ts";
import { type PlatformSettings } from "../../src/protocol/platformSettings.ts";
import { KeyStore } from "../../src/wallet/keyStore.ts";
import { openPlatform } from "../../src/wallet/platform.ts";
import { NOW } from "../attestation/pki/time.ts";
import { startTestSigner } from "../signer.ts";

/** What surrounds a signer in a TEE: the sockets and services that it asks. */
type Surroundings = { readonly settings: PlatformSettings; stop(): Promise<void> };

const CHALLENGE = `0x${"11".repeat(32)}` as const;

/** What the tests of each platform do, in a folder of its own for each. */
export function useSurroundings<faults extends object, place extends Surroundings>(start: (folder: string, faults?: Partial<faults>) => Promise<place>) {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "platform-"));
    return () => rmSync(folder, { recursive: true });
  });
  const keysFolder = (): string => join(folder, "keys");
  const keyStore = async ({ settings }: place): Promise<KeyStore> => new KeyStore(keysFolder(), (await openPlatform(settings, keysFolder())).seal);
  const inside = async <T>(faults: Partial<faults>, act: (place: place) => Promise<T>): Promise<T> => {
    const place = await start(folder, faults);
    try {
      return await act(place);
    } finally {
      await place.stop();
    }
  };
  return {
    keysFolder,
    keyStore,
    inside,
    /** A key is made; then, elsewhere or later, its address is asked for. */
    makeKey: (faults: Partial<faults> = {}) => inside(faults, async (place) => (await keyStore(place)).create("owner-a")),
    findKey: (faults: Partial<faults> = {}) => inside(faults, async (place) => (await keyStore(place)).publicKey("owner-a")),
    /** Makes a key where nothing answers any more. */
    async makeKeyAlone() {
      const place = await start(folder);
      await place.stop();
      return (await keyStore(place)).create("owner-a");
    },
    /** Runs the whole signer, has a wallet's key attested, and verifies that. */
    async attest(place: place, policy: AttestationPolicy) {
      const signer = await startTestSigner({ folder: join(folder, "signer"), platform: place.settings });
      try {
        const wallet = await signer.ask("POST", "/v1/s2s/wallets", { name: "test" });
        expect(wallet.status).toBe(201);
        const enclave = createSignerEnclave({ url: signer.running.url, token: signer.credentials.owner }, String(wallet.body["id"]));
        const { evidence, ...owner } = await enclave.attest({ challenge: CHALLENGE });
        return await verifyAttestation(evidence, { policy, challenge: CHALLENGE, owner, clock: () => NOW });
      } finally {
        await signer.stop();
      }
    },
    CHALLENGE,
  };
}
