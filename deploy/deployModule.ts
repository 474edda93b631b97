import type { Address } from "viem";
import { MODULE_CONTRACTS } from "./contracts.ts";

/** Deploys one contract by its name in Solidity, and says where. */
type Deploy = (artifact: string, args: unknown[]) => Promise<Address>;

/** Deploys the module and its parts one by one, for chains that need no canonical addresses. */
export async function deployModule(deploy: Deploy): Promise<Address> {
  const addresses = new Map<string, Address>();
  for (const { name, artifact = name, args = [] } of MODULE_CONTRACTS) {
    const values = args.map((arg) => (typeof arg === "object" ? addresses.get(arg.addressOf) : arg));
    addresses.set(name, await deploy(artifact, values));
  }
  return addresses.get("SessionKeyModule") as Address;
}
