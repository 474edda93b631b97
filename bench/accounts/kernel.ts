import { type Address, concat, encodeAbiParameters, encodeFunctionData, type Hex, parseAbi, zeroHash } from "viem";
import { encodeInitializeKernel, kernel } from "../../ts-sdk/src/accounts/kinds/kernel.ts";
import type { Chain } from "../chain.ts";
import { foreignBytecode } from "./bytecode.ts";
import { type AccountChain, defaultOwner, type OwnedAccount, type StandingAccount, withModule } from "./owned.ts";

const abi = parseAbi([
  "function createAccount(bytes data, bytes32 salt) payable returns (address)",
  "function getAddress(bytes data, bytes32 salt) view returns (address)",
]);

type Made = StandingAccount & { ownerValidator: Address };

/** Kernel 0.3.1 by its factory. The root validator knows the owner by one address. */
export async function createKernel(chain: AccountChain, entryPoint: Address, owner = defaultOwner): Promise<Made> {
  const implementation = await deployKernel(chain, entryPoint);
  const factory = await chain.deployCode(concat([foreignBytecode("kernel", "KERNEL_FACTORY_BYTECODE"), argument(implementation)]));
  const ownerValidator = await chain.deploy("OwnerValidator");
  const args = [encodeInitializeKernel({ ownerValidator, ownerData: owner.address }), zeroHash] as const;
  const address = await chain.client.readContract({ address: factory, abi, functionName: "getAddress", args });
  await chain.fund(owner.address, 10n ** 18n);
  await chain.send({ from: owner, to: factory, data: encodeFunctionData({ abi, functionName: "createAccount", args }) });
  return { address, adapter: kernel, owner, ownerNonceKey: kernel.ownerNonceKey(ownerValidator), ownerValidator };
}

/** An EOA that runs the code of Kernel 0.3.1 by EIP-7702, and is its own owner; the root validator knows it by its address. */
export async function delegateToKernel(chain: AccountChain, entryPoint: Address, owner = defaultOwner): Promise<Made> {
  const delegateTo = await deployKernel(chain, entryPoint);
  const ownerValidator = await chain.deploy("OwnerValidator");
  const data = encodeInitializeKernel({ ownerValidator, ownerData: owner.address });
  await chain.fund(owner.address, 10n ** 18n);
  await chain.send({ from: owner, to: owner.address, data, delegateTo });
  const ownerNonceKey = kernel.ownerNonceKey(ownerValidator);
  return { address: owner.address, adapter: kernel, owner, sender: owner, ownerNonceKey, ownerValidator };
}

/** The code that Kernel's accounts run, for one EntryPoint. */
export function deployKernel(chain: AccountChain, entryPoint: Address): Promise<Address> {
  return chain.deployCode(concat([foreignBytecode("kernel", "KERNEL_BYTECODE"), argument(entryPoint)]));
}

export async function openKernel(chain: Chain, entryPoint: Address, module: Address): Promise<OwnedAccount> {
  return withModule(chain, entryPoint, module, await createKernel(chain, entryPoint));
}

export async function openDelegatedKernel(chain: Chain, entryPoint: Address, module: Address): Promise<OwnedAccount> {
  return withModule(chain, entryPoint, module, await delegateToKernel(chain, entryPoint));
}

function argument(address: Address): Hex {
  return encodeAbiParameters([{ type: "address" }], [address]);
}
