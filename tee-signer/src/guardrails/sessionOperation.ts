import { type Address, type Hex, keccak256, toHex } from "viem";
import { isSessionNonce } from "../operation/accounts.ts";
import { entryPointVersionOf, operationHash } from "../operation/hash.ts";
import { callsOf, envelopeOf, wrappingOf } from "../operation/lanes.ts";
import { checkForm, userOperation, type WholeOperation } from "../operation/schema.ts";
import { z } from "zod/v4";
import { type AccountDefinition, type SessionAccount } from "../protocol/accounts.ts";
import { chain } from "../protocol/chains.ts";
import { SignerError } from "../protocol/errors.ts";
import { address } from "../protocol/primitives.ts";
import { type Charges, chargesOf } from "./charges.ts";
import { type EffectivePolicy } from "./clip.ts";

/** A request to sign a whole user operation, of either lane. */
export const operationRequest = z.strictObject({ chain, entry_point: address, user_operation: userOperation });
export type OperationRequest = z.infer<typeof operationRequest>;

/** What is known of the session that asks. `expiresAt` in milliseconds since 1970. */
export type JudgedSession = {
  readonly key: Address;
  readonly expiresAt: number;
  readonly account: { readonly chainId: number; readonly address: Address; readonly definition: Pick<AccountDefinition, "entry_point_version">; readonly session: SessionAccount };
};

export type JudgedOperation = { readonly userOpHash: Hex; readonly requestHash: Hex; readonly validUntil: bigint; readonly charges: Charges };

/** Seconds by which the requester's clock may be ahead. */
const SKEW = 5n;

/**
 * Everything about an agent's operation that does not depend on what was spent before: its form, its lane, its window,
 * every call, every charge.
 *
 * @param now seconds since 1970
 * @throws SignerError
 */
export function judgeSessionOperation(
  request: OperationRequest,
  policy: EffectivePolicy,
  session: JudgedSession,
  now: bigint,
): JudgedOperation {
  const { chain: chainId, entry_point: entryPoint, user_operation: operation } = request;
  const { definition, session: account } = session.account;
  const version = entryPointVersionOf(entryPoint);
  checkForm(operation, version);
  if (!policy.allowed_chains.includes(chainId)) throw new SignerError("chain_not_allowed", `The session may not act on chain ${chainId}.`);
  if (session.account.chainId !== chainId || session.account.address !== operation.sender || definition.entry_point_version !== version) {
    throw new SignerError("account_not_allowed", "The session is bound to one smart account, on one chain and one EntryPoint; this is another.");
  }
  if (!isSessionNonce(account, operation.nonce)) {
    throw new SignerError("session_key_mismatch", "The nonce does not name the session key module as the validator.");
  }
  if (operation.factory !== undefined) {
    throw new SignerError("factory_not_allowed", "An account that has granted a session key exists; the operation must not create it.");
  }
  const envelope = envelopeOf(operation, session.key);
  checkWindow(envelope, policy, BigInt(Math.floor(session.expiresAt / 1000)), now);
  const charges = chargesOf(policy, operation, callsOf(operation, wrappingOf(account.kind, envelope.header)), { chainId, sender: operation.sender, account });
  const userOpHash = operationHash(chainId, entryPoint, operation);
  return { userOpHash, requestHash: requestHashOf(userOpHash, operation), validUntil: envelope.validUntil, charges };
}

/** Hash of everything that the signature depends on: the operation's hash, and the window and evidence beside it. */
export function requestHashOf(userOpHash: Hex, operation: WholeOperation): Hex {
  return keccak256(`${userOpHash}${operation.signature.slice(2)}`);
}

function checkWindow({ validAfter, validUntil }: { validAfter: bigint; validUntil: bigint }, policy: EffectivePolicy, expiresAt: bigint, now: bigint): void {
  const latest = now + BigInt(policy.max_window_seconds) + SKEW;
  const fail = (reason: string): never => {
    throw new SignerError("window_refused", reason, { valid_after: toHex(validAfter), valid_until: toHex(validUntil), now: Number(now) });
  };
  if (validUntil <= now) fail("The operation's window is over.");
  if (validAfter >= validUntil) fail("The operation's window is empty.");
  if (validUntil > latest) fail(`The operation's window ends more than ${policy.max_window_seconds} seconds from now.`);
  if (validUntil > expiresAt) fail("The operation's window ends after the session does.");
}
