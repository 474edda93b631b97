import { type Address, getAddress } from "viem";
import type { Phase } from "./frames.ts";
import { type AssociatedSlots, collectAssociatedSlots } from "./storage-rules.ts";
import type { ValidationTrace } from "./trace.ts";
import type { RuleId } from "./violation.ts";

/** The precompiles that every bundler accepts: 1 to 9. Alto accepts no other. */
export const CORE_PRECOMPILES: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** What the rules need to know of an operation besides its trace. */
export type Operation = {
  entryPoint: Address;
  sender: Address;
  /** Set when the operation creates its sender. */
  factory?: Address;
  paymaster?: Address;
  /** Entities with a stake. Default: none, the strictest case. */
  staked?: readonly Address[];
  /** Default: {@link CORE_PRECOMPILES}. */
  precompiles?: readonly number[];
};

/** What the rules look at besides the event they judge. Addresses are in checksum form, so that `===` compares them. */
export type Context = {
  entryPoint: Address;
  sender: Address;
  factory: Address | undefined;
  paymaster: Address | undefined;
  precompiles: readonly number[];
  slots: AssociatedSlots;
  isStaked: (entity: Address | undefined) => boolean;
  /** Whether the address had code before the operation, or was created by it so far. */
  hasCode: (address: Address) => boolean;
};

/** A rule that an event breaks, without its place. */
export type Finding = { rule: RuleId; detail: string };

/** @param created what the operation has created so far; grows while the trace is walked */
export function contextOf(trace: ValidationTrace, operation: Operation, created: ReadonlySet<Address>): Context {
  const staked = new Set((operation.staked ?? []).map((it) => getAddress(it)));
  return {
    entryPoint: getAddress(operation.entryPoint),
    sender: getAddress(operation.sender),
    factory: operation.factory && getAddress(operation.factory),
    paymaster: operation.paymaster && getAddress(operation.paymaster),
    precompiles: operation.precompiles ?? CORE_PRECOMPILES,
    slots: collectAssociatedSlots(trace.events),
    isStaked: (entity) => entity !== undefined && staked.has(entity),
    hasCode: (address) => !trace.codeless.has(address.toLowerCase()) || created.has(address),
  };
}

/** OP-041 with its exception, OP-042: a factory may look for the account that it is about to create. */
export function isUsable(address: Address, phase: Phase, { sender, hasCode }: Context): boolean {
  return hasCode(address) || (phase === "deployment" && address === sender);
}
