import { type Address, concat, encodeAbiParameters, encodeFunctionData, encodePacked, type Hex, pad, parseAbi, toHex } from "viem";
import type { Chain } from "./chain.ts";

/** An operation as the EntryPoint takes it (v0.7 and later). */
export interface PackedUserOperation {
  sender: Address;
  nonce: bigint;
  initCode: Hex;
  callData: Hex;
  accountGasLimits: Hex;
  preVerificationGas: bigint;
  gasFees: Hex;
  paymasterAndData: Hex;
  signature: Hex;
}

export const entryPointAbi = parseAbi([
  "struct PackedUserOperation { address sender; uint256 nonce; bytes initCode; bytes callData; bytes32 accountGasLimits; uint256 preVerificationGas; bytes32 gasFees; bytes paymasterAndData; bytes signature; }",
  "function handleOps(PackedUserOperation[] ops, address beneficiary)",
  "function getUserOpHash(PackedUserOperation userOp) view returns (bytes32)",
  "function getNonce(address sender, uint192 key) view returns (uint256)",
  "function depositTo(address account) payable",
  "function balanceOf(address account) view returns (uint256)",
  "event UserOperationEvent(bytes32 indexed userOpHash, address indexed sender, address indexed paymaster, uint256 nonce, bool success, uint256 actualGasCost, uint256 actualGasUsed)",
  "error FailedOp(uint256 opIndex, string reason)",
  "error FailedOpWithRevert(uint256 opIndex, string reason, bytes inner)",
]);

const executeAbi = parseAbi(["function execute(bytes32 mode, bytes executionCalldata) payable"]);

/** ERC-7579 execution mode: one call, a batch; reverting as a whole on failure. */
export const MODE_SINGLE: Hex = pad("0x", { size: 32 });
export const MODE_BATCH: Hex = pad("0x01", { size: 32, dir: "right" });

/** The gas an operation is given in every measurement, and its price (wei per gas). */
export const GAS = { verification: 2_000_000n, call: 9_000_000n, preVerification: 60_000n, price: 1_000_000_000n } as const;

export interface Call {
  target: Address;
  value?: bigint;
  data?: Hex;
}

/** The account function that operations call. */
export function encodeExecute(mode: Hex, executionCalldata: Hex): Hex {
  return encodeFunctionData({ abi: executeAbi, functionName: "execute", args: [mode, executionCalldata] });
}

/** The bytes behind the mode of `execute` for one call. */
export function encodeSingle({ target, value = 0n, data = "0x" }: Call): Hex {
  return encodePacked(["address", "uint256", "bytes"], [target, value, data]);
}

/** The bytes behind the mode of `execute` for several calls. */
export function encodeBatch(calls: readonly Call[]): Hex {
  return encodeAbiParameters(
    [
      {
        type: "tuple[]",
        components: [
          { name: "target", type: "address" },
          { name: "value", type: "uint256" },
          { name: "callData", type: "bytes" },
        ],
      },
    ],
    [calls.map(({ target, value = 0n, data = "0x" }) => ({ target, value, callData: data }))],
  );
}

/** A nonce key: 20 bytes that choose the validator, four that choose a parallel lane. */
export function nonceKey(validator: Address, lane = 0): bigint {
  return BigInt(concat([validator, toHex(lane, { size: 4 })]));
}

/** An unsigned operation with the account's next nonce in a lane. */
export async function userOperation(
  chain: Chain,
  entryPoint: Address,
  sender: Address,
  key: bigint,
  callData: Hex,
): Promise<PackedUserOperation> {
  return {
    sender,
    nonce: await chain.client.readContract({
      address: entryPoint,
      abi: entryPointAbi,
      functionName: "getNonce",
      args: [sender, key],
    }),
    initCode: "0x",
    callData,
    accountGasLimits: concat([toHex(GAS.verification, { size: 16 }), toHex(GAS.call, { size: 16 })]),
    preVerificationGas: GAS.preVerification,
    gasFees: concat([toHex(GAS.price, { size: 16 }), toHex(GAS.price, { size: 16 })]),
    paymasterAndData: "0x",
    signature: "0x",
  };
}

/** The EntryPoint's own hash of an operation. */
export function userOpHash(chain: Chain, entryPoint: Address, op: PackedUserOperation): Promise<Hex> {
  return chain.client.readContract({
    address: entryPoint,
    abi: entryPointAbi,
    functionName: "getUserOpHash",
    args: [op],
  });
}
