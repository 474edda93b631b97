import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, hkdfSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytesToHex } from "viem";
import { signSimulatedReport } from "../attestation/simulated/document.ts";
import { type Platform } from "../protocol/platform.ts";

export const PLATFORM = "simulated" as const;
export const WARNING = "SIMULATED TEE: the seal key lies in a file next to what it seals. Nothing here protects a key from this machine's owner.";

export const KEYCHAIN_WARNING = "SIMULATED TEE: the seal key lies in this desktop's keychain. Nothing here protects a key from who can log in.";

/** The simulator measures nothing; it always says this. */
export const SIMULATED_MEASUREMENT = bytesToHex(createHash("sha256").update("valet-keys/simulator").digest());
/** File with the simulator's public key (SubjectPublicKeyInfo, hex), for who wants to trust it. */
export const ROOT_FILE = "root.pub";

/** The simulator is for desks and tests. */
export class SimulatorInProductionError extends Error {
  constructor() {
    super("The simulator does not run with NODE_ENV=production: it seals nothing. Choose the platform that the signer runs on.");
    this.name = "SimulatorInProductionError";
  }
}

/**
 * A TEE that is none: seals with a secret, attests with a root key of its own. Says so in every attestation.
 *
 * @param given the secret, 32 bytes in hex, if it is kept in a keychain; else it lies in a file
 * @throws SimulatorInProductionError
 */
export function openSimulator(folder: string, environment: Readonly<Record<string, string | undefined>> = process.env, given?: string): Platform {
  if (environment["NODE_ENV"] === "production") throw new SimulatorInProductionError();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secret = given ?? once(join(folder, "seal.secret"), () => randomBytes(32).toString("hex"));
  const root = createPrivateKey({
    key: Buffer.from(once(join(folder, "root.key"), () => generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "der" }).toString("hex")), "hex"),
    type: "pkcs8",
    format: "der",
  });
  once(join(folder, ROOT_FILE), () => createPublicKey(root).export({ type: "spki", format: "der" }).toString("hex"));
  return {
    seal: {
      platform: PLATFORM,
      sealKey: async () => new Uint8Array(hkdfSync("sha256", Buffer.from(secret, "hex"), "", "valet-keys/seal/v1", 32)),
    },
    attester: {
      platform: PLATFORM,
      attest: async (reportData) => {
        const report = { platform: PLATFORM, warning: WARNING, measurement: SIMULATED_MEASUREMENT, reportData: bytesToHex(reportData), at: new Date().toISOString() } as const;
        return { platform: PLATFORM, evidence: bytesToHex(signSimulatedReport(report, root)) };
      },
    },
  };
}

/** Reads a file, or writes it first; only its owner may read it. */
function once(path: string, make: () => string): string {
  if (!existsSync(path)) writeFileSync(path, make(), { mode: 0o600, flag: "wx" });
  return readFileSync(path, "utf8");
}
