import { type Address, encodeErrorResult, maxUint256 } from "viem";
import { expect, it } from "vitest";
import { decodeRefusal, type SessionKeyRefusedError, sessionKeyModuleAbi } from "../../ts-sdk/src/index.ts";
import { inWords, type Names } from "./words.ts";

const USDC: Address = "0x1111111111111111111111111111111111111111";
const ROUTER: Address = "0x2222222222222222222222222222222222222222";
const names: Names = {
  addresses: { [USDC]: "USDC", [ROUTER]: "the router" },
  functions: { "0xa9059cbb": "transfer" },
  tokens: { [USDC]: { symbol: "USDC", decimals: 6 } },
};
const MIDNIGHT = 1_800_000_000n - (1_800_000_000n % 86_400n);

function refusal(errorName: string, args: readonly unknown[]): SessionKeyRefusedError {
  const decoded = decodeRefusal(encodeErrorResult({ abi: sessionKeyModuleAbi, errorName, args } as Parameters<typeof encodeErrorResult>[0]));
  if (!decoded) throw new Error(`${errorName} was not decoded`);
  return decoded;
}

it("shows amounts in whole units of the token", () => {
  const error = refusal("SpendingLimitExceeded", [USDC, 0n, 100_000_000n, 40_000_000n, 70_000_000n, MIDNIGHT]);
  expect(inWords(error, names)).toBe("Asked for 70 USDC; left 60 of 100 until 00:00 UTC.");
});

it("calls the largest amount there is by its name", () => {
  const error = refusal("SpendingLimitExceeded", [USDC, 0n, 100_000_000n, 0n, maxUint256, MIDNIGHT]);
  expect(inWords(error, names)).toContain("Asked for unlimited USDC");
});

it("shows native amounts in ether", () => {
  const error = refusal("NativeLimitExceeded", [5n * 10n ** 16n, 0n, 8n * 10n ** 19n, MIDNIGHT]);
  expect(inWords(error, names)).toBe("Asked for 80 ETH; left 0.05 of 0.05 until 00:00 UTC.");
});

it("gives names to addresses and functions", () => {
  const root = `0x${"0".repeat(64)}`;
  expect(inWords(refusal("CallNotPermitted", [0n, USDC, "0xa9059cbb", root]), names)).toBe("No permission for USDC's transfer.");
  expect(inWords(refusal("CallNotPermitted", [0n, ROUTER, "0x00000000", root]), names)).toBe("No permission to send ether to the router.");
});

it("gives names to addresses inside argument words", () => {
  const word = (address: Address): string => `0x${address.slice(2).padStart(64, "0")}`;
  const error = refusal("PinnedWordMismatch", [0n, 3n, word(ROUTER), word(USDC)]);
  expect(inWords(error, names)).toBe("Argument word 3 is USDC; the policy pins it to the router.");
});
