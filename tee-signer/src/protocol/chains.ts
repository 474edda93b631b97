import { z } from "zod/v4";

/** Chains by the names that requests may use. Every other chain goes by its number. */
export const CHAIN_IDS: Readonly<Record<string, number>> = {
  ethereum: 1,
  optimism: 10,
  bnb: 56,
  gnosis: 100,
  polygon: 137,
  base: 8453,
  local: 31337,
  arbitrum: 42161,
  avalanche: 43114,
  "base-sepolia": 84532,
  sepolia: 11155111,
};

const MAX_CHAIN_ID = 2 ** 48;

/** A chain by name or number; the number from here on. */
export const chain = z
  .union([z.number().int().positive().max(MAX_CHAIN_ID), z.string()])
  .transform((it, context) => {
    if (typeof it === "number") return it;
    const id = Object.hasOwn(CHAIN_IDS, it) ? CHAIN_IDS[it] : undefined;
    if (id !== undefined) return id;
    context.issues.push({ code: "custom", message: `a chain's number, or one of ${Object.keys(CHAIN_IDS).join(", ")}`, input: it });
    return z.NEVER;
  });

export function chainName(id: number): string {
  return Object.entries(CHAIN_IDS).find(([, it]) => it === id)?.[0] ?? String(id);
}
