import { sessionKeyModuleAbi } from "@valet-keys/sdk/abis";
import { type Call } from "@valet-keys/sdk/operation";
import { type Address, decodeFunctionData, encodeFunctionData, type Hex } from "viem";
import { SignerError } from "../protocol/errors.ts";

/** What an owner key ever signs: the life of session keys. No other function, no other contract. */
const OWNER_FUNCTIONS = ["grant", "update", "pause", "resume", "pauseAccount", "resumeAccount", "revoke", "revokeAll"] as const;
export type OwnerFunction = (typeof OWNER_FUNCTIONS)[number];

export type OwnerCall = { readonly name: OwnerFunction; readonly args: readonly unknown[] };

/** Functions whose first argument is the account they are about. */
const NAMES_ACCOUNT: readonly OwnerFunction[] = ["pause", "pauseAccount", "revoke", "revokeAll"];

/**
 * Reads the calls of an owner's operation: each to the module, without value, in the canonical encoding.
 *
 * @throws SignerError `owner_rule_broken`
 */
export function ownerCallsOf(calls: readonly Call[], account: Address, module: Address): readonly OwnerCall[] {
  return calls.map(({ to, value, data }, index) => {
    const fail = (reason: string): never => {
      throw new SignerError("owner_rule_broken", `Call ${index}: ${reason}`, { call: index });
    };
    if (to.toLowerCase() !== module) fail(`an owner key signs calls of the session key module ${module} only, and this is ${to}.`);
    if (value !== 0n) fail("it carries value.");
    const { name, args } = decode(data) ?? fail("it is no function of the session key module, or not in its one encoding.");
    if (!isOwnerFunction(name)) return fail(`an owner key does not call \`${name}\`.`);
    if (NAMES_ACCOUNT.includes(name) && String(args[0]).toLowerCase() !== account) fail(`\`${name}\` names another account.`);
    return { name, args };
  });
}

function isOwnerFunction(name: string): name is OwnerFunction {
  return (OWNER_FUNCTIONS as readonly string[]).includes(name);
}

function decode(data: Hex): { name: string; args: readonly unknown[] } | undefined {
  try {
    const { functionName, args } = decodeFunctionData({ abi: sessionKeyModuleAbi, data });
    const list = (args ?? []) as readonly unknown[];
    const again = encodeFunctionData({ abi: sessionKeyModuleAbi, functionName, args: list } as Parameters<typeof encodeFunctionData>[0]);
    return again === data.toLowerCase() ? { name: functionName, args: list } : undefined;
  } catch {
    return undefined;
  }
}
