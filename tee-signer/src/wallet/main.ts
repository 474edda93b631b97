/** The wallet process: the only one that holds keys. No listener, no files but its own, and it signs whole operations. */
import { createPublicKey, sign } from "node:crypto";
import { type Socket } from "node:net";
import { hexToBytes, zeroHash } from "viem";
import { ownerBindingDigest } from "../attestation/owner/ownerBinding.ts";
import { Channel } from "../protocol/channel.ts";
import { SignerError } from "../protocol/errors.ts";
import { platformSettings } from "../protocol/platformSettings.ts";
import { WALLET_VERBS } from "../protocol/wallet.ts";
import { KeyStore } from "./keyStore.ts";
import { openPlatform } from "./platform.ts";
import { signIn, signOwnerOperation, signSessionOperation, signTypedData } from "./sign.ts";

const [keyFolder, settings] = process.argv.slice(2);
if (keyFolder === undefined || settings === undefined) throw new TypeError("usage: main.ts <folder of keys> <settings of the platform>");

const { seal, attester } = await openPlatform(platformSettings.parse(JSON.parse(settings)), keyFolder);
const keys = new KeyStore(keyFolder, seal);

async function answer(verb: string, body: unknown): Promise<unknown> {
  switch (verb) {
    case "createKey":
      return keys.create(WALLET_VERBS.createKey.parse(body).key_ref);
    case "signSessionOperation":
      return signSessionOperation(keys, WALLET_VERBS.signSessionOperation.parse(body));
    case "signOwnerOperation":
      return signOwnerOperation(keys, WALLET_VERBS.signOwnerOperation.parse(body));
    case "signIn":
      return signIn(keys, WALLET_VERBS.signIn.parse(body));
    case "signTypedData":
      return signTypedData(keys, WALLET_VERBS.signTypedData.parse(body));
    case "signHead":
      return signHead(WALLET_VERBS.signHead.parse(body));
    case "attest":
      return attest(WALLET_VERBS.attest.parse(body));
    default:
      throw new SignerError("method_refused", `The wallet has no verb \`${verb}\`.`);
  }
}

async function signHead({ seq, hash }: { seq: number; hash: string }): Promise<{ signature: string; public_key: string }> {
  const key = await keys.auditKey();
  return {
    signature: sign(null, Buffer.from(`valet-keys/audit-head/v1\n${seq}\n${hash}`), key).toString("hex"),
    public_key: createPublicKey(key).export({ type: "spki", format: "der" }).toString("hex"),
  };
}

/** Evidence that the owner key is in this code; the key signs the same digest. */
async function attest(asked: ReturnType<(typeof WALLET_VERBS)["attest"]["parse"]>): Promise<unknown> {
  const { address, publicKey } = await keys.publicKey(asked.key_ref);
  const binding = {
    platform: attester.platform,
    owner: address,
    publicKey,
    transportKeyHash: zeroHash,
    policyHash: asked.policy_hash,
    auditHead: `0x${asked.audit_head}`,
    challenge: asked.challenge,
  } as const;
  const digest = ownerBindingDigest(binding);
  const [evidence, signature] = await Promise.all([attester.attest(hexToBytes(digest), asked.challenge), keys.sign(asked.key_ref, digest)]);
  return { binding, ...evidence, signature };
}

process.on("message", (_message, socket) => {
  if (socket) new Channel(socket as Socket).answer(answer);
});
// The supervisor is gone: a wallet that nobody can end must not go on.
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
