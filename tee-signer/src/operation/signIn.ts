import { type Address } from "viem";
import { createSiweMessage, parseSiweMessage, type SiweMessage } from "viem/siwe";
import { SignerError } from "../protocol/errors.ts";

/** Longest life of a sign-in, and how far its time of issue may be from now. */
const MAX_LIFE_MS = 60 * 60_000;
const MAX_SKEW_MS = 5 * 60_000;

export type SignInRules = { readonly key: Address; readonly domains: readonly string[]; readonly chains: readonly number[] };

/**
 * Whether a message is a sign-in (EIP-4361) that may be signed: exactly in the standard's form, for the key's own
 * address, a listed domain and an allowed chain, fresh, and expiring within the hour.
 *
 * @param now milliseconds since 1970
 * @throws SignerError `method_refused` for every other message, `domain_not_allowed`, `chain_not_allowed`
 */
export function checkSignIn(message: string, { key, domains, chains }: SignInRules, now: number): void {
  const parsed = parseSiweMessage(message);
  if (!isExact(message, parsed)) throw new SignerError("method_refused", "The signer signs no messages but sign-ins in the exact form of EIP-4361.");
  const { domain, uri, chainId, address, issuedAt, expirationTime, notBefore } = parsed;
  if (address.toLowerCase() !== key.toLowerCase()) throw new SignerError("session_key_mismatch", `The sign-in is for another address than ${key}.`);
  if (!domains.includes(domain) || hostOf(uri) !== domain) throw new SignerError("domain_not_allowed", `The session may not sign in at ${domain}.`, { domain });
  if (!chains.includes(chainId)) throw new SignerError("chain_not_allowed", `The session may not act on chain ${chainId}.`);
  const issued = issuedAt?.getTime() ?? Number.NaN;
  const expires = expirationTime?.getTime() ?? Number.NaN;
  const fresh = Math.abs(now - issued) <= MAX_SKEW_MS && expires > now && expires <= now + MAX_LIFE_MS;
  if (!fresh || (notBefore !== undefined && notBefore.getTime() > now + MAX_SKEW_MS)) {
    throw new SignerError("window_refused", "A sign-in says when it was issued, just now, and expires within an hour.");
  }
}

function hostOf(uri: string): string | undefined {
  return URL.canParse(uri) ? new URL(uri).host : undefined;
}

/** Written again from its fields, the message is the same: nothing was left over, nothing can be read otherwise. */
function isExact(message: string, parsed: Partial<SiweMessage>): parsed is SiweMessage {
  try {
    return createSiweMessage(parsed as SiweMessage) === message;
  } catch {
    return false;
  }
}
