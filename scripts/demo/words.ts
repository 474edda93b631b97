import { type Address, formatUnits, type Hex } from "viem";
import { type SessionKeyRefusedError } from "../../ts-sdk/src/index.ts";

/** Addresses that a person knows by name, and tokens with their decimals. */
export type Names = {
  readonly addresses: Readonly<Record<Address, string>>;
  /** Functions by their selectors. */
  readonly functions: Readonly<Record<Hex, string>>;
  readonly tokens: Readonly<Record<Address, { readonly symbol: string; readonly decimals: number }>>;
};

/** Reasons that are shorter where everybody has a name. */
const SHORT: Readonly<Record<string, string>> = {
  KeyEpochOutdated: "All keys were revoked after this one was granted.",
  KeyNotGranted: "No grant of this key is alive.",
};

/** Selector of a call without data. */
const NO_FUNCTION = "0x00000000";
/** Above this an amount is no amount, but all there is. */
const UNLIMITED = 10n ** 30n;

/** A refusal as the table shows it: the SDK's reason with names for addresses, and figures in whole units. */
export function inWords(refusal: SessionKeyRefusedError, { addresses, functions, tokens }: Names): string {
  const { code, token, limit, left, attempted, resetsAt, target, selector, reason } = refusal;
  const unit = token === undefined ? { symbol: "ETH", decimals: 18 } : tokens[token];
  if (["SpendingLimitExceeded", "NativeLimitExceeded"].includes(code) && unit && typeof attempted === "bigint" && typeof limit === "bigint") {
    const amount = (value: bigint): string => (value > UNLIMITED ? "unlimited" : formatUnits(value, unit.decimals));
    return `Asked for ${amount(attempted)} ${unit.symbol}; left ${amount(left ?? 0n)} of ${amount(limit)}${until(resetsAt)}.`;
  }
  if (code === "RateLimitExceeded") return `${attempted} more; left ${left} of ${limit}${until(resetsAt)}.`;
  if (code === "CallNotPermitted" && target !== undefined && selector !== undefined) {
    const to = addresses[target] ?? target;
    return `No permission ${selector === NO_FUNCTION ? `to send ether to ${to}` : `for ${to}'s ${functions[selector] ?? selector}`}.`;
  }
  if (code === "TargetForbidden" && target !== undefined) return `No key may call ${addresses[target] ?? target}.`;
  return Object.entries(addresses).reduce(
    (text, [address, name]) => text.replaceAll(new RegExp(`0x(?:0{24})?${address.slice(2)}`, "gi"), name),
    SHORT[code] ?? reason,
  );
}

/** When a limit is whole again, in UTC as all periods are. */
function until(resetsAt: bigint | null | undefined): string {
  return typeof resetsAt === "bigint" ? ` until ${new Date(Number(resetsAt) * 1000).toISOString().slice(11, 16)} UTC` : "";
}
