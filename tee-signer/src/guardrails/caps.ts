import { SignerError } from "../protocol/errors.ts";
import { type Spent } from "../storage/sessions.ts";
import { type Charges } from "./charges.ts";
import { type EffectivePolicy } from "./clip.ts";

/**
 * What a session will have spent with these charges.
 *
 * @throws SignerError `native_per_tx_exceeded`, `native_total_exceeded`, `token_per_tx_exceeded`, `token_total_exceeded`
 */
export function spend(policy: EffectivePolicy, spent: Spent, charges: Charges, chainId: number): Spent {
  const native = BigInt(spent.native) + charges.native;
  within("native_per_tx_exceeded", "wei in one operation", charges.native, BigInt(policy.max_spend_per_tx_native), 0n);
  within("native_total_exceeded", "wei", charges.native, BigInt(policy.max_spend_total_native), BigInt(spent.native));

  const tokens: Record<string, string> = { ...spent.tokens };
  for (const [token, amount] of charges.tokens) {
    const cap = policy.token_caps.find((it) => it.chain === chainId && it.token === token);
    if (!cap) throw new SignerError("token_not_allowed", `The session has no cap for the token ${token}, and so cannot move it.`);
    const name = `${chainId}:${token}`;
    const before = BigInt(tokens[name] ?? "0");
    within("token_per_tx_exceeded", `units of ${token} in one operation`, amount, BigInt(cap.max_per_tx), 0n);
    within("token_total_exceeded", `units of ${token}`, amount, BigInt(cap.max_total), before);
    tokens[name] = String(before + amount);
  }
  return { native: String(native), tokens, operations: spent.operations + 1 };
}

type CapCode = "native_per_tx_exceeded" | "native_total_exceeded" | "token_per_tx_exceeded" | "token_total_exceeded";

/** Refuses more than what is left of a limit; exactly what is left passes. */
function within(code: CapCode, unit: string, asked: bigint, limit: bigint, used: bigint): void {
  const left = limit > used ? limit - used : 0n;
  if (asked <= left) return;
  throw new SignerError(code, `Asked for ${asked} ${unit}; left ${left} of ${limit}.`, {
    asked: String(asked),
    limit: String(limit),
    left: String(left),
  });
}
