import { whyForbidden } from "@valet-keys/sdk/policy";
import { type Address } from "viem";
import { type SessionAccount } from "../protocol/accounts.ts";

/** Why no session key may call `target` for the account `sender`, in words; `undefined` if one may. */
export function whyNoTarget(target: Address, sender: Address, { module, forbidden }: SessionAccount): string | undefined {
  if (forbidden.includes(target.toLowerCase() as Address)) return "it obeys the account and rules it";
  return whyForbidden(target, { account: sender, module });
}
