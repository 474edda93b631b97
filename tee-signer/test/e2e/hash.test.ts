import { createPublicClient, http, type Hex, parseAbi } from "viem";
import { toPackedUserOperation, type UserOperation } from "viem/account-abstraction";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ownedAccountFactoryAbi } from "../../../ts-sdk/src/abis/index.ts";
import { type Stack, startStack } from "../../../bundler-local/src/index.ts";
import { ENTRY_POINT_ADDRESSES } from "../../../ts-sdk/src/policy/index.ts";
import { toWire } from "../../src/client/agent.ts";
import { accountAddressOf, THRESHOLD } from "../../src/operation/accountAddress.ts";
import { operationHash } from "../../src/operation/hash.ts";
import { checkForm, type EntryPointVersion, userOperation } from "../../src/operation/schema.ts";
import { GUARDIAN, RECOVERY } from "../signer.ts";

const abi = parseAbi([
  "struct PackedUserOperation { address sender; uint256 nonce; bytes initCode; bytes callData; bytes32 accountGasLimits; uint256 preVerificationGas; bytes32 gasFees; bytes paymasterAndData; bytes signature; }",
  "function getUserOpHash(PackedUserOperation userOp) view returns (bytes32)",
]);

const SENDER = "0x00000000000000000000000000000000000000f1";
const base = {
  sender: SENDER,
  nonce: 2n ** 200n + 5n,
  callData: "0xe9ae5c5300",
  callGasLimit: 1n,
  verificationGasLimit: 2n,
  preVerificationGas: 3n,
  maxFeePerGas: 4n,
  maxPriorityFeePerGas: 5n,
  signature: "0xab",
} as const;
const paymaster = { paymaster: GUARDIAN, paymasterVerificationGasLimit: 6n, paymasterPostOpGasLimit: 7n, paymasterData: "0x1234" } as const;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.stop());

const onChain = (version: EntryPointVersion, operation: UserOperation): Promise<Hex> =>
  createPublicClient({ chain: stack.chain, transport: http(stack.rpcUrl) }).readContract({
    abi,
    address: ENTRY_POINT_ADDRESSES[version],
    functionName: "getUserOpHash",
    args: [toPackedUserOperation(operation)],
  });

const here = (version: EntryPointVersion, operation: UserOperation): Hex => {
  const read = userOperation.parse(toWire(operation));
  checkForm(read, version);
  return operationHash(stack.chainId, ENTRY_POINT_ADDRESSES[version].toLowerCase() as Hex, read);
};

const cases: [EntryPointVersion, string, object][] = (["0.7", "0.8", "0.9"] as const).flatMap((version): [EntryPointVersion, string, object][] => [
  [version, "an operation", {}],
  [version, "one that creates its account", { factory: RECOVERY, factoryData: "0x55" }],
  [version, "one with a paymaster", paymaster],
]);

it.each(cases)("has the hash of EntryPoint v%s for %s", async (version, _title, change) => {
  const operation = { ...base, ...change } as UserOperation;
  expect(here(version, operation)).toBe(await onChain(version, operation));
});

it("leaves the paymaster's signature of v0.9 outside the hash, as the EntryPoint does", async () => {
  const with1 = { ...base, ...paymaster, paymasterSignature: `0x${"11".repeat(65)}` } as UserOperation;
  const with2 = { ...base, ...paymaster, paymasterSignature: `0x${"22".repeat(65)}` } as UserOperation;
  expect(here("0.9", with1)).toBe(await onChain("0.9", with1));
  expect(here("0.9", with2)).toBe(here("0.9", with1));
});

it("refuses paymaster data that v0.9 would read as a signature", () => {
  const sneaky = { ...base, ...paymaster, paymasterData: "0x12340022e325a297439656" } as UserOperation;
  expect(() => here("0.9", sneaky)).toThrow(/as if it carried a signature/);
  expect(() => here("0.7", { ...base, ...paymaster, paymasterSignature: "0x11" } as UserOperation)).toThrow(/from EntryPoint v0.9 on/);
});

it.each(["0.7", "0.8", "0.9"] as const)("knows where the factory for v%s puts an account", async (version) => {
  const suffix = `v${version.replace(".", "")}` as "v07" | "v08" | "v09";
  const definition = {
    factory: stack.addresses.ownedAccountFactory[suffix],
    implementation: stack.addresses.ownedAccount[suffix],
    owners: [SENDER, RECOVERY] as Hex[],
    guardian: GUARDIAN as Hex,
    salt: `0x${"07".repeat(32)}` as Hex,
  };
  const expected = await createPublicClient({ chain: stack.chain, transport: http(stack.rpcUrl) }).readContract({
    abi: ownedAccountFactoryAbi,
    address: definition.factory,
    functionName: "getAddress",
    args: [definition.owners, THRESHOLD, definition.guardian, definition.salt],
  });
  expect(accountAddressOf(definition)).toBe(expected.toLowerCase());
});
