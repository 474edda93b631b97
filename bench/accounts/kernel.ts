import { type Address, concat, encodeAbiParameters, encodeFunctionData, parseAbi, zeroAddress, zeroHash } from "viem";
import { kernel } from "../../ts-sdk/src/accounts/kinds/kernel.ts";
import type { Chain } from "../chain.ts";
import { foreignBytecode } from "./bytecode.ts";
import { type AccountChain, defaultOwner, type OwnedAccount, type StandingAccount, withModule } from "./owned.ts";

const abi = parseAbi([
  "function initialize(bytes21 rootValidator, address hook, bytes validatorData, bytes hookData, bytes[] initConfig)",
  "function createAccount(bytes data, bytes32 salt) payable returns (address)",
  "function getAddress(bytes data, bytes32 salt) view returns (address)",
]);

/** Kernel 0.3.1 by its factory. The root validator knows the owner by one address. */
export async function createKernel(chain: AccountChain, entryPoint: Address, owner = defaultOwner): Promise<StandingAccount & { ownerValidator: Address }> {
  const argument = (address: Address) => encodeAbiParameters([{ type: "address" }], [address]);
  const implementation = await chain.deployCode(concat([foreignBytecode("kernel", "KERNEL_BYTECODE"), argument(entryPoint)]));
  const factory = await chain.deployCode(concat([foreignBytecode("kernel", "KERNEL_FACTORY_BYTECODE"), argument(implementation)]));
  const validator = await chain.deploy("OwnerValidator");
  const initialize = encodeFunctionData({
    abi,
    functionName: "initialize",
    args: [concat(["0x01", validator]), zeroAddress, owner.address, "0x", []],
  });
  const args = [initialize, zeroHash] as const;
  const address = await chain.client.readContract({ address: factory, abi, functionName: "getAddress", args });
  await chain.fund(owner.address, 10n ** 18n);
  await chain.send({ from: owner, to: factory, data: encodeFunctionData({ abi, functionName: "createAccount", args }) });
  return { address, adapter: kernel, owner, ownerNonceKey: kernel.ownerNonceKey(validator), ownerValidator: validator };
}

export async function openKernel(chain: Chain, entryPoint: Address, module: Address): Promise<OwnedAccount> {
  return withModule(chain, entryPoint, module, await createKernel(chain, entryPoint));
}
