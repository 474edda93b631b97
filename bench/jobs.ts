import { encodeFunctionData, type Hex, parseEther, type PrivateKeyAccount } from "viem";
import { encodeHeader } from "../ts-sdk/src/policy/header.ts";
import { encodePermissions } from "../ts-sdk/src/policy/permissions.ts";
import { encodeSettings } from "../ts-sdk/src/policy/settingsWord.ts";
import { encodeSigner, keyIdOf } from "../ts-sdk/src/policy/signer.ts";
import { frameCalls } from "../ts-sdk/src/operation/frame.ts";
import { GENESIS_TIME } from "./chain.ts";
import type { PolicyContent } from "./evidence.ts";
import { fullSettings } from "./policies.ts";
import { type SessionKey, signOperation, type Window } from "./sessionKey.ts";
import { erc20Abi, moduleAbi, recipient, type System } from "./system.ts";
import {
  type Call,
  encodeBatch,
  encodeExecute,
  encodeSingle,
  MODE_BATCH,
  MODE_SINGLE,
  type PackedUserOperation,
  userOperation,
} from "./userOperation.ts";

/** The account's epoch after it has installed the module once. */
const FIRST_EPOCH = 1n;

/** When a phase of the measurement runs: every operation of a phase has the same window. */
export interface Phase extends Window {
  /** The clock is set to this; transactions of the phase follow second by second. */
  start: bigint;
}

/** Five minutes that begin `seconds` after the chain does. */
export function phase(seconds: bigint): Phase {
  const start = GENESIS_TIME + seconds;
  return { start, validAfter: start, validUntil: start + 300n };
}

/** What J0 and J1 do: a transfer of the token. */
export function tokenTransfer(token: Call["target"], amount = parseEther("1")): Call {
  return { target: token, data: encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [recipient, amount] }) };
}

/** What J4 does: a transfer of native. */
export const nativeTransfer: Call = { target: recipient, value: parseEther("0.01") };

/** Call data of an account that makes one call. */
export function executeSingle(call: Call): Hex {
  return encodeExecute(MODE_SINGLE, encodeSingle(call));
}

/**
 * Call data of `grant` for a policy under every rule that the settings word holds.
 *
 * @param directLane whether the key may act without a bundler
 */
export function grantData(signer: PrivateKeyAccount, { header, permissions }: PolicyContent, directLane = false): Hex {
  const settings = encodeSettings(fullSettings(FIRST_EPOCH, directLane));
  return encodeFunctionData({
    abi: moduleAbi,
    functionName: "grant",
    args: [encodeSigner(signer.address), settings, encodeHeader(header), encodePermissions(permissions)],
  });
}

/** Of the length of those that the SDK draws. */
const FRAME_ID = 0x8f3a61c5d27en;

/** The same for a measured key. */
export function measuredGrantData(signer: PrivateKeyAccount, { header, permissions }: PolicyContent): Hex {
  const settings = encodeSettings({ ...fullSettings(FIRST_EPOCH), measured: true });
  return encodeFunctionData({
    abi: moduleAbi,
    functionName: "grant",
    args: [encodeSigner(signer.address), settings, encodeHeader(header), encodePermissions(permissions)],
  });
}

/** A signed operation of a measured key: one transfer, between `open` and `close`. */
export async function framedOperation(
  system: System,
  key: SessionKey,
  window: Window,
  { call, lane }: { call: Call; lane: number },
): Promise<PackedUserOperation> {
  const { chain, entryPoint, account, module } = system;
  const calls = frameCalls(module.address, [{ to: call.target, value: 0n, data: call.data ?? "0x" }], FRAME_ID);
  const callData = encodeExecute(MODE_BATCH, encodeBatch(calls.map(({ to, value, data }) => ({ target: to, value, data }))));
  const op = await userOperation(chain, entryPoint, account.address, account.adapter.nonceKey(module.address, lane), callData);
  return signOperation(chain, system, key, op, window, [0]);
}

/** Call data of `revoke`. */
export function revokeData(system: System, signer: PrivateKeyAccount): Hex {
  return encodeFunctionData({
    abi: moduleAbi,
    functionName: "revoke",
    args: [system.account.address, keyIdOf(signer.address)],
  });
}

/** Call data of `revokeAll`. */
export function revokeAllData(system: System): Hex {
  return encodeFunctionData({ abi: moduleAbi, functionName: "revokeAll", args: [system.account.address] });
}

/** A signed operation of the owner. */
export async function ownerOperation(system: System, call: Call): Promise<PackedUserOperation> {
  const { chain, entryPoint, account } = system;
  return account.signAsOwner(await userOperation(chain, entryPoint, account.address, account.ownerNonceKey, executeSingle(call)));
}

/**
 * A signed operation of a session key with one call.
 *
 * @param leaf which permission covers it
 * @param lane one for each key, so that a key's first operation is its lane's first too
 */
export async function keyOperation(
  system: System,
  key: SessionKey,
  window: Window,
  call: Call,
  { leaf = 0, lane }: { leaf?: number; lane: number },
): Promise<PackedUserOperation> {
  const { chain, entryPoint, account, module } = system;
  const nonce = account.adapter.nonceKey(module.address, lane);
  const op = await userOperation(chain, entryPoint, account.address, nonce, executeSingle(call));
  return signOperation(chain, system, key, op, window, [leaf]);
}
