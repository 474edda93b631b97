import { artifacts } from "hardhat";
import { type Hex, hexToBytes } from "viem";
import { describe, expect, it } from "vitest";
import { CONTRACTS } from "../../deploy/contracts.ts";

/**
 * OP-012, whatever path an operation takes: validation may ask for the gas that is left only right in front of a call. The
 * optimizer is free to move the instruction away from the call that it belongs to, so the code itself is looked through.
 */

const GAS = 0x5a;
const CALLS: readonly number[] = [0xf1, 0xf2, 0xf4, 0xfa];

/** Where in the code a GAS stands that no call follows. */
function lonelyGas(code: Hex): number[] {
  const bytes = hexToBytes(code);
  const found: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const instruction = bytes[at] ?? 0;
    if (instruction === GAS && !CALLS.includes(bytes[at + 1] ?? 0)) found.push(at);
    // PUSH1 to PUSH32 carry bytes that are no instructions.
    if (instruction >= 0x60 && instruction <= 0x7f) at += instruction - 0x5f;
  }
  return found;
}

describe("lonelyGas", () => {
  it.each([
    ["0x5af1", []],
    ["0x5afa005a", [3]],
    ["0x5a93fa", [0]],
    ["0x605a5af4", []],
    ["0x7f", []],
  ] as const)("of %s is %j", (code, expected) => {
    expect(lonelyGas(code)).toEqual(expected);
  });
});

it.each([...new Set(CONTRACTS.map(({ name, artifact = name }) => artifact))])("%s asks for the gas left only in front of a call", async (name) => {
  const { deployedBytecode } = await artifacts.readArtifact(name);
  expect(lonelyGas(deployedBytecode as Hex)).toEqual([]);
});
