import { type Address, encodeAbiParameters, encodeFunctionData, type Hex, keccak256, parseAbi, parseAbiParameters } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fixedAccount } from "../../bench/chain.ts";
import { refusal } from "../../bench/handleOps.ts";
import { userOpHash } from "../../bench/userOperation.ts";
import {
  accountAbi,
  entryPoint,
  eoaOwner,
  type Fixture,
  openFixture,
  operation,
  payment,
  received,
  refusedBy,
  stranger,
} from "./fixture.ts";

const owner = fixedAccount(80);
const moduleAbi = parseAbi([
  "function answer(uint256 word)",
  "function fail(bytes failure)",
  "function setAnswerLength(uint256 length)",
  "function asked(address account) view returns (bytes32)",
]);

describe.each(["delegated", "owned"] as const)("a %s account asks its session key module", (kind) => {
  let fixture: Fixture;
  let account: Address;
  let restore: () => Promise<void>;
  const tell = (data: Hex) => fixture.chain.send({ from: stranger, to: fixture.module, data });
  const inLane = (signature: Hex = "0xc0ffee", lane = 0) =>
    operation(fixture.chain, account, payment(1n), async () => signature, { validator: fixture.module, lane });

  beforeAll(async () => {
    fixture = await openFixture("MockValidator");
    const { chain, module } = fixture;
    account = kind === "owned" ? await fixture.createOwned([eoaOwner(owner)]) : await fixture.createDelegated(owner);
    const data = encodeFunctionData({ abi: accountAbi, functionName: "installModule", args: [1n, module, "0x01"] });
    if (kind === "delegated") await chain.send({ from: owner, to: account, data });
    restore = await chain.snapshot();
  });
  beforeEach(async () => {
    await restore();
    restore = await fixture.chain.snapshot();
  });
  afterAll(() => fixture.chain.close());

  it("with the very operation and hash that the EntryPoint gave it", async () => {
    const { chain, module } = fixture;
    const op = await inLane("0x00112233445566778899");
    const hash = await userOpHash(chain, entryPoint, op);
    expect(await received(chain, op)).toBe(1n);
    const question = encodeAbiParameters(
      parseAbiParameters([
        "PackedUserOperation op, bytes32 hash",
        "struct PackedUserOperation { address sender; uint256 nonce; bytes initCode; bytes callData; bytes32 accountGasLimits; uint256 preVerificationGas; bytes32 gasFees; bytes paymasterAndData; bytes signature; }",
      ]),
      [op, hash],
    );
    const asked = await chain.client.readContract({ address: module, abi: moduleAbi, functionName: "asked", args: [account] });
    expect(asked).toBe(keccak256(question));
  });

  it("in every lane of its nonce keys", async () => {
    expect(await received(fixture.chain, await inLane("0x", 0xffffffff))).toBe(1n);
  });

  it("and passes its word on", async () => {
    await tell(encodeFunctionData({ abi: moduleAbi, functionName: "answer", args: [1n] }));
    expect(await refusedBy(fixture.chain, await inLane())).toBe("AA24 signature error");
    await tell(encodeFunctionData({ abi: moduleAbi, functionName: "answer", args: [1n << 160n] }));
    expect(await refusedBy(fixture.chain, await inLane())).toBe("AA22 expired or not due");
    const open = (1n << 208n) | ((2n ** 48n - 1n) << 160n);
    await tell(encodeFunctionData({ abi: moduleAbi, functionName: "answer", args: [open] }));
    expect(await refusedBy(fixture.chain, await inLane())).toBeUndefined();
  });

  it("and passes its revert on, byte for byte", async () => {
    const failure = "0xdeadbeef0102030405";
    await tell(encodeFunctionData({ abi: moduleAbi, functionName: "fail", args: [failure] }));
    const found = await refusal(fixture.chain, entryPoint, await inLane());
    expect(found?.inner).toBe(failure);
  });

  it("and takes exactly one word for an answer", async () => {
    for (const length of [0n, 31n, 33n, 64n]) {
      await tell(encodeFunctionData({ abi: moduleAbi, functionName: "setAnswerLength", args: [length] }));
      expect(await refusedBy(fixture.chain, await inLane())).toBe("ValidationDataMissing");
    }
    await tell(encodeFunctionData({ abi: moduleAbi, functionName: "setAnswerLength", args: [32n] }));
    expect(await refusedBy(fixture.chain, await inLane())).toBeUndefined();
  });
});

describe("an account whose session key module has no code", () => {
  it("lets nothing in by its lane", async () => {
    const { chain, module, createDelegated } = await openFixture("");
    const account = await createDelegated(owner);
    const op = await operation(chain, account, payment(1n), async () => "0x", { validator: module });
    expect(await refusedBy(chain, op)).toBe("ValidationDataMissing");
    await chain.close();
  });
});
