import { walkCauses } from "@valet-keys/sdk/errors";
import { SignerError, type WireError } from "../protocol/errors.ts";

/** Where a signer is, and the token to ask it with. */
export type SignerAddress = { readonly url: string; readonly token: string };

/**
 * One request to the signer.
 *
 * @throws SignerError as the signer answered
 */
export async function request({ url, token }: SignerAddress, method: "GET" | "POST" | "PUT", path: string, body?: unknown, idempotencyKey?: string): Promise<unknown> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as { error?: WireError };
  if (!response.ok) throw new SignerError(answer.error?.code ?? "internal", answer.error?.message ?? `The signer answered ${response.status}.`, answer.error?.figures);
  return answer;
}

/** The signer's refusal in what viem has made of it; `undefined` if the signer had no part in the error. */
export function findSignerError(error: unknown): SignerError | undefined {
  const found = walkCauses(error, (link) => link instanceof SignerError);
  return found instanceof SignerError ? found : undefined;
}
