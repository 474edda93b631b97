import { encodeSessionSignature, joinSignatures, unframedCalls } from "@valet-keys/sdk/operation";
import { hashMessage, hashTypedData, type Hex, keccak256 } from "viem";
import { type z } from "zod/v4";
import { checkCreation } from "../operation/accountAddress.ts";
import { isOwnerNonce, isSessionNonce, ownerDigest } from "../operation/accounts.ts";
import { entryPointVersionOf, operationHash } from "../operation/hash.ts";
import { callsOf, envelopeOf, ownerWrapping, wrappingOf } from "../operation/lanes.ts";
import { ownerCallsOf } from "../operation/ownerCalls.ts";
import { checkOwner } from "../operation/ownership.ts";
import { checkForm } from "../operation/schema.ts";
import { sessionOperationDigest } from "../operation/sessionDigest.ts";
import { checkSignIn } from "../operation/signIn.ts";
import { whyNoTarget } from "../operation/targets.ts";
import { findTypedDataRule } from "../operation/typedDataRules.ts";
import { SignerError } from "../protocol/errors.ts";
import { type WALLET_VERBS } from "../protocol/wallet.ts";
import { type KeyStore } from "./keyStore.ts";

type Asked<verb extends keyof typeof WALLET_VERBS> = z.output<(typeof WALLET_VERBS)[verb]>;

const refuse = (reason: string): never => {
  throw new SignerError("method_refused", reason);
};

/** Signs an operation as a session key: the module's own typed data, over the hash that is computed here. */
export async function signSessionOperation(keys: KeyStore, asked: Asked<"signSessionOperation">): Promise<Hex> {
  const { key_ref: ref, chain_id: chainId, entry_point: entryPoint, account, user_operation: operation } = asked;
  const { kind, module } = account;
  if (!ref.startsWith("session-")) refuse("An owner key signs no operation of an agent.");
  checkForm(operation, entryPointVersionOf(entryPoint));
  if (!isSessionNonce(account, operation.nonce)) refuse("The nonce does not name the session key module as the validator.");
  const { address } = await keys.publicKey(ref);
  const { evidence, header, ...window } = envelopeOf(operation, address);
  for (const { to } of unframedCalls(module, callsOf(operation, wrappingOf(kind, header)))) {
    const forbidden = whyNoTarget(to, operation.sender, account);
    if (forbidden) refuse(`No session key may call ${to}: ${forbidden}.`);
  }
  const userOpHash = operationHash(chainId, entryPoint, operation);
  const digest = sessionOperationDigest({ chainId, module, userOpHash, ...window, evidenceHash: keccak256(evidence) });
  return encodeSessionSignature({ ...window, evidence, keySignature: joinSignatures(evidence, await keys.sign(ref, digest)) });
}

/** Signs an operation as the owner: of an account that others could take over from this signer, and to manage session keys only. */
export async function signOwnerOperation(keys: KeyStore, asked: Asked<"signOwnerOperation">): Promise<Hex> {
  const { key_ref: ref, chain_id: chainId, entry_point: entryPoint, definition, user_operation: operation } = asked;
  if (!ref.startsWith("owner-")) refuse("A session key signs no operation of an owner.");
  checkForm(operation, entryPointVersionOf(entryPoint));
  if (!isOwnerNonce(definition, operation.nonce)) refuse("The nonce does not name the owner as the validator.");
  const { address } = await keys.publicKey(ref);
  checkOwner(definition, operation.sender, address);
  checkCreation(operation, definition);
  ownerCallsOf(callsOf(operation, ownerWrapping(definition.kind)), operation.sender, definition.module);
  return keys.sign(ref, ownerDigest(chainId, entryPoint, operation, definition));
}

/** Signs a sign-in message (EIP-4361), and no other. */
export async function signIn(keys: KeyStore, asked: Asked<"signIn">): Promise<Hex> {
  if (!asked.key_ref.startsWith("session-")) refuse("An owner key signs no messages.");
  const { address } = await keys.publicKey(asked.key_ref);
  checkSignIn(asked.message, { key: address, domains: asked.domains, chains: asked.chains }, Date.now());
  return keys.sign(asked.key_ref, hashMessage(asked.message));
}

/** Signs typed data that a rule allows. */
export async function signTypedData(keys: KeyStore, asked: Asked<"signTypedData">): Promise<Hex> {
  if (!asked.key_ref.startsWith("session-")) refuse("An owner key signs no typed data.");
  findTypedDataRule(asked.typed_data, [asked.rule]);
  return keys.sign(asked.key_ref, typedDataDigest(asked.typed_data));
}

function typedDataDigest(data: Asked<"signTypedData">["typed_data"]): Hex {
  try {
    return hashTypedData(data as unknown as Parameters<typeof hashTypedData>[0]);
  } catch {
    throw new SignerError("typed_data_not_allowed", "A value does not fit its type.");
  }
}
