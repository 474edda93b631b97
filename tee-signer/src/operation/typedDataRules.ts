import { isDeepStrictEqual } from "node:util";
import { SignerError } from "../protocol/errors.ts";
import { type TypedDataRequest, type TypedDataRule } from "../protocol/typedData.ts";

/** Whoever signs for this domain signs an operation; that goes by whole operations only. */
const MODULE_DOMAIN = "SessionKeyModule";

/**
 * The rule that allows this typed data: same domain, same types, every field of every struct there and no other, and
 * values within the rule's limits.
 *
 * @throws SignerError `typed_data_not_allowed`
 */
export function findTypedDataRule(data: TypedDataRequest, rules: readonly TypedDataRule[]): TypedDataRule {
  const { domain, types, primaryType, message } = data;
  const refuse = (reason: string): never => {
    throw new SignerError("typed_data_not_allowed", reason);
  };
  if (domain.name === MODULE_DOMAIN) refuse("Operations of a session key are signed as whole operations only.");
  const rule = rules.find(
    (it) =>
      it.chain === domain.chainId &&
      it.verifying_contract === domain.verifyingContract &&
      it.domain_name === domain.name &&
      it.domain_version === domain.version &&
      it.primary_type === primaryType &&
      isDeepStrictEqual(it.types, types),
  );
  if (!rule) return refuse("No schema on the session's list has this domain and these types.");
  if (!hasExactly(message, primaryType, types)) refuse("The message does not have exactly the fields of its type.");
  for (const { path, one_of, max } of rule.limits) {
    const value = path.split(".").reduce<unknown>((at, name) => (isStruct(at) ? at[name] : undefined), message);
    const text = typeof value === "number" ? String(value) : value;
    if (typeof text !== "string") return refuse(`\`${path}\` holds no plain value.`);
    if (one_of && !one_of.some((it) => it.toLowerCase() === text.toLowerCase())) refuse(`\`${path}\` is none of the values that the session may sign.`);
    if (max !== undefined && !(/^(?:\d{1,78}|0x[0-9a-fA-F]{1,64})$/.test(text) && BigInt(text) <= BigInt(max))) refuse(`\`${path}\` passes ${max}.`);
  }
  return rule;
}

function isStruct(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasExactly(value: unknown, type: string, types: TypedDataRule["types"]): boolean {
  const array = /^(.*)\[\d*\]$/.exec(type)?.[1];
  if (array !== undefined) return Array.isArray(value) && value.every((it) => hasExactly(it, array, types));
  const fields = types[type];
  if (!fields) return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  if (!isStruct(value) || Object.keys(value).length !== fields.length) return false;
  return fields.every((field) => Object.hasOwn(value, field.name) && hasExactly(value[field.name], field.type, types));
}
