import { type Address, type Hex, keccak256, pad, parseEther, slice, toFunctionSelector, toHex } from "viem";
import type { KeySettings } from "../ts-sdk/src/policy/settingsWord.ts";
import { NO_SELECTOR, type Permission } from "../ts-sdk/src/policy/permissions.ts";
import { GENESIS_TIME } from "./chain.ts";
import type { PolicyContent } from "./evidence.ts";

const DAY = 86_400n;
export const TRANSFER = toFunctionSelector("transfer(address,uint256)");
const TRANSFER_FROM = toFunctionSelector("transferFrom(address,address,uint256)");

/** Caps that the rule-breaking tests measure against. */
export const LIMITS = {
  /** Token units a day. */
  token: parseEther("100"),
  /** Wei a day, gas included. */
  native: parseEther("1"),
  /** Calls an hour. */
  rate: 10n,
  /** Calls ever. */
  uses: 11n,
  /** Seconds. */
  cooldown: 60n,
  /** The key's own life, seconds since 1970. */
  validAfter: GENESIS_TIME,
  validUntil: GENESIS_TIME + 30n * DAY,
} as const;

/** Every rule that the settings word can hold, set. */
export function fullSettings(epoch: bigint, directLane = false, serial = 1n): KeySettings {
  return {
    validAfter: LIMITS.validAfter,
    validUntil: LIMITS.validUntil,
    epoch,
    serial,
    nativeLimit: { amount: LIMITS.native, period: "day" },
    rateLimit: { count: LIMITS.rate, period: "hour" },
    maxUses: LIMITS.uses,
    cooldown: LIMITS.cooldown,
    active: true,
    paused: false,
    directLane,
  };
}

function exact(mark: Permission["mark"], target: Address, selector: Hex): Permission {
  return { kind: "exact", mark, target, selector, maxValue: 0n, conditions: [] };
}

function tokenPolicy(token: Address, list: readonly Permission[], hotCount = 0): PolicyContent {
  const meters = [{ token, tag: 0, period: "day", cap: LIMITS.token }] as const;
  return { header: { meters, paymasters: [], pinnedCode: undefined }, permissions: { hotCount, list } };
}

/** J1, J2 1 × 1: `transfer` of one token, under a cap a day. */
export function transferPolicy(token: Address): PolicyContent {
  return tokenPolicy(token, [exact("charged", token, TRANSFER)]);
}

/** J1 with a co-signer above half of what it transfers. */
export function cosignedPolicy(token: Address, signer: Address): PolicyContent {
  const { header, permissions } = transferPolicy(token);
  const coSigner = { signer, thresholds: [{ meter: 0, above: parseEther("0.5") }] };
  return { header: { ...header, coSigner }, permissions };
}

/** J2 10 × 2: the token's two transfers, and two functions of nine contracts. */
export function tenTargetsPolicy(token: Address): PolicyContent {
  const [first, second] = ["deposit(uint256,address)", "claim(uint256)"].map(toFunctionSelector) as [Hex, Hex];
  const others = Array.from({ length: 9 }, (_, index) => contractAddress(index));
  return tokenPolicy(token, [
    exact("charged", token, TRANSFER),
    exact("charged", token, TRANSFER_FROM),
    ...others.flatMap((target) => [exact("movesNothing", target, first), exact("movesNothing", target, second)]),
  ]);
}

/** J1_1000: the `transfer` among 999 other permissions, at `position`; the first `hotCount` near the root. */
export function thousandPolicy(token: Address, position: number, hotCount: number): PolicyContent {
  const selector = toFunctionSelector("claim(uint256)");
  const list = Array.from({ length: 1000 }, (_, index) =>
    index === position ? exact("charged", token, TRANSFER) : exact("movesNothing", contractAddress(index), selector),
  );
  return tokenPolicy(token, list, hotCount);
}

/** J4: plain native transfers to one recipient, under the native cap alone. */
export function nativePolicy(recipient: Address): PolicyContent {
  const permission: Permission = {
    kind: "emptyCalldata",
    mark: "movesNothing",
    target: recipient,
    selector: NO_SELECTOR,
    maxValue: LIMITS.native,
    conditions: [],
  };
  return { header: { meters: [], paymasters: [], pinnedCode: undefined }, permissions: { hotCount: 0, list: [permission] } };
}

/** An address that looks like any contract's. */
function contractAddress(index: number): Address {
  return slice(keccak256(pad(toHex(index + 1), { size: 32 })), 12) as Address;
}
