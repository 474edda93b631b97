import { createCipheriv, createDecipheriv, generateKeyPairSync, type KeyObject, createPrivateKey, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { secp256k1 } from "@noble/curves/secp256k1";
import { type Address, bytesToHex, type Hex } from "viem";
import { publicKeyToAddress } from "viem/accounts";
import { writeDurably } from "../platforms/durableFile.ts";
import { SignerError } from "../protocol/errors.ts";
import { type SealProvider } from "../protocol/platform.ts";

type Sealed = { readonly version: 1; readonly platform: string; readonly nonce: string; readonly tag: string; readonly data: string };

export type PublicKey = { readonly address: Address; readonly publicKey: Hex };

/** Keys are made here, used here, and leave only sealed: AES-256-GCM under the platform's seal key, bound to their name. */
export class KeyStore {
  readonly #folder: string;
  readonly #seal: SealProvider;
  readonly #open = new Map<string, Uint8Array>();
  readonly #public = new Map<string, PublicKey>();

  constructor(folder: string, seal: SealProvider) {
    this.#folder = folder;
    this.#seal = seal;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Makes a key, or finds the one that an earlier, interrupted request has made. */
  async create(ref: string): Promise<PublicKey> {
    if (!existsSync(this.#path(ref))) await this.#write(ref, secp256k1.utils.randomPrivateKey());
    return this.publicKey(ref);
  }

  async publicKey(ref: string): Promise<PublicKey> {
    const known = this.#public.get(ref);
    if (known) return known;
    const publicKey = bytesToHex(secp256k1.getPublicKey(await this.#privateKey(ref), false));
    const made = { publicKey, address: publicKeyToAddress(publicKey).toLowerCase() as Address };
    this.#public.set(ref, made);
    return made;
  }

  /** r · s · v of a digest that this process computed: deterministic (RFC 6979), low s. */
  async sign(ref: string, digest: Hex): Promise<Hex> {
    const signature = secp256k1.sign(digest.slice(2), await this.#privateKey(ref), { lowS: true });
    return `0x${signature.toCompactHex()}${(27 + signature.recovery).toString(16)}`;
  }

  /** Signs heads of the audit log; Ed25519, made at the first start. */
  async auditKey(): Promise<KeyObject> {
    const ref = "audit";
    if (!existsSync(this.#path(ref))) await this.#write(ref, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "der" }));
    return createPrivateKey({ key: Buffer.from(await this.#privateKey(ref)), type: "pkcs8", format: "der" });
  }

  async #privateKey(ref: string): Promise<Uint8Array> {
    const open = this.#open.get(ref);
    if (open) return open;
    if (!existsSync(this.#path(ref))) throw new SignerError("not_found", `There is no key ${ref}.`);
    const { nonce, tag, data, platform } = JSON.parse(readFileSync(this.#path(ref), "utf8")) as Sealed;
    if (platform !== this.#seal.platform) throw new SignerError("wallet_unavailable", `The key ${ref} was sealed on another platform: ${platform}.`);
    const cipher = createDecipheriv("aes-256-gcm", await this.#seal.sealKey(), Buffer.from(nonce, "hex"));
    cipher.setAAD(Buffer.from(`${platform}\n${ref}`)).setAuthTag(Buffer.from(tag, "hex"));
    try {
      const key = new Uint8Array(Buffer.concat([cipher.update(Buffer.from(data, "hex")), cipher.final()]));
      this.#open.set(ref, key);
      return key;
    } catch {
      throw new SignerError("wallet_unavailable", `The key ${ref} does not open: it was sealed under another seal key, or changed.`);
    }
  }

  /** Durable before it is used: a key that was lost would have taken its account with it. */
  async #write(ref: string, key: Uint8Array): Promise<void> {
    const { platform } = this.#seal;
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", await this.#seal.sealKey(), nonce);
    cipher.setAAD(Buffer.from(`${platform}\n${ref}`));
    const data = Buffer.concat([cipher.update(key), cipher.final()]).toString("hex");
    const sealed: Sealed = { version: 1, platform, nonce: nonce.toString("hex"), tag: cipher.getAuthTag().toString("hex"), data };
    writeDurably(this.#path(ref), JSON.stringify(sealed));
  }

  #path(ref: string): string {
    return join(this.#folder, `${ref}.sealed.json`);
  }
}
