/**
 * As gas-bytes.test.ts, for what makes up the bytes themselves: call data, evidence and signature of the measured
 * operation in any other form than the one that was measured.
 */
import { concat, encodeFunctionData, type Hex, pad, parseAbi, slice, toHex } from "viem";
import { describe, expect, it } from "vitest";
import { SECOND_USE } from "../../bench/actors.ts";
import { fixedAccount } from "../../bench/chain.ts";
import { handleOps } from "../../bench/handleOps.ts";
import { executeSingle, ownerOperation, tokenTransfer } from "../../bench/jobs.ts";
import { encodeEvidence } from "../../bench/evidence.ts";
import { LIMITS } from "../../bench/policies.ts";
import { packSignature } from "../../bench/sessionKey.ts";
import { recipient } from "../../bench/system.ts";
import { encodeBatch, encodeExecute, encodeSingle, MODE_BATCH, type PackedUserOperation } from "../../bench/userOperation.ts";
import { keyIdOf } from "../../ts-sdk/src/policy/signer.ts";
import { describeMeasured } from "./measured.ts";

describeMeasured("the bytes of the measured operation", (measured) => {
  const refused = async (op: PackedUserOperation | Promise<PackedUserOperation>) => measured.refused(await op);

  describe("call data", () => {
    const withCallData = (callData: Hex) => refused(measured.sign({ ...measured.op, callData }));
    const single = () => encodeSingle(measured.key.call);

    it("calls `execute` and no other function of the account", async () => {
      const installModule = parseAbi(["function installModule(uint256, address, bytes)"]);
      const callData = encodeFunctionData({ abi: installModule, args: [2n, recipient, "0x"] });
      expect(await withCallData(callData)).toEqual({ error: "AccountFunctionForbidden", args: ["0x9517e29f"] });
      expect(await withCallData("0x")).toEqual({ error: "AccountFunctionForbidden", args: ["0x00000000"] });
    });

    it("is a single call or a batch, and no delegatecall", async () => {
      const mode = pad("0xff", { size: 32, dir: "right" });
      expect(await withCallData(encodeExecute(mode, single()))).toEqual({ error: "ModeForbidden", args: [mode] });
      const context = pad("0x01", { size: 32 });
      expect(await withCallData(encodeExecute(context, single()))).toEqual({ error: "ModeForbidden", args: [context] });
    });

    it("is in its one encoding", async () => {
      const { callData } = measured.op;
      expect(await withCallData(concat([callData, pad("0x", { size: 32 })]))).toMatchObject({ error: "CallDataMalformed" });
      expect(await withCallData(slice(callData, 0, -1))).toMatchObject({ error: "CallDataMalformed" });
      const dirty = concat([slice(callData, 0, -1), "0x01"]);
      expect(await withCallData(dirty)).toMatchObject({ error: "CallDataMalformed" });
      const offset = concat([slice(callData, 0, 36), pad("0x41", { size: 32 }), slice(callData, 68)]);
      expect(await withCallData(offset)).toMatchObject({ error: "CallDataMalformed" });
      expect(await withCallData(encodeExecute(MODE_BATCH, encodeBatch([])))).toEqual({ error: "BatchEmpty", args: [] });
    });
  });

  describe("evidence", () => {
    const withEvidence = (evidence: Hex) => refused(measured.sign(measured.op, { evidence }));
    const evidence = () => encodeEvidence(measured.key.signer.address, measured.key.policy, [measured.key.leaf]);
    /** Offsets in the evidence of J1: signer 1 + 21, header 2 + 3 + 38, leaf 5. */
    const LEAF = 65;

    it("brings the header that was granted", async () => {
      const { policy, signer } = measured.key;
      const meters = policy.header.meters.map((meter) => ({ ...meter, cap: meter.cap + 1n }));
      for (const header of [{ ...policy.header, meters }, { ...policy.header, meters: [] }]) {
        const forged = encodeEvidence(signer.address, { ...policy, header }, [0]);
        expect(await withEvidence(forged)).toMatchObject({ error: "CallNotPermitted" });
      }
    });

    it("brings the leaf that was granted", async () => {
      const [head, leaf] = [slice(evidence(), 0, LEAF), slice(evidence(), LEAF)];
      for (const [kind, mark] of [[1, 2], [1, 3], [2, 1], [3, 1]] as const) {
        const forged = concat([head, toHex(kind, { size: 1 }), toHex(mark, { size: 1 }), slice(leaf, 2)]);
        expect(await withEvidence(forged)).toMatchObject({ error: "CallNotPermitted" });
      }
      const withBody = concat([head, slice(leaf, 0, 2), "0x0011", "0x01", toHex(1n, { size: 16 }), "0x00"]);
      expect(await withEvidence(withBody)).toMatchObject({ error: "CallNotPermitted" });
    });

    it("brings a proof that leads to the stored root", async () => {
      const forged = concat([slice(evidence(), 0, -1), "0x01", pad("0x01", { size: 32 })]);
      expect(await withEvidence(forged)).toMatchObject({ error: "CallNotPermitted" });
    });

    it("is exactly as long as what it holds", async () => {
      expect(await withEvidence(concat([evidence(), "0x00"]))).toMatchObject({ error: "EvidenceMalformed" });
      expect(await withEvidence(slice(evidence(), 0, -1))).toMatchObject({ error: "EvidenceMalformed" });
      expect(await withEvidence(slice(evidence(), 0, LEAF))).toMatchObject({ error: "EvidenceMalformed" });
      expect(await withEvidence(slice(evidence(), 0, 40))).toMatchObject({ error: "EvidenceMalformed" });
      expect(await refused({ ...measured.op, signature: "0x" })).toMatchObject({ error: "EvidenceMalformed" });
    });

    it("names a key that was granted", async () => {
      const stranger = { ...measured.key, signer: fixedAccount(999) };
      const refusal = await refused(measured.sign(measured.op, { key: stranger }));
      expect(refusal).toEqual({ error: "KeyNotGranted", args: [keyIdOf(stranger.signer.address)] });
      expect(await withEvidence(concat(["0x1502", slice(evidence(), 2)]))).toMatchObject({ error: "SignerMalformed" });
    });
  });

  describe("signature", () => {
    const failed = { error: "AA24 signature error" };
    const keySignature = () => slice(measured.op.signature, -65);
    const withKeySignature = (signature: Hex) => {
      const evidence = encodeEvidence(measured.key.signer.address, measured.key.policy, [0]);
      return refused({ ...measured.op, signature: packSignature(SECOND_USE, evidence, signature) });
    };

    it("is the key's", async () => {
      const { key, op } = measured;
      const evidence = encodeEvidence(key.signer.address, key.policy, [0]);
      const thief = { ...key, signer: fixedAccount(998) };
      expect(await refused(measured.sign(op, { key: thief, evidence }))).toEqual(failed);
    });

    it("covers call data, window and evidence", async () => {
      const { key, op, system } = measured;
      const other = executeSingle(tokenTransfer(system.token, 2n));
      expect(await refused({ ...op, callData: other })).toEqual(failed);
      const evidence = encodeEvidence(key.signer.address, key.policy, [0]);
      const longer = { ...SECOND_USE, validUntil: SECOND_USE.validUntil + 1n };
      expect(await refused({ ...op, signature: packSignature(longer, evidence, keySignature()) })).toEqual(failed);
    });

    it("is 65 bytes of r, lower s, and v", async () => {
      const [r, s, v] = [slice(keySignature(), 0, 32), slice(keySignature(), 32, 64), slice(keySignature(), 64)];
      const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
      const upper = toHex(order - BigInt(s), { size: 32 });
      expect(await withKeySignature(keySignature())).toBeUndefined();
      expect(await withKeySignature(concat([r, upper, v === "0x1b" ? "0x1c" : "0x1b"]))).toEqual(failed);
      expect(await withKeySignature(concat([r, s, v === "0x1b" ? "0x00" : "0x01"]))).toEqual(failed);
      expect(await withKeySignature(concat([r, s]))).toEqual(failed);
      expect(await withKeySignature(concat([keySignature(), "0x00"]))).toEqual(failed);
      expect(await withKeySignature("0x")).toEqual(failed);
    });

    it("is worth nothing a second time", async () => {
      const { system, op } = measured;
      await handleOps(system.chain, system.entryPoint, op);
      expect(await refused(op)).toMatchObject({ error: "CooldownActive" });
      const start = SECOND_USE.validUntil + LIMITS.cooldown;
      system.chain.advanceTo(start);
      await handleOps(system.chain, system.entryPoint, await ownerOperation(system, measured.key.call));
      const later = measured.sign(op, { window: { validAfter: start, validUntil: start + 300n } });
      expect(await refused(later)).toEqual({ error: "AA25 invalid account nonce" });
    });
  });
});
