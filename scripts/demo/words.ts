import { type Address, formatEther, formatUnits } from "viem";
import { type SessionKeyRefusedError } from "../../ts-sdk/src/index.ts";

/** Addresses that a person knows by name, and tokens with their decimals. */
export type Names = {
  readonly addresses: Readonly<Record<Address, string>>;
  readonly tokens: Readonly<Record<Address, { readonly symbol: string; readonly decimals: number }>>;
};

/** A refusal as the table shows it: the SDK's reason with names for addresses, and figures in whole units. */
export function inWords(refusal: SessionKeyRefusedError, { addresses, tokens }: Names): string {
  const { code, token, limit, left, attempted, resetsAt } = refusal;
  const unit = token === undefined ? { symbol: "ETH", decimals: 18 } : tokens[token];
  if (["SpendingLimitExceeded", "NativeLimitExceeded"].includes(code) && unit && typeof attempted === "bigint" && typeof limit === "bigint") {
    const amount = (value: bigint): string => (value > 10n ** 30n ? "unlimited" : unit.decimals === 18 ? formatEther(value) : formatUnits(value, unit.decimals));
    const reset = typeof resetsAt === "bigint" ? `, whole again at ${new Date(Number(resetsAt) * 1000).toISOString().slice(0, 16)}Z` : "";
    return `asked ${amount(attempted)} ${unit.symbol}, left ${amount(left ?? 0n)} of ${amount(limit)}${reset}`;
  }
  return Object.entries(addresses).reduce((text, [address, name]) => {
    const digits = address.slice(2).toLowerCase();
    return text.replaceAll(new RegExp(`0x(?:0{24})?${digits}`, "gi"), name);
  }, refusal.reason);
}
