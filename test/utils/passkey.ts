import { createECDH, createHash, createSign, generateKeyPairSync } from "node:crypto";
import type { Hex } from "viem";
import { type WebAuthnAccount, toWebAuthnAccount } from "viem/account-abstraction";

const USER_PRESENT_AND_VERIFIED = 0x05;

export type Passkey = { account: WebAuthnAccount; rpId: string; origin: string };

/**
 * A passkey in software, behind viem's account: authenticator data and client data are laid out as sections 6.1 and 5.8.1.1
 * of WebAuthn Level 2 say, which is how the recorded ones of test/vectors/passkey.json look.
 */
export function softwarePasskey(rpId = "example.com", origin = `https://${rpId}`): Passkey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const getFn = async ({ publicKey: request }: { publicKey: { challenge: Uint8Array } }) => {
    const challenge = Buffer.from(request.challenge).toString("base64url");
    const clientDataJSON = Buffer.from(JSON.stringify({ type: "webauthn.get", challenge, origin, crossOrigin: false }));
    const authenticatorData = Buffer.concat([
      createHash("sha256").update(rpId).digest(),
      Buffer.from([USER_PRESENT_AND_VERIFIED, 0, 0, 0, 0]),
    ]);
    const clientDataHash = createHash("sha256").update(clientDataJSON).digest();
    const signature = createSign("sha256").update(authenticatorData).update(clientDataHash).sign(privateKey);
    return { type: "public-key", id: "software", response: { authenticatorData: buffer(authenticatorData), clientDataJSON: buffer(clientDataJSON), signature: buffer(signature) } };
  };
  const point: Hex = `0x${spki.subarray(-64).toString("hex")}`;
  return { account: toWebAuthnAccount({ credential: { id: "software", publicKey: point }, getFn: getFn as never, rpId }), rpId, origin };
}

function buffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/**
 * A plain P-256 key in software: signs hashes without hashing them again, which node:crypto does not offer. For tests: its
 * arithmetic takes more or less time by the secrets in it.
 */
export function softwareP256(): { publicKey: Hex; sign: (parameters: { hash: Hex }) => Promise<{ r: bigint; s: bigint }> } {
  const { secret, point } = randomPoint();
  return {
    publicKey: point,
    async sign({ hash }) {
      const nonce = randomPoint();
      const r = BigInt(nonce.point.slice(0, 66)) % ORDER;
      const s = (inverse(nonce.secret) * (BigInt(hash) + r * secret)) % ORDER;
      return { r, s };
    },
  };
}

/** A number, and the generator times that number. */
function randomPoint(): { secret: bigint; point: Hex } {
  const key = createECDH("prime256v1");
  const point: Hex = `0x${key.generateKeys("hex").slice(2)}`;
  return { secret: BigInt(`0x${key.getPrivateKey("hex")}`), point };
}

/** By Fermat: number^(ORDER - 2). */
function inverse(number: bigint): bigint {
  let [result, power] = [1n, number];
  for (let exponent = ORDER - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * power) % ORDER;
    power = (power * power) % ORDER;
  }
  return result;
}
