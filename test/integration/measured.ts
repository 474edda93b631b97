import { artifacts } from "hardhat";
import { type Abi, decodeErrorResult, type Hex } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, describe } from "vitest";
import { type Actor, FIRST_USE, SECOND_USE, transferActor } from "../../bench/actors.ts";
import { encodeEvidence } from "../../bench/evidence.ts";
import { handleOps, type Refusal, refusal } from "../../bench/handleOps.ts";
import { executeSingle, grantData, keyOperation, ownerOperation, tokenTransfer } from "../../bench/jobs.ts";
import { signWithEvidence, type Window } from "../../bench/sessionKey.ts";
import { REFERENCE_KINDS, type ReferenceKind, openSystem, type System } from "../../bench/system.ts";
import { type Call, encodeBatch, encodeExecute, MODE_BATCH, type PackedUserOperation } from "../../bench/userOperation.ts";

/** The second operation of a key, J1 of the gas bench, about to be sent; and the means to break it. */
export interface Measured {
  system: System;
  key: Actor;
  /** The very bytes that are measured. */
  op: PackedUserOperation;
  /** Signs the operation again, as it now is. */
  sign(op: PackedUserOperation, changes?: { window?: Window; evidence?: Hex; key?: Actor; leaves?: number[] }): Promise<PackedUserOperation>;
  /** The measured operation with another call. */
  withCall(call: Call): Promise<PackedUserOperation>;
  /** The measured operation with `count` transfers of one token unit. */
  withTransfers(count: number, window?: Window): Promise<PackedUserOperation>;
  /** Why the EntryPoint refuses: its own reason, or the module's error and its figures; `undefined` if it does not. */
  refused(op: PackedUserOperation): Promise<RefusedBy | undefined>;
}

export interface RefusedBy {
  /** Name of the module's error, or the EntryPoint's reason. */
  error: string;
  args?: readonly unknown[];
}

/** Brings a fresh chain to the second at which J1 is measured. */
export async function openMeasured(kind: ReferenceKind): Promise<Measured> {
  const system = await openSystem(kind);
  const { chain, entryPoint, token } = system;
  const key = transferActor(token);
  const { abi } = (await artifacts.readArtifact("SessionKeyModule")) as { abi: Abi };

  await system.sendToModule(grantData(key.signer, key.policy));
  chain.advanceTo(FIRST_USE.start);
  await handleOps(chain, entryPoint, await ownerOperation(system, key.call));
  await handleOps(chain, entryPoint, await keyOperation(system, key, FIRST_USE, key.call, key));
  chain.advanceTo(SECOND_USE.start);
  await handleOps(chain, entryPoint, await ownerOperation(system, key.call));
  const op = await keyOperation(system, key, SECOND_USE, key.call, key);

  const sign: Measured["sign"] = (changed, { window = SECOND_USE, key: by = key, leaves = [by.leaf], evidence } = {}) =>
    signWithEvidence(
      chain,
      system,
      by,
      changed,
      window,
      evidence ?? encodeEvidence(by.signer.address, by.policy, leaves),
    );
  return {
    system,
    key,
    op,
    sign,
    withCall: (call) => sign({ ...op, callData: executeSingle(call) }),
    withTransfers(count, window = SECOND_USE) {
      const calls = Array.from({ length: count }, () => tokenTransfer(token, 1n));
      const callData = encodeExecute(MODE_BATCH, encodeBatch(calls));
      return sign({ ...op, callData }, { window, leaves: calls.map(() => key.leaf) });
    },
    refused: async (changed) => decode(abi, await refusal(chain, entryPoint, changed)),
  };
}

function decode(abi: Abi, refused: Refusal | undefined): RefusedBy | undefined {
  if (!refused) return undefined;
  if (!refused.inner) return { error: refused.reason };
  const { errorName, args } = decodeErrorResult({ abi, data: refused.inner });
  return { error: errorName, args: args ?? [] };
}

/**
 * Describes the measured operation of both reference accounts. Each test finds it about to be sent: what a test does to
 * the chain is undone behind it.
 *
 * @param tests gets the operation, whose fields may be read in tests and hooks alone
 */
export function describeMeasured(title: string, tests: (measured: Measured, kind: ReferenceKind) => void): void {
  describe.each(REFERENCE_KINDS)(`${title} of the %s account`, (kind) => {
    let opened: Measured;
    let restore: () => Promise<void>;

    beforeAll(async () => {
      opened = await openMeasured(kind);
    });
    beforeEach(async () => {
      restore = await opened.system.chain.snapshot();
    });
    afterEach(() => restore());
    afterAll(() => opened.system.chain.close());

    const measured: Measured = {
      get system() {
        return opened.system;
      },
      get key() {
        return opened.key;
      },
      get op() {
        return opened.op;
      },
      sign: (...args) => opened.sign(...args),
      withCall: (call) => opened.withCall(call),
      withTransfers: (...args) => opened.withTransfers(...args),
      refused: (op) => opened.refused(op),
    };
    tests(measured, kind);
  });
}
