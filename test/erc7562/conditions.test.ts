import { type Hex, parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployModule } from "../../deploy/deployModule.ts";
import { evaluateConditions } from "../../ts-sdk/src/index.ts";
import { CONDITION_CASES, account as named } from "../vectors/conditionCases.ts";
import { permissionOf } from "../vectors/conditions.ts";
import { type TestAccount, makeAccount } from "./accounts.ts";
import { type Chain, deploy, handleOp, startChain, succeeded } from "./chain.ts";
import { checkTrace } from "./check.ts";
import { ENTRY_POINTS, ENTRY_POINT_VERSIONS } from "./entry-points.ts";
import { type TestPolicy, grantKey, sessionOperation } from "./session-key.ts";
import { traceValidation } from "./tracer.ts";
import { describeViolation } from "./violation.ts";

/** Argument conditions that need the engine beside the module: deep paths, nested calls, lists and sets. */

let chain: Chain;
let module: Hex;
beforeAll(async () => {
  chain = await startChain();
  module = await deployModule((name, args) => deploy(chain, name, args));
});
afterAll(() => chain.stop());

describe.each(ENTRY_POINT_VERSIONS)("on EntryPoint %s", (version) => {
  const entryPoint = ENTRY_POINTS[version];
  let account: TestAccount;
  beforeAll(async () => {
    account = await makeAccount(chain, "7702", version, module);
  });

  it.each(CONDITION_CASES.map((example) => [example.name, example] as const))("breaks no rule while it is held to: %s", async (_, example) => {
    const found = example.calls.find(({ expected }) => expected === "holds");
    if (!found) throw new Error("no call that holds");
    // The calls name an account of their own as the recipient.
    const data = found.data.replaceAll(named.slice(2).toLowerCase(), account.address.slice(2).toLowerCase()) as Hex;
    const { timestamp } = await chain.client.getBlock();
    const permission = permissionOf(example);
    const policy: TestPolicy = {
      settings: {
        validAfter: timestamp - 3_600n,
        validUntil: timestamp + 86_400n,
        nativeLimit: { amount: parseEther("1"), period: "lifetime" },
        rateLimit: undefined,
        maxUses: 0n,
        cooldown: 0n,
      },
      header: { meters: [], paymasters: [], pinnedCode: undefined },
      permissions: [permission],
    };
    const session = await grantKey(chain, version, account.address, module, policy);
    const value = found.value ?? 0n;
    const verdict = evaluateConditions(permission.conditions, { data, value }, account.address, { sets: example.sets ?? [] });
    if (verdict.outcome !== "holds") throw new Error("the example does not hold");
    const call = { target: permission.target, value, data, permission: 0, setProofs: verdict.setProofs };
    const userOp = await sessionOperation(chain, session, [call], { validAfter: timestamp - 1n, validUntil: timestamp + 600n });
    const trace = await traceValidation(chain.client, entryPoint, userOp);
    expect(checkTrace(trace, { entryPoint, sender: account.address }).map(describeViolation)).toEqual([]);
    expect(trace.completed && succeeded(await handleOp(chain, version, userOp))).toBe(true);
  });
});
