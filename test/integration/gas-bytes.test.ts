/**
 * No figure of the gas bench is bought by dropping a check: the very bytes of the measured operation (J1), with one rule
 * broken at a time, are refused for that reason; just inside the rule they pass.
 */
import { concat, encodeFunctionData, type Hex, keccak256, pad, parseAbi, slice, toHex, zeroAddress } from "viem";
import { describe, expect, it } from "vitest";
import { openDelegatedAccount } from "../../bench/account.ts";
import { FIRST_USE, NEXT_DAY, SECOND_USE } from "../../bench/actors.ts";
import { ENTRY_POINTS, fixedAccount } from "../../bench/chain.ts";
import { handleOps } from "../../bench/handleOps.ts";
import { grantData, ownerOperation, revokeAllData, revokeData, tokenTransfer } from "../../bench/jobs.ts";
import { LIMITS } from "../../bench/policies.ts";
import { erc20Abi, moduleAbi, recipient } from "../../bench/system.ts";
import { encodeBatch, encodeExecute, GAS, MODE_BATCH, type PackedUserOperation } from "../../bench/userOperation.ts";
import results from "../../bench/results/gas.json" with { type: "json" };
import { encodeHeader } from "../../ts-sdk/src/policy/header.ts";
import { hashPermission } from "../../ts-sdk/src/policy/permissions.ts";
import { hashPolicyRoot } from "../../ts-sdk/src/policy/permissionTree.ts";
import { keyIdOf } from "../../ts-sdk/src/policy/signer.ts";
import { describeMeasured } from "./measured.ts";

const HOUR = 3_600n;
/** Largest cost of one measured operation, wei. */
const opCost = (GAS.verification + GAS.call + GAS.preVerification) * GAS.price;
/** What the key spent in its first use. */
const spent = 10n ** 18n;
const endOfDay = (SECOND_USE.validUntil / 86_400n + 1n) * 86_400n;
const endOfHour = (SECOND_USE.validUntil / HOUR + 1n) * HOUR;

describeMeasured("the measured operation", (measured, kind) => {
  const refused = async (op: PackedUserOperation | Promise<PackedUserOperation>) => measured.refused(await op);
  const gasFees = (price: bigint) => concat([toHex(price, { size: 16 }), toHex(price, { size: 16 })]);

  it("is accepted as it is, for the very gas that the bench reports", async () => {
    const { system, op } = measured;
    const receipt = await handleOps(system.chain, system.entryPoint, op);
    expect(Number(receipt.gasUsed)).toBe(results[kind].J1.txGas);
  });

  describe("window", () => {
    const inWindow = (validAfter: bigint, validUntil: bigint) =>
      refused(measured.sign(measured.op, { window: { validAfter, validUntil } }));

    it("has to hold the block's time", async () => {
      const past = { from: FIRST_USE.validUntil + LIMITS.cooldown, to: SECOND_USE.start - 1n };
      expect(await inWindow(past.from, past.to)).toEqual({ error: "AA22 expired or not due" });
      expect(await inWindow(SECOND_USE.start + 60n, SECOND_USE.validUntil)).toEqual({ error: "AA22 expired or not due" });
      expect(await inWindow(SECOND_USE.start, SECOND_USE.start + 60n)).toBeUndefined();
    });

    it("has to end after it begins", async () => {
      expect(await inWindow(SECOND_USE.start, 0n)).toEqual({ error: "WindowMalformed", args: [SECOND_USE.start, 0n] });
      const { start } = SECOND_USE;
      expect(await inWindow(start, start)).toEqual({ error: "WindowMalformed", args: [start, start] });
    });

    it("has to lie in the key's own", async () => {
      const { validAfter, validUntil } = LIMITS;
      const late = [SECOND_USE.start, validUntil + 1n] as const;
      expect(await inWindow(...late)).toEqual({ error: "WindowOutsideKey", args: [...late, validAfter, validUntil] });
      const early = [validAfter - 1n, SECOND_USE.validUntil] as const;
      expect(await inWindow(...early)).toEqual({ error: "WindowOutsideKey", args: [...early, validAfter, validUntil] });
    });

    it("has to lie in one period of every counter", async () => {
      const { start } = SECOND_USE;
      expect(await inWindow(start, endOfHour)).toEqual({ error: "WindowCrossesPeriod", args: [3n, start, endOfHour] });
      expect(await inWindow(start, endOfDay)).toEqual({ error: "WindowCrossesPeriod", args: [4n, start, endOfDay] });
      expect(await inWindow(start, endOfHour - 1n)).toBeUndefined();
    });

    it("has to begin a cooldown after the last one ended", async () => {
      const availableAt = FIRST_USE.validUntil + LIMITS.cooldown;
      const refusal = { error: "CooldownActive", args: [availableAt, availableAt - 1n] };
      expect(await inWindow(availableAt - 1n, SECOND_USE.validUntil)).toEqual(refusal);
      expect(await inWindow(availableAt, SECOND_USE.validUntil)).toBeUndefined();
    });
  });

  describe("call", () => {
    /** The root of a policy with one permission, as stored. */
    const policyRoot = () => {
      const { header, permissions } = measured.key.policy;
      const [leaf] = permissions.list.map(hashPermission);
      return hashPolicyRoot(keccak256(encodeHeader(header)), leaf ?? "0x");
    };

    it("has to go to the granted target", async () => {
      const other = recipient;
      const refusal = await refused(measured.withCall({ ...measured.key.call, target: other }));
      expect(refusal).toEqual({ error: "CallNotPermitted", args: [0n, other, "0xa9059cbb", policyRoot()] });
    });

    it("has to name the granted selector", async () => {
      const { token } = measured.system;
      const data = encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [recipient, 1n] });
      expect(await refused(measured.withCall({ target: token, data }))).toEqual({
        error: "CallNotPermitted",
        args: [0n, token, "0x095ea7b3", policyRoot()],
      });
    });

    it("has to name a whole selector", async () => {
      const call = (data: Hex) => refused(measured.withCall({ target: measured.system.token, data }));
      expect(await call("0xa9059c")).toEqual({ error: "SelectorIncomplete", args: [0n, 3n] });
      expect(await call("0x")).toMatchObject({ error: "CallNotPermitted" });
    });

    it("never goes to the account, the module, an EntryPoint or address(0)", async () => {
      const { account, module } = measured.system;
      for (const target of [account.address, module.address, ...Object.values(ENTRY_POINTS), zeroAddress]) {
        const refusal = await refused(measured.withCall({ ...measured.key.call, target }));
        expect(refusal).toEqual({ error: "TargetForbidden", args: [0n, target] });
      }
    });

    it("carries no value", async () => {
      const call = { ...measured.key.call, value: 1n };
      expect(await refused(measured.withCall(call))).toEqual({ error: "CallValueExceeded", args: [0n, 0n, 1n] });
    });

    it("brings every argument that is charged", async () => {
      const { token } = measured.system;
      const data = slice(measured.key.call.data ?? "0x", 0, 4 + 63);
      expect(await refused(measured.withCall({ target: token, data }))).toEqual({ error: "ArgumentMissing", args: [0n, 1n, 67n] });
    });
  });

  describe("caps", () => {
    it("hold the token's amount", async () => {
      const { token } = measured.system;
      const left = LIMITS.token - spent;
      expect(await refused(measured.withCall(tokenTransfer(token, left)))).toBeUndefined();
      expect(await refused(measured.withCall(tokenTransfer(token, left + 1n)))).toEqual({
        error: "SpendingLimitExceeded",
        args: [token, 0n, LIMITS.token, spent, left + 1n, endOfDay],
      });
    });

    it("hold the token's amount over the whole batch", async () => {
      const { token } = measured.system;
      const left = LIMITS.token - spent;
      const calls = [tokenTransfer(token, left), tokenTransfer(token, 1n)];
      const callData = encodeExecute(MODE_BATCH, encodeBatch(calls));
      expect(await refused(measured.sign({ ...measured.op, callData }, { leaves: [0, 0] }))).toEqual({
        error: "SpendingLimitExceeded",
        args: [token, 0n, LIMITS.token, spent, left + 1n, endOfDay],
      });
    });

    it("hold an amount that wraps the sum", async () => {
      const { token } = measured.system;
      const calls = [tokenTransfer(token, 2n ** 256n - 1n), tokenTransfer(token, 2n)];
      const callData = encodeExecute(MODE_BATCH, encodeBatch(calls));
      expect(await refused(measured.sign({ ...measured.op, callData }, { leaves: [0, 0] }))).toMatchObject({
        error: "SpendingLimitExceeded",
      });
    });

    it("hold the largest gas cost, which the account pays", async () => {
      const left = LIMITS.native - opCost;
      const gas = opCost / GAS.price;
      const at = (price: bigint) => refused(measured.sign({ ...measured.op, gasFees: gasFees(price) }));
      const price = left / gas;
      expect(await at(price)).toBeUndefined();
      expect(await at(price + 1n)).toEqual({
        error: "NativeLimitExceeded",
        args: [LIMITS.native, opCost, gas * (price + 1n), endOfDay],
      });
      expect(await at(2n ** 120n - 1n)).toMatchObject({ error: "NativeLimitExceeded" });
    });

    it("hold the calls an hour", async () => {
      expect(await refused(measured.withTransfers(9))).toBeUndefined();
      expect(await refused(measured.withTransfers(10))).toEqual({
        error: "RateLimitExceeded",
        args: [LIMITS.rate, 1n, 10n, endOfHour],
      });
    });

    it("hold the calls ever made", async () => {
      const { chain, entryPoint } = measured.system;
      await handleOps(chain, entryPoint, await measured.withTransfers(9));
      chain.advanceTo(NEXT_DAY.start);
      await handleOps(chain, entryPoint, await ownerOperation(measured.system, measured.key.call));
      const next = async (count: number) => {
        const op = await measured.withTransfers(count, NEXT_DAY);
        return refused(measured.sign({ ...op, nonce: op.nonce + 1n }, { window: NEXT_DAY, leaves: Array(count).fill(0) }));
      };
      expect(await next(1)).toBeUndefined();
      expect(await next(2)).toEqual({ error: "QuotaExceeded", args: [LIMITS.uses, 10n, 2n] });
    });
  });

  describe("paymaster", () => {
    it("has to be in the policy's list", async () => {
      const paymaster = recipient;
      const named = concat([paymaster, toHex(100_000n, { size: 16 }), toHex(0n, { size: 16 })]);
      const refusal = await refused(measured.sign({ ...measured.op, paymasterAndData: named }));
      expect(refusal).toEqual({ error: "PaymasterForbidden", args: [paymaster] });
    });
  });

  describe("key and account", () => {
    const asAccount = (functionName: "pause" | "pauseAccount") => {
      const { account, sendToModule } = measured.system;
      const keyId = keyIdOf(measured.key.signer.address);
      return sendToModule(
        functionName === "pause"
          ? encodeFunctionData({ abi: moduleAbi, functionName, args: [account.address, keyId] })
          : encodeFunctionData({ abi: moduleAbi, functionName, args: [account.address] }),
      );
    };

    it("are not paused", async () => {
      await asAccount("pause");
      const keyId = keyIdOf(measured.key.signer.address);
      expect(await refused(measured.op)).toEqual({ error: "KeyPaused", args: [keyId] });
      await asAccount("pauseAccount");
      const { address } = measured.system.account;
      expect(await refused(measured.op)).toEqual({ error: "AccountPaused", args: [address] });
    });

    it("are not revoked", async () => {
      const { system, key } = measured;
      await system.sendToModule(revokeAllData(system));
      const keyId = keyIdOf(key.signer.address);
      expect(await refused(measured.op)).toEqual({ error: "KeyEpochOutdated", args: [keyId, 1n, 2n] });
      await system.sendToModule(revokeData(system, key.signer));
      expect(await refused(measured.op)).toEqual({ error: "KeyNotGranted", args: [keyId] });
    });

    it("belong together: another account knows nothing of the key", async () => {
      const { chain, entryPoint, module } = measured.system;
      const other = await openDelegatedAccount(chain, entryPoint, module.address, fixedAccount(50));
      const op = { ...measured.op, sender: other.address, nonce: measured.op.nonce - 1n };
      const keyId = keyIdOf(measured.key.signer.address);
      expect(await refused(measured.sign(op))).toEqual({ error: "KeyNotGranted", args: [keyId] });
    });

    it("are asked about by the account alone", async () => {
      const { chain, module, account } = measured.system;
      const { op } = measured;
      const call = chain.client.readContract({
        address: module.address,
        abi: parseAbi([
          "struct PackedUserOperation { address sender; uint256 nonce; bytes initCode; bytes callData; bytes32 accountGasLimits; uint256 preVerificationGas; bytes32 gasFees; bytes paymasterAndData; bytes signature; }",
          "function validateUserOp(PackedUserOperation userOp, bytes32 userOpHash) view returns (uint256)",
          "error CallerNotAllowed(address account, address caller)",
        ]),
        functionName: "validateUserOp",
        args: [op, pad("0x", { size: 32 })],
        account: recipient,
      });
      await expect(call).rejects.toThrow(new RegExp(`CallerNotAllowed[^]*${account.address}[^]*${recipient}`));
    });

    it("have the code that the policy is pinned to", async () => {
      const { chain, account, entryPoint, module } = measured.system;
      const code = (await chain.client.getCode({ address: account.address })) ?? "0x";
      const pinnedCode = keccak256(code);
      const key = {
        ...measured.key,
        signer: fixedAccount(997),
        policy: { ...measured.key.policy, header: { ...measured.key.policy.header, pinnedCode } },
      };
      await measured.system.sendToModule(grantData(key.signer, key.policy));
      const op = await measured.sign(measured.op, { key });
      expect(await measured.refused(op)).toBeUndefined();

      const next = await chain.deploy("DelegatedAccount", [entryPoint, module.address]);
      const bytecode = kind === "7702" ? concat(["0xef0100", next]) : concat([code, "0x00"]);
      await chain.client.setCode({ address: account.address, bytecode });
      const args = [pinnedCode, keccak256(bytecode)];
      expect(await measured.refused(op)).toEqual({ error: "AccountCodeChanged", args });
    });

    it("have the module installed", async () => {
      const { chain, account, module } = measured.system;
      const data = encodeFunctionData({
        abi: parseAbi(["function uninstallModule(uint256 moduleType, address module, bytes deInitData)"]),
        args: [1n, module.address, "0x"],
      });
      await chain.send({ from: account.sender, to: account.address, data });
      expect(await refused(measured.op)).toEqual({ error: "ModuleNotInstalled", args: [account.address, 1n] });
    });
  });
});
