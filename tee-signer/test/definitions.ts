import { type Address, zeroHash } from "viem";
import { type AccountDefinition, type AccountKind, accountDefinition } from "../src/protocol/accounts.ts";
import { DEPLOYMENT, GUARDIAN, RECOVERY } from "./signer.ts";

export const ACCOUNT: Address = "0x00000000000000000000000000000000000000b1";
export const OWNER: Address = "0x00000000000000000000000000000000000000b2";
export const OWNER_VALIDATOR: Address = "0x00000000000000000000000000000000000000b3";
export const RECOVERY_VALIDATOR: Address = "0x00000000000000000000000000000000000000b4";
export const ADAPTER: Address = "0x00000000000000000000000000000000000000b5";

const attested = { number: "1", hash: zeroHash, timestamp: 1 };
const validated = { owner_validator: OWNER_VALIDATOR, ownership: { by: "wallet", guardian: GUARDIAN, recovery_validator: RECOVERY_VALIDATOR, attested } };

/** What each kind has beside module, EntryPoint and address. */
const OWN: Readonly<Record<Exclude<AccountKind, "owned">, object>> = {
  kernel: validated,
  nexus: validated,
  msa: validated,
  openzeppelin: validated,
  safe7579: { adapter: ADAPTER, ownership: { by: "wallet", guardian: GUARDIAN, owners: [OWNER, RECOVERY], threshold: 1, attested } },
  eip7702: { ownership: { by: "elsewhere" } },
};

/** An account of a kind, with everything that makes it one that the wallet may own. */
export function definitionOf(kind: AccountKind, change: object = {}, owner: Address = OWNER): AccountDefinition {
  const owned = { kind, entry_point_version: "0.7", ...DEPLOYMENT, owners: [owner, RECOVERY], guardian: GUARDIAN, salt: zeroHash };
  if (kind === "owned") return accountDefinition.parse({ ...owned, ...change });
  return accountDefinition.parse({ kind, entry_point_version: "0.7", module: DEPLOYMENT.module, address: ACCOUNT, ...OWN[kind], ...change });
}
