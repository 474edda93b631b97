import { type Address, type Hex, concat, encodeAbiParameters, encodeFunctionData, padHex } from "viem";
import { entryPoint07Abi, type PackedUserOperation } from "viem/account-abstraction";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployModule } from "../../deploy/deployModule.ts";
import { type AccountKind, type TestAccount, makeAccount, ownedAccountPlan } from "./accounts.ts";
import { type Chain, abiOf, deploy, deposit, handleOp, startChain, succeeded } from "./chain.ts";
import { checkTrace } from "./check.ts";
import type { Operation } from "./context.ts";
import { ENTRY_POINTS, ENTRY_POINT_VERSIONS } from "./entry-points.ts";
import { packOperation } from "./operations.ts";
import { encodeExecute } from "./session-key.ts";
import { traceValidation } from "./tracer.ts";
import { describeViolation } from "./violation.ts";

/** What EntryPoint v0.8 and later take as `initCode` of an account under EIP-7702. */
const EIP7702_MARKER = padHex("0x7702", { dir: "right", size: 20 });

let chain: Chain;
let module: Address;
let revokeAll: (account: Address) => Hex;

beforeAll(async () => {
  chain = await startChain();
  module = await deployModule((name, args) => deploy(chain, name, args));
  const abi = await abiOf("SessionKeyModule");
  revokeAll = (account) => encodeFunctionData({ abi, functionName: "revokeAll", args: [account] });
});
afterAll(() => chain.stop());

describe.each(ENTRY_POINT_VERSIONS)("on EntryPoint %s", (version) => {
  const entryPoint = ENTRY_POINTS[version];

  /** Revokes every key, by the owner's signature. */
  async function ownerOperation(kind: AccountKind, { address, owner }: TestAccount, initCode: Hex = "0x"): Promise<PackedUserOperation> {
    const callData = encodeExecute([{ target: module, data: revokeAll(address), permission: 0 }]);
    const userOp = packOperation(address, 0n, { initCode, callData });
    const hash = await chain.client.readContract({ address: entryPoint, abi: entryPoint07Abi, functionName: "getUserOpHash", args: [userOp] });
    const signature = await owner.sign({ hash });
    if (kind === "7702") return { ...userOp, signature };
    const owners = encodeAbiParameters([{ type: "bytes[]" }, { type: "bytes[]" }], [[owner.address], [signature]]);
    return { ...userOp, signature: owners };
  }

  async function findings(userOp: PackedUserOperation, named: Omit<Operation, "entryPoint" | "sender"> = {}): Promise<string[]> {
    const trace = await traceValidation(chain.client, entryPoint, userOp);
    expect(trace.completed).toBe(true);
    return checkTrace(trace, { entryPoint, sender: userOp.sender, ...named }).map(describeViolation);
  }

  it("an operation by the owner of the factory account breaks no rule", async () => {
    const userOp = await ownerOperation("factory", await makeAccount(chain, "factory", version, module));
    expect(await findings(userOp)).toEqual([]);
    expect(succeeded(await handleOp(chain, version, userOp))).toBe(true);
  });

  // EntryPoint v0.7 knows no such marker.
  const initCodes: Hex[] = version === "v0.7" ? ["0x"] : ["0x", EIP7702_MARKER];
  it.each(initCodes)("nor does one of the 7702 account with initCode %s", async (initCode) => {
    const userOp = await ownerOperation("7702", await makeAccount(chain, "7702", version, module), initCode);
    expect(await findings(userOp)).toEqual([]);
    expect(succeeded(await handleOp(chain, version, userOp))).toBe(true);
  });

  it("an operation that creates the factory account needs a factory with a stake", async () => {
    const { address, owner, factory, create } = await ownedAccountPlan(chain, version, module);
    await deposit(chain, version, address);
    const userOp = await ownerOperation("factory", { address, owner }, concat([factory, create]));
    expect(await findings(userOp, { factory, staked: [factory] })).toEqual([]);
    // The control word is read and written, the owner route written, and noted for the transaction that something was.
    const storage = Array.from({ length: 3 }, () => expect.stringMatching(/^STO-022 .* of slot/));
    expect(await findings(userOp, { factory })).toEqual([...storage, expect.stringMatching(/^OP-070 .* TSTORE of slot/)]);
    expect(succeeded(await handleOp(chain, version, userOp))).toBe(true);
  });
});
