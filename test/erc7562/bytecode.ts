import { type Address, type Hex, concat } from "viem";

/** Where hand-written contracts, and what they call, are put. */
export const MODULE: Address = "0x7000000000000000000000000000000000000001";
export const INNER: Address = "0x7000000000000000000000000000000000000002";
export const NOBODY: Address = "0x7000000000000000000000000000000000000003";

/** What a contract that does nothing runs. */
export const STOP: Hex = "0x00";
/** Returns the word 0: an account or its module accepts the operation. */
export const ACCEPT: Hex = "0x5f5f5260205ff3";
/** Returns no context and the word 0: a paymaster pays for the operation. */
export const SPONSOR: Hex = "0x60405f5260605ff3";

/** Instructions that open a frame. */
export const CALL: Hex = "0xf1";
export const CALLCODE: Hex = "0xf2";
export const DELEGATECALL: Hex = "0xf4";
export const STATICCALL: Hex = "0xfa";

const GAS: Hex = "0x5a";
const POP: Hex = "0x50";

export function push(address: Address): Hex {
  return concat(["0x73", address]);
}

/** A call without arguments, whose result is dropped. @param gas instructions that push the gas; default: all there is */
export function call(instruction: Hex, to: Address, { gas = GAS, value = 0 }: { gas?: Hex; value?: 0 | 1 } = {}): Hex {
  const amount: Hex = value === 0 ? "0x5f" : "0x6001";
  const values = instruction === CALL || instruction === CALLCODE ? [amount] : [];
  return concat(["0x5f5f5f5f", ...values, push(to), gas, instruction, POP]);
}
