import { z } from "zod/v4";
import { userOperation } from "../operation/schema.ts";
import { accountDefinition, sessionAccount } from "./accounts.ts";
import { address, bytes32, identifier } from "./primitives.ts";
import { typedDataRequest, typedDataRule } from "./typedData.ts";

/**
 * What the guardrails may ask of the wallet process. There is no verb that takes a hash: the wallet reads the whole
 * operation itself, and refuses what no grant can allow, whatever the guardrails say.
 */
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** The durable record that came before: no signature without one. */
const grant = z.strictObject({ requester: identifier, audit_seq: z.number().int().positive(), audit_hash: hash });
const keyRef = z.string().regex(/^(?:owner|session)-[0-9a-zA-Z_-]{1,64}$/);
const chainId = z.number().int().positive();

export const WALLET_VERBS = {
  createKey: z.strictObject({ key_ref: keyRef }),
  signSessionOperation: z.strictObject({ grant, key_ref: keyRef, chain_id: chainId, entry_point: address, account: sessionAccount, user_operation: userOperation }),
  signOwnerOperation: z.strictObject({ grant, key_ref: keyRef, chain_id: chainId, entry_point: address, definition: accountDefinition, user_operation: userOperation }),
  signIn: z.strictObject({ grant, key_ref: keyRef, message: z.string().max(4096), domains: z.array(z.string()).max(50), chains: z.array(chainId).max(50) }),
  signTypedData: z.strictObject({ grant, key_ref: keyRef, typed_data: typedDataRequest, rule: typedDataRule }),
  signHead: z.strictObject({ seq: z.number().int().nonnegative(), hash }),
  attest: z.strictObject({ key_ref: keyRef, challenge: bytes32, policy_hash: bytes32, audit_head: hash }),
} as const;

export type WalletVerb = keyof typeof WALLET_VERBS;
export type WalletRequest<verb extends WalletVerb> = z.input<(typeof WALLET_VERBS)[verb]>;
