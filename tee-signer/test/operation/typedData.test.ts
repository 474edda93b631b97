import { describe, expect, it } from "vitest";
import { findTypedDataRule } from "../../src/operation/typedDataRules.ts";
import { typedDataRequest, typedDataRule } from "../../src/protocol/typedData.ts";

const CONTRACT = "0x00000000000000000000000000000000000000c1";
const types = {
  Vote: [
    { name: "proposal", type: "uint256" },
    { name: "choice", type: "Choice" },
  ],
  Choice: [{ name: "option", type: "string" }],
};
const rule = typedDataRule.parse({
  chain: "base",
  verifying_contract: CONTRACT,
  domain_name: "Votes",
  primary_type: "Vote",
  types,
  limits: [
    { path: "proposal", max: "100" },
    { path: "choice.option", one_of: ["yes", "no"] },
  ],
});
const good = { domain: { name: "Votes", chainId: 8453, verifyingContract: CONTRACT }, types, primaryType: "Vote", message: { proposal: "100", choice: { option: "yes" } } };
const check = (data: unknown, rules = [rule]) => findTypedDataRule(typedDataRequest.parse(data), rules);

it("finds the rule, up to exactly its limits", () => expect(check(good)).toBe(rule));

describe("refuses", () => {
  it.each<[string, object]>([
    ["a number over its limit", { message: { proposal: "101", choice: { option: "yes" } } }],
    ["a number that is none", { message: { proposal: "1e1", choice: { option: "yes" } } }],
    ["a value that is not listed", { message: { proposal: "1", choice: { option: "maybe" } } }],
    ["a field too many", { message: { proposal: "1", choice: { option: "yes", x: "1" } } }],
    ["a field too few", { message: { choice: { option: "yes" } } }],
    ["a struct where a value belongs", { message: { proposal: {}, choice: { option: "yes" } } }],
    ["another contract", { domain: { ...good.domain, verifyingContract: "0x00000000000000000000000000000000000000c2" } }],
    ["another chain", { domain: { ...good.domain, chainId: 1 } }],
    ["another name", { domain: { ...good.domain, name: "Permit2" } }],
    ["a version where the rule has none", { domain: { ...good.domain, version: "1" } }],
    ["other types under the same name", { types: { ...types, Vote: [...types.Vote, { name: "weight", type: "uint256" }] } }],
    ["another primary type", { primaryType: "Choice", message: { option: "yes" } }],
  ])("%s", (_title, change) => {
    expect(() => check({ ...good, ...change })).toThrow(expect.objectContaining({ code: "typed_data_not_allowed" }));
  });

  it("everything, without rules", () => expect(() => check(good, [])).toThrow(expect.objectContaining({ code: "typed_data_not_allowed" })));

  it("an operation of a session key, whatever the rules say", () => {
    const own = { ...good, domain: { ...good.domain, name: "SessionKeyModule" } };
    expect(() => check(own, [{ ...rule, domain_name: "SessionKeyModule" }])).toThrow(/whole operations only/);
  });
});
