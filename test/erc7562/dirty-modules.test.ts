import type { Address } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Chain, deploy, deposit, startChain } from "./chain.ts";
import { checkTrace } from "./check.ts";
import { ENTRY_POINTS, ENTRY_POINT_VERSIONS } from "./entry-points.ts";
import { nonceOf, packOperation } from "./operations.ts";
import { traceValidation } from "./tracer.ts";
import type { RuleId } from "./violation.ts";

/** What each module does is in its title; `rules` is everything that the checker may say of it. */
type Probe = { contract: string; args?: readonly unknown[]; value?: bigint; rules: readonly RuleId[] };

const RIP7212 = "0x0000000000000000000000000000000000000100";
const SHA256 = "0x0000000000000000000000000000000000000002";

const PROBES: readonly Probe[] = [
  { contract: "CleanValidator", rules: [] },
  { contract: "CaughtRevertValidator", rules: [] },
  { contract: "OffsetValidator", args: [127n], rules: [] },
  { contract: "OffsetValidator", args: [128n], rules: ["STO-021"] },
  { contract: "TransientOffsetValidator", args: [127n], rules: [] },
  { contract: "TransientOffsetValidator", args: [128n], rules: ["OP-070"] },
  { contract: "PrecompileValidator", args: [SHA256], rules: [] },
  { contract: "PrecompileValidator", args: [RIP7212], rules: ["OP-062"] },
  { contract: "TimestampValidator", rules: ["OP-011"] },
  { contract: "NumberValidator", rules: ["OP-011"] },
  { contract: "BaseFeeValidator", rules: ["OP-011"] },
  { contract: "CreateValidator", rules: ["OP-011"] },
  { contract: "GasValidator", rules: ["OP-012"] },
  { contract: "OutOfGasValidator", rules: ["OP-020"] },
  { contract: "Create2Validator", rules: ["OP-031"] },
  { contract: "CodelessCallValidator", rules: ["OP-041"] },
  { contract: "CodelessHashValidator", rules: ["OP-041"] },
  { contract: "ValueCallValidator", value: 1n, rules: ["OP-061"] },
  { contract: "GlobalTransientValidator", rules: ["OP-070"] },
  { contract: "BalanceValidator", rules: ["OP-080"] },
  { contract: "SelfBalanceValidator", rules: ["OP-080"] },
  { contract: "GlobalSlotReadValidator", rules: ["STO-021"] },
  { contract: "GlobalSlotWriteValidator", rules: ["STO-021"] },
  { contract: "WrongNestingValidator", rules: ["STO-021"] },
  { contract: "ArrayElementValidator", rules: ["STO-021"] },
];

let chain: Chain;
let account: Address;

beforeAll(async () => {
  chain = await startChain();
  account = await deploy(chain, "ForwardingAccount");
  for (const version of ENTRY_POINT_VERSIONS) await deposit(chain, version, account);
});
afterAll(() => chain.stop());

describe.each(ENTRY_POINT_VERSIONS)("on EntryPoint %s", (version) => {
  const entryPoint = ENTRY_POINTS[version];

  async function rulesBroken(module: Address): Promise<readonly RuleId[]> {
    const trace = await traceValidation(chain.client, entryPoint, packOperation(account, nonceOf(module)));
    expect(trace.completed).toBe(true);
    const violations = checkTrace(trace, { entryPoint, sender: account });
    for (const violation of violations) expect(violation).toMatchObject({ phase: "account", contract: expect.any(String) });
    return [...new Set(violations.map(({ rule }) => rule))];
  }

  const titled = PROBES.map((probe) => [`${probe.contract}(${probe.args ?? ""})`, probe] as const);
  it.each(titled)("%s", async (_title, { contract, args, value, rules }) => {
    const module = await deploy(chain, contract, args, value);
    expect(await rulesBroken(module)).toEqual(rules);
  });

  it("sees a module that asks the EntryPoint", async () => {
    expect(await rulesBroken(await deploy(chain, "EntryPointCallValidator", [entryPoint]))).toEqual(["OP-054"]);
  });
});
