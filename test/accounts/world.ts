import { artifacts } from "hardhat";
import { type Abi, type Address, decodeErrorResult, encodeFunctionData, type Hex, parseAbi, parseEther, parseEventLogs, size, slice, toFunctionSelector, toHex, concat } from "viem";
import { type AccountKind, openSystem, recipient, type System } from "../../bench/system.ts";
import { type EntryPointVersion, GENESIS_TIME } from "../../bench/chain.ts";
import { bundler, handleOps, refusal, revertData } from "../../bench/handleOps.ts";
import { encodeEvidence, type PolicyContent } from "../../bench/evidence.ts";
import { packSignature, signWithEvidence, type Window } from "../../bench/sessionKey.ts";
import {
  type Call,
  encodeBatch,
  encodeExecute,
  encodeSingle,
  entryPointAbi,
  MODE_BATCH,
  MODE_SINGLE,
  type PackedUserOperation,
  userOperation,
} from "../../bench/userOperation.ts";
import { encodeGrantSessionKey } from "../../ts-sdk/src/actions/encodeCalls.ts";
import { type KeyState, readKeyState } from "../../ts-sdk/src/actions/readKeyState.ts";
import type { Policy } from "../../ts-sdk/src/policy/definePolicy.ts";
import { deployVerifiers, type Key, KEYS, type KeyKind } from "./keys.ts";
import { keyIdOf } from "../../ts-sdk/src/policy/signer.ts";

export const PING = toFunctionSelector("ping()");
export const TRANSFER = toFunctionSelector("transfer(address,uint256)");
export const CAP = parseEther("100");

export const tokenAbi = parseAbi([
  "function transfer(address to, uint256 amount) returns (bool)",
  "function balanceOf(address holder) view returns (uint256)",
]);
const redeemAbi = parseAbi([
  "function redeem(address account, bytes32 mode, bytes executionCalldata, bytes context)",
  "function redemptionDigest(bool cosigned, address account, uint256 epoch, uint256 serial, uint256 nonce, bytes32 mode, bytes executionCalldata, bytes context) view returns (bytes32)",
]);

/** Leaves of the policy under which the key of every cell acts. */
export const LEAF = { transfer: 0, pingAnybody: 1 } as const;

const WINDOW: Window = { validAfter: GENESIS_TIME + 600n, validUntil: GENESIS_TIME + 900n };

/** How an attempt ended: `undefined` if it would succeed, else the module's error or the refuser's own words. */
export type Verdict = string | undefined;

/** One account on one EntryPoint with the module installed in both roles, and a session key that has been granted. */
export interface World {
  kind: AccountKind;
  system: System;
  key: Key;
  /** Another key of the same kind. */
  newKey(index: number): Promise<Key>;
  policy: PolicyContent & Policy;
  moduleAbi: Abi;
  /** Sends from the account itself. */
  asAccount(to: Address, data: Hex): Promise<unknown>;
  /** Grants the key, or another one. */
  grant(key?: Key, policy?: Policy): Promise<void>;
  state(key?: Key): Promise<KeyState>;
  /** An operation of the key, signed. */
  operation(calls: readonly Call[], changes?: Partial<Options>): Promise<PackedUserOperation>;
  /** Executes an operation. @throws unless its calls succeed */
  execute(op: PackedUserOperation): Promise<void>;
  /** What the EntryPoint would say to an operation. */
  verdict(op: PackedUserOperation): Promise<Verdict>;
  /** Call data of a redemption by the key itself. */
  redemption(calls: readonly Call[], changes?: Partial<Options>): Promise<Hex>;
  /** What a call would end with. */
  callVerdict(from: Address, to: Address, data: Hex): Promise<Verdict>;
  transfer(amount: bigint): Call;
  /** What the payee has got since the world was opened. */
  received(): Promise<bigint>;
}

export interface Options {
  leaves: readonly number[];
  callData: Hex;
  nonceKey: bigint;
  /** Instead of more than enough. */
  callGasLimit: bigint;
  signer: Key;
  policy: PolicyContent;
  /** Instead of the evidence for `leaves`. */
  wrapEvidence: (evidence: Hex) => Hex;
}

/** A policy with a capped token, and one function of any contract under the native cap. */
export function matrixPolicy(token: Address): PolicyContent & Policy {
  return {
    validAfter: GENESIS_TIME,
    validUntil: GENESIS_TIME + 30n * 86_400n,
    nativeLimit: { amount: parseEther("1"), period: "day" },
    rateLimit: { count: 100n, period: "hour" },
    maxUses: 1000n,
    cooldown: 0n,
    directLane: true,
    header: { meters: [{ token, tag: 0, period: "day", cap: CAP }], paymasters: [], pinnedCode: undefined },
    permissions: {
      hotCount: 0,
      list: [
        { kind: "exact", mark: "charged", target: token, selector: TRANSFER, maxValue: 0n, conditions: [] },
        { kind: "anyTarget", mark: "uncapped", target: "0x0000000000000000000000000000000000000000", selector: PING, maxValue: 0n, conditions: [] },
      ],
    },
  } as unknown as PolicyContent & Policy;
}

/** Opens a chain with the account of one cell of the matrix. */
export async function openWorld(kind: AccountKind, version: EntryPointVersion, keyKind: KeyKind = "secp256k1"): Promise<World> {
  const system = await openSystem(kind, version);
  const { chain, entryPoint, module, account, token } = system;
  const { abi: moduleAbi } = (await artifacts.readArtifact("SessionKeyModule")) as { abi: Abi };
  const { abi: errorAbi } = (await artifacts.readArtifact("ISessionKeyErrors")) as { abi: Abi };
  const key = await KEYS[keyKind](200, chain);
  const policy = matrixPolicy(token);
  const balance = (): Promise<bigint> =>
    chain.client.readContract({ address: token, abi: tokenAbi, functionName: "balanceOf", args: [recipient] });
  const before = await balance();

  const nameOf = (data: Hex): string => {
    try {
      return decodeErrorResult({ abi: errorAbi, data }).errorName;
    } catch {
      return data === "0x" ? "reverts without data" : `reverts with ${data.slice(0, 10)}`;
    }
  };

  const world: World = {
    kind,
    system,
    key,
    async newKey(index) {
      const made = await KEYS[keyKind](index, chain);
      if (made.sender !== bundler) await chain.fund(made.sender.address, parseEther("1"));
      return made;
    },
    policy,
    moduleAbi,
    asAccount: (to, data) => chain.send({ from: account.sender, to, data }),
    async grant(of = key, granted = policy) {
      const { control, settings } = await world.state(of);
      const call = encodeGrantSessionKey({
        module: module.address,
        key: of.address,
        policy: granted,
        epoch: control.epoch,
        serial: settings.serial + 1n,
      });
      await world.asAccount(call.to, call.data);
    },
    state: (of = key) =>
      readKeyState(chain.client, { module: module.address, account: account.address, key: of.address }),
    async operation(calls, changes = {}) {
      const leaves = changes.leaves ?? calls.map(() => LEAF.transfer);
      const [only] = calls;
      const callData =
        changes.callData ??
        (calls.length === 1 && only ? encodeExecute(MODE_SINGLE, encodeSingle(only)) : encodeExecute(MODE_BATCH, encodeBatch(calls)));
      const nonceKey = changes.nonceKey ?? account.adapter.nonceKey(module.address);
      const plenty = await userOperation(chain, entryPoint, account.address, nonceKey, callData);
      const { callGasLimit } = changes;
      const accountGasLimits = callGasLimit && concat([slice(plenty.accountGasLimits, 0, 16), toHex(callGasLimit, { size: 16 })]);
      const op = { ...plenty, ...(accountGasLimits && { accountGasLimits }) };
      const signer = changes.signer ?? key;
      const evidence = encodeEvidence(signer.address as Address, changes.policy ?? policy, leaves);
      return signWithEvidence(chain, system, { signer }, op, WINDOW, changes.wrapEvidence?.(evidence) ?? evidence);
    },
    async execute(op) {
      const receipt = await handleOps(chain, entryPoint, op);
      const [event] = parseEventLogs({ abi: entryPointAbi, eventName: "UserOperationEvent", logs: receipt.logs });
      if (!event?.args.success) throw new Error("the operation's calls failed");
    },
    async verdict(op) {
      const refused = await refusal(chain, entryPoint, op);
      return refused && (refused.inner && refused.inner !== "0x" ? nameOf(refused.inner) : refused.reason);
    },
    async redemption(calls, { leaves = calls.map(() => LEAF.transfer), signer = key, policy: by = policy } = {}) {
      const [only] = calls;
      const [mode, executions] =
        calls.length === 1 && only ? [MODE_SINGLE, encodeSingle(only)] : [MODE_BATCH, encodeBatch(calls)];
      const plain = packSignature(WINDOW, encodeEvidence(signer.address as Address, by, leaves), "0x");
      const { settings, usage } = await world.state(signer);
      const authorize = async (): Promise<Hex> => {
        const nonce = usage.uses;
        const args = [false, account.address, settings.epoch, settings.serial, nonce, mode, executions, plain] as const;
        const hash = await chain.client.readContract({ address: module.address, abi: redeemAbi, functionName: "redemptionDigest", args });
        return concat([toHex(nonce, { size: 3 }), await signer.sign({ hash })]);
      };
      const context = size(signer.address) === 20 ? plain : concat([plain, await authorize()]);
      return encodeFunctionData({ abi: redeemAbi, functionName: "redeem", args: [account.address, mode, executions, context] });
    },
    async callVerdict(from, to, data) {
      const revert = await revertData(chain, { from, to, data });
      return revert === undefined ? undefined : nameOf(revert);
    },
    transfer: (amount) => ({
      target: token,
      data: encodeFunctionData({ abi: tokenAbi, functionName: "transfer", args: [recipient, amount] }),
    }),
    received: async () => (await balance()) - before,
  };

  await account.installExecutor();
  await deployVerifiers(chain);
  if (key.sender !== bundler) await chain.fund(key.sender.address, parseEther("1"));
  await world.grant();
  chain.advanceTo(WINDOW.validAfter + 1n);
  // Calls that are only tried read the last block's time.
  await chain.send({ from: bundler, to: bundler.address });
  return world;
}

/** The window of every operation, and the last second for carried grants. */
export const DEADLINE = WINDOW.validUntil;

export { keyIdOf };
