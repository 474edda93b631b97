import { concatHex, createPublicClient, encodeAbiParameters, encodeFunctionData, type Hex, http, numberToHex, parseAbi, zeroAddress, zeroHash } from "viem";
import { entryPoint07Abi, entryPoint08Abi, entryPoint09Abi, getUserOperationHash, toSmartAccount } from "viem/account-abstraction";
import type { Stack } from "../../bundler-local/src/index.ts";

const accountAbi = parseAbi([
  "function createAccount(bytes[] owners, uint64 threshold, address guardian, bytes32 salt) returns (address)",
  "function getAddress(bytes[] owners, uint64 threshold, address guardian, bytes32 salt) view returns (address)",
  "function execute(bytes32 mode, bytes executionCalldata) payable",
]);

/** Well-formed, recovers to somebody else. */
const STUB_SIGNATURE: Hex = `0x${"ff".repeat(15)}${"00".repeat(17)}7${"a".repeat(63)}1c`;

export const VERSIONS = {
  v07: { version: "0.7", abi: entryPoint07Abi },
  v08: { version: "0.8", abi: entryPoint08Abi },
  v09: { version: "0.9", abi: entryPoint09Abi },
} as const;

/** An account of the stack's owner, made by the factory, that signs as its owner; without the SDK, to test the stack alone. */
export function plainAccount(stack: Stack, release: keyof typeof VERSIONS) {
  const client = createPublicClient({ chain: stack.chain, transport: http(stack.rpcUrl), pollingInterval: 100 });
  const { owner } = stack.accounts;
  const factory = stack.addresses.ownedAccountFactory[release];
  const entryPoint = { ...VERSIONS[release], address: stack.addresses.entryPoint[release] };
  const args = [[owner.address], 1n, zeroAddress, zeroHash] as const;
  const encodeSignature = (signature: Hex) =>
    encodeAbiParameters([{ type: "bytes[]" }, { type: "bytes[]" }], [[owner.address], [signature]]);
  const getAddress = () => client.readContract({ address: factory, abi: accountAbi, functionName: "getAddress", args });
  const refuse = async () => {
    throw new Error("this account only sends operations");
  };
  return toSmartAccount({
    client,
    entryPoint,
    getAddress,
    getFactoryArgs: async () => ({ factory, factoryData: encodeFunctionData({ abi: accountAbi, functionName: "createAccount", args }) }),
    encodeCalls: async (calls) => {
      const [call] = calls;
      if (!call || calls.length > 1) throw new Error("one call at a time");
      const execution = concatHex([call.to, numberToHex(call.value ?? 0n, { size: 32 }), call.data ?? "0x"]);
      return encodeFunctionData({ abi: accountAbi, functionName: "execute", args: [zeroHash, execution] });
    },
    getStubSignature: async () => encodeSignature(STUB_SIGNATURE),
    signUserOperation: async ({ chainId = stack.chainId, ...operation }) => {
      const userOperation = { ...operation, sender: operation.sender ?? (await getAddress()), signature: "0x" } as const;
      const hash = getUserOperationHash({ chainId, entryPointAddress: entryPoint.address, entryPointVersion: entryPoint.version, userOperation });
      return encodeSignature(await owner.sign({ hash }));
    },
    signMessage: refuse,
    signTypedData: refuse,
  });
}
