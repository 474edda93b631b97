import type { Address } from "viem";
import { fixedAccount } from "./chain.ts";
import type { PolicyContent } from "./evidence.ts";
import { phase, tokenTransfer } from "./jobs.ts";
import { cosignedPolicy, transferPolicy } from "./policies.ts";
import type { SessionKey } from "./sessionKey.ts";
import type { Call } from "./userOperation.ts";

export const FIRST_USE = phase(600n);
export const SECOND_USE = phase(1_200n);
export const NEXT_DAY = phase(86_400n + 600n);

/** A key of the measurement, its policy, and what it does; `lane` makes its nonces its own. */
export interface Actor extends SessionKey {
  lane: number;
  leaf: number;
  call: Call;
}

/** The key of lane `lane`. */
export function actor(lane: number, policy: PolicyContent, call: Call, leaf = 0): Actor {
  return { lane, leaf, call, policy, signer: fixedAccount(100 + lane) };
}

/** The key that does J1. */
export function transferActor(token: Address): Actor {
  return actor(1, transferPolicy(token), tokenTransfer(token));
}

/** The key that does J1 above its threshold, where another signs too. */
export function cosignedActor(token: Address): Actor {
  const coSigner = fixedAccount(99);
  return { ...actor(8, cosignedPolicy(token, coSigner.address), tokenTransfer(token)), coSigner };
}
