import { type Call, unframedCalls } from "@valet-keys/sdk/operation";
import { type Address, type Hex, size, slice, toFunctionSelector } from "viem";
import { largestGasCost, type WholeOperation } from "../operation/schema.ts";
import { whyNoTarget } from "../operation/targets.ts";
import { type SessionAccount } from "../protocol/accounts.ts";
import { SignerError } from "../protocol/errors.ts";
import { type EffectivePolicy } from "./clip.ts";
import { readTokenCall } from "./tokenCalls.ts";

const MODULE_LIFECYCLE: ReadonlySet<Hex> = new Set(["onInstall(bytes)", "onUninstall(bytes)"].map((it) => toFunctionSelector(it)));

/** Everything an operation could spend. Tokens by address. */
export type Charges = { readonly native: bigint; readonly tokens: ReadonlyMap<Address, bigint> };

export type Context = { readonly chainId: number; readonly sender: Address; readonly account: SessionAccount };

/**
 * Walks every call of an operation: refuses what the policy does not allow, and adds up value, token amounts, approvals
 * and the largest possible cost of gas.
 *
 * @throws SignerError with the call's index
 */
export function chargesOf(policy: EffectivePolicy, operation: WholeOperation, calls: readonly Call[], context: Context): Charges {
  let native = gasCharge(policy, operation);
  const tokens = new Map<Address, bigint>();
  // A measured key's `open` and `close` of the module measure the calls between them, and spend nothing.
  const spending = unframedCalls(context.account.module, calls);
  const before = spending.length === calls.length ? 0 : 1;
  spending.forEach((call, index) => {
    const target = call.to.toLowerCase() as Address;
    native += call.value;
    const token = inCall(before + index, () => checkCall(policy, { ...call, to: target }, context));
    if (token !== undefined) tokens.set(target, (tokens.get(target) ?? 0n) + token);
  });
  return { native, tokens };
}

/** @returns the amount of the called token that the call moves or approves; `undefined` if it is no token call */
function checkCall(policy: EffectivePolicy, { to, data }: Call, { chainId, sender, account }: Context): bigint | undefined {
  const forbidden = whyNoTarget(to, sender, account);
  if (forbidden) throw new SignerError("target_forbidden", `No session may call ${to}: ${forbidden}.`);
  if (size(data) === 0) {
    checkRecipient(policy, to);
    return undefined;
  }
  if (size(data) < 4) throw new SignerError("call_data_malformed", "One to three bytes of call data name no function.");
  const token = readTokenCall(data);
  if (!token) {
    checkFunction(policy, to, slice(data, 0, 4));
    checkRecipient(policy, to);
    return undefined;
  }
  if (policy.allowed_functions !== undefined) checkFunction(policy, to, slice(data, 0, 4));
  if (!policy.token_caps.some((cap) => cap.chain === chainId && cap.token === to)) {
    throw new SignerError("token_not_allowed", `The session has no cap for the token ${to}, and so cannot move it.`);
  }
  if (token.recipient) checkRecipient(policy, token.recipient);
  return token.amount;
}

function checkFunction(policy: EffectivePolicy, target: Address, selector: Hex): void {
  // A list cannot allow what installs modules, on whatever contract.
  const listed = policy.allowed_functions?.some((it) => it.target === target && it.selector === selector) === true;
  if (!listed || MODULE_LIFECYCLE.has(selector)) {
    throw new SignerError("function_not_allowed", `The session may not call ${selector} of ${target}.`);
  }
}

function checkRecipient(policy: EffectivePolicy, recipient: Address): void {
  if (policy.blocked_recipients.includes(recipient) || policy.allowed_recipients?.includes(recipient) === false) {
    throw new SignerError("recipient_not_allowed", `The session may send nothing to ${recipient}.`);
  }
}

/** The largest cost of gas, unless a listed paymaster bears it. A paymaster that is not listed is refused. */
function gasCharge(policy: EffectivePolicy, operation: WholeOperation): bigint {
  const { paymaster } = operation;
  if (paymaster === undefined) return largestGasCost(operation);
  const entry = policy.allowed_paymasters.find((it) => it.address === paymaster);
  if (!entry) throw new SignerError("paymaster_not_allowed", `${paymaster} is not on the session's list of paymasters.`);
  return entry.sponsors ? 0n : largestGasCost(operation);
}

function inCall<T>(index: number, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof SignerError)) throw error;
    throw new SignerError(error.code, error.shortMessage, { ...error.figures, call: index });
  }
}
