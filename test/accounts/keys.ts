import type { Hex, PrivateKeyAccount } from "viem";
import { VERIFIER_CONTRACTS } from "../../deploy/contracts.ts";
import { planContracts } from "../../deploy/src/plan.ts";
import { creationBy } from "../../deploy/src/proxy.ts";
import { type Chain, fixedAccount } from "../../bench/chain.ts";
import { bundler } from "../../bench/handleOps.ts";
import { type KeySigner, toContractSigner, toEoaSigner, toMultisigSigner, toP256Signer, toWebAuthnSigner } from "../../ts-sdk/src/signers/index.ts";
import { softwareP256, softwarePasskey } from "../utils/passkey.ts";

/** A session key of any kind: what names it, how it signs, and who sends its redemptions. */
export interface Key {
  /** An EOA's address, or `verifier · key`. */
  address: Hex;
  /** What the module takes as the key's signature over the hash. */
  sign(parameters: { hash: Hex }): Promise<Hex>;
  sender: PrivateKeyAccount;
}

const p256 = "solidity";
const member = (index: number): KeySigner => toEoaSigner(fixedAccount(index));

/** Makes a key that a verifier checks; `index` tells apart those of one run. */
export const VERIFIED_SIGNERS = {
  "P-256": () => toP256Signer({ ...softwareP256(), p256 }),
  passkey: () => toWebAuthnSigner({ ...softwarePasskey(), userVerification: "required", p256 }),
  "2 of 3": (index: number) =>
    toMultisigSigner({ members: [member(1000 + index), member(2000 + index), toP256Signer({ ...softwareP256(), p256 }).signer], threshold: 2 }),
} as const satisfies Record<string, (index: number) => KeySigner>;

/** Makes a key; `index` tells apart those of one run. */
export const KEYS = {
  secp256k1: (index: number): Key => ({ ...fixedAccount(index), sender: fixedAccount(index) }),
  "P-256": () => verified(VERIFIED_SIGNERS["P-256"]()),
  passkey: () => verified(VERIFIED_SIGNERS.passkey()),
  "2 of 3": (index: number) => verified(VERIFIED_SIGNERS["2 of 3"](index)),
  contract: async (index: number, chain: Chain): Promise<Key> => {
    const owner = fixedAccount(3000 + index);
    const address = await chain.deploy("SigningContract", [owner.address]);
    return verified(toContractSigner({ address, sign: ({ hash }) => owner.sign({ hash }) }));
  },
} as const satisfies Record<string, (index: number, chain: Chain) => Key | Promise<Key>>;

export type KeyKind = keyof typeof KEYS;

/** Anybody sends what such a key has signed. */
function verified(signer: KeySigner): Key {
  return {
    address: signer.signer,
    sender: bundler,
    sign: signer.sign,
  };
}

export async function deployVerifiers(chain: Chain): Promise<void> {
  for (const planned of await planContracts(VERIFIER_CONTRACTS)) await chain.send({ from: bundler, ...creationBy(planned) });
}
