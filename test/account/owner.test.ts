import { encodeFunctionData, type Hex, parseAbi } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixedAccount } from "../../bench/chain.ts";
import { encodeBatch, encodeExecute, MODE_BATCH, userOperation, userOpHash } from "../../bench/userOperation.ts";
import {
  accountAbi,
  callRefusedBy,
  entryPoint,
  eoaOwner,
  type Fixture,
  openFixture,
  operation,
  type Owner,
  payment,
  received,
  recipient,
  refusedBy,
  signTogether,
  stranger,
} from "./fixture.ts";

const owner = fixedAccount(80);
const validateAbi = parseAbi([
  "struct PackedUserOperation { address sender; uint256 nonce; bytes initCode; bytes callData; bytes32 accountGasLimits; uint256 preVerificationGas; bytes32 gasFees; bytes paymasterAndData; bytes signature; }",
  "function validateUserOp(PackedUserOperation op, bytes32 userOpHash, uint256 missingAccountFunds) returns (uint256)",
]);

// The owner's own lane, alike on both reference accounts.
describe.each(["delegated", "owned"] as const)("the owner of a %s account", (kind) => {
  let fixture: Fixture;
  let account: Hex;
  const signAs = (by: Owner) => (hash: Hex) => (kind === "owned" ? signTogether([by], hash) : by.sign(hash));

  beforeAll(async () => {
    fixture = await openFixture();
    account = kind === "owned" ? await fixture.createOwned([eoaOwner(owner)]) : await fixture.createDelegated(owner);
  });
  afterAll(() => fixture.chain.close());

  it("executes an operation", async () => {
    const op = await operation(fixture.chain, account, payment(5n), signAs(eoaOwner(owner)));
    expect(await received(fixture.chain, op)).toBe(5n);
  });

  it("has parallel nonces", async () => {
    const { chain } = fixture;
    const [first, second] = await Promise.all(
      [1, 2].map((lane) => operation(chain, account, payment(1n), signAs(eoaOwner(owner)), { lane })),
    );
    expect(second && (await received(chain, second))).toBe(1n);
    expect(first && (await received(chain, first))).toBe(1n);
  });

  it("executes a batch", async () => {
    const { chain } = fixture;
    const callData = encodeExecute(MODE_BATCH, encodeBatch([payment(2n), payment(3n)]));
    const op = await userOperation(chain, entryPoint, account, 0n, callData);
    const signature = await signAs(eoaOwner(owner))(await userOpHash(chain, entryPoint, op));
    expect(await received(chain, { ...op, signature })).toBe(5n);
  });

  it("is nobody else", async () => {
    const op = await operation(fixture.chain, account, payment(1n), signAs(eoaOwner(stranger)));
    expect(await refusedBy(fixture.chain, op)).toBe("AA24 signature error");
  });

  it("signs the whole operation", async () => {
    const op = await operation(fixture.chain, account, payment(1n), signAs(eoaOwner(owner)));
    const other = { ...op, preVerificationGas: op.preVerificationGas + 1n };
    expect(await refusedBy(fixture.chain, other)).toBe("AA24 signature error");
  });

  it("answers in the lane of a validator that is not installed", async () => {
    const lane = { validator: stranger.address };
    const op = await operation(fixture.chain, account, payment(1n), signAs(eoaOwner(owner)), lane);
    expect(await received(fixture.chain, op)).toBe(1n);
    const forged = await operation(fixture.chain, account, payment(1n), signAs(eoaOwner(stranger)), lane);
    expect(await refusedBy(fixture.chain, forged)).toBe("AA24 signature error");
  });

  it("is asked by the EntryPoint alone, and executes through it alone", async () => {
    const { chain } = fixture;
    const execute = encodeExecute(MODE_BATCH, encodeBatch([payment(1n)]));
    expect(await callRefusedBy(chain, stranger.address, account, execute)).toBe("AccountUnauthorized");
    expect(await callRefusedBy(chain, account, account, execute)).toBeUndefined();
    const install = encodeFunctionData({ abi: accountAbi, functionName: "installModule", args: [1n, recipient, "0x"] });
    expect(await callRefusedBy(chain, stranger.address, account, install)).toBe("AccountUnauthorized");
    const op = await operation(chain, account, payment(1n), signAs(eoaOwner(owner)));
    const validate = encodeFunctionData({ abi: validateAbi, args: [op, await userOpHash(chain, entryPoint, op), 0n] });
    expect(await callRefusedBy(chain, stranger.address, account, validate)).toBe("AccountUnauthorized");
    expect(await callRefusedBy(chain, account, account, validate)).toBe("AccountUnauthorized");
    const fromExecutor = encodeFunctionData({
      abi: accountAbi,
      functionName: "executeFromExecutor",
      args: [MODE_BATCH, encodeBatch([payment(1n)])],
    });
    expect(await callRefusedBy(chain, stranger.address, account, fromExecutor)).toBe("ERC7579UninstalledModule");
  });
});
