import { randomBytes } from "node:crypto";

const SERVICE = "valet-signer";

/** There is no keychain here, it is locked, or what lies in it is not ours. */
export class KeychainUnavailableError extends Error {
  constructor(reason: string, cause?: unknown) {
    super(`The seal key cannot be kept in the keychain: ${reason}. Start without --keychain, or unlock it.`, { cause });
    this.name = "KeychainUnavailableError";
  }
}

/** One entry of a keychain. */
export type KeychainEntry = { getPassword(): string | null; setPassword(password: string): void };

/** Entry of the desktop's keychain for a signer in `folder`: macOS Keychain, Windows Credential Manager, Secret Service. */
export async function desktopKeychain(folder: string): Promise<KeychainEntry> {
  try {
    // Native code, loaded only by who asks for it; the three processes can load none.
    const { Entry } = await import("@napi-rs/keyring");
    return new Entry(SERVICE, folder);
  } catch (error) {
    throw new KeychainUnavailableError("there is none on this machine", error);
  }
}

/**
 * The simulator's seal secret, made on first use.
 * @throws KeychainUnavailableError
 */
export function sealSecret(entry: KeychainEntry): string {
  const known = attempt(() => entry.getPassword());
  if (known !== null) {
    if (!/^[0-9a-f]{64}$/.test(known)) throw new KeychainUnavailableError("its entry holds something else");
    return known;
  }
  const secret = randomBytes(32).toString("hex");
  attempt(() => entry.setPassword(secret));
  // A keychain that forgets would take every key with it.
  if (attempt(() => entry.getPassword()) !== secret) throw new KeychainUnavailableError("it does not keep what it is given");
  return secret;
}

function attempt<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new KeychainUnavailableError("it does not answer", error);
  }
}
