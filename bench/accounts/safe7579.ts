import { type Address, concat, encodeAbiParameters, encodeFunctionData, type Hex, parseAbi, parseEventLogs, type PrivateKeyAccount, slice, toHex, zeroAddress } from "viem";
import { safe7579 } from "../../ts-sdk/src/accounts/kinds/safe7579.ts";
import { type Chain, ENTRY_POINTS } from "../chain.ts";
import type { PackedUserOperation } from "../userOperation.ts";
import { foreignBytecode } from "./bytecode.ts";
import { type AccountChain, defaultOwner, type OwnedAccount, type StandingAccount, withModule } from "./owned.ts";

const abi = parseAbi([
  "struct ModuleInit { address module; bytes initData; }",
  "function addSafe7579(address safe7579, ModuleInit[] validators, ModuleInit[] executors, ModuleInit[] fallbacks, ModuleInit[] hooks, address[] attesters, uint8 threshold)",
  "function setup(address[] owners, uint256 threshold, address to, bytes data, address fallbackHandler, address paymentToken, uint256 payment, address paymentReceiver)",
  "function createProxyWithNonce(address singleton, bytes initializer, uint256 saltNonce) returns (address proxy)",
  "event ProxyCreation(address indexed proxy, address singleton)",
]);

/** What an owner of a Safe signs for an operation: EIP-712, in the adapter's domain. */
const SAFE_OP = {
  SafeOp: [
    { name: "safe", type: "address" },
    { name: "nonce", type: "uint256" },
    { name: "initCode", type: "bytes" },
    { name: "callData", type: "bytes" },
    { name: "verificationGasLimit", type: "uint128" },
    { name: "callGasLimit", type: "uint128" },
    { name: "preVerificationGas", type: "uint256" },
    { name: "maxPriorityFeePerGas", type: "uint128" },
    { name: "maxFeePerGas", type: "uint128" },
    { name: "paymasterAndData", type: "bytes" },
    { name: "validAfter", type: "uint48" },
    { name: "validUntil", type: "uint48" },
    { name: "entryPoint", type: "address" },
  ],
} as const;

/** A Safe, and the contracts that made it a modular account. */
export type StandingSafe = StandingAccount & { safe7579: Address; launchpad: Address };

/** A Safe 1.4.1 with one owner, with the Safe7579 adapter as its module and fallback handler, without attesters. */
export async function createSafe7579(chain: AccountChain, entryPoint: Address, owner = defaultOwner): Promise<StandingSafe> {
  if (entryPoint !== ENTRY_POINTS["0.7"]) throw new RangeError("the Safe7579 adapter knows EntryPoint v0.7 only");
  const adapter = await chain.deployCode(foreignBytecode("safe7579", "SAFE7579_BYTECODE"));
  const noRegistry = encodeAbiParameters([{ type: "address" }, { type: "address" }], [entryPoint, zeroAddress]);
  const launchpad = await chain.deployCode(concat([foreignBytecode("safe7579", "SAFE7579_LAUNCHPAD_BYTECODE"), noRegistry]));
  const singleton = await chain.deployCode(foreignBytecode("safe7579", "SAFE_SINGLETON_BYTECODE"));
  const factory = await chain.deployCode(foreignBytecode("safe7579", "SAFE_PROXY_FACTORY_BYTECODE"));
  const add = encodeFunctionData({ abi, functionName: "addSafe7579", args: [adapter, [], [], [], [], [], 0] });
  const setup = encodeFunctionData({
    abi,
    functionName: "setup",
    args: [[owner.address], 1n, launchpad, add, adapter, zeroAddress, 0n, zeroAddress],
  });
  await chain.fund(owner.address, 10n ** 18n);
  const data = encodeFunctionData({ abi, functionName: "createProxyWithNonce", args: [singleton, setup, 0n] });
  const receipt = await chain.send({ from: owner, to: factory, data });
  const address = parseEventLogs({ abi, eventName: "ProxyCreation", logs: receipt.logs })[0]?.args.proxy;
  if (!address) throw new Error("the Safe was not created");
  return { address, adapter: safe7579, owner, ownerNonceKey: 0n, safe7579: adapter, launchpad };
}

export async function openSafe7579(chain: Chain, entryPoint: Address, module: Address): Promise<OwnedAccount> {
  const made = await createSafe7579(chain, entryPoint);
  const chainId = await chain.client.getChainId();
  const signing = { owner: made.owner, adapter: made.safe7579, entryPoint, chainId };
  return withModule(chain, entryPoint, module, { ...made, signAsOwner: (op) => signSafeOperation(op, signing) });
}

async function signSafeOperation(
  op: PackedUserOperation,
  { owner, adapter, entryPoint, chainId }: { owner: PrivateKeyAccount; adapter: Address; entryPoint: Address; chainId: number },
): Promise<PackedUserOperation> {
  const half = (word: Hex, index: 0 | 1) => BigInt(slice(word, 16 * index, 16 * index + 16));
  const signature = await owner.signTypedData({
    domain: { chainId, verifyingContract: adapter },
    types: SAFE_OP,
    primaryType: "SafeOp",
    message: {
      safe: op.sender,
      nonce: op.nonce,
      initCode: op.initCode,
      callData: op.callData,
      verificationGasLimit: half(op.accountGasLimits, 0),
      callGasLimit: half(op.accountGasLimits, 1),
      preVerificationGas: op.preVerificationGas,
      maxPriorityFeePerGas: half(op.gasFees, 0),
      maxFeePerGas: half(op.gasFees, 1),
      paymasterAndData: op.paymasterAndData,
      validAfter: 0,
      validUntil: 0,
      entryPoint,
    },
  });
  return { ...op, signature: concat([toHex(0, { size: 12 }), signature]) };
}
