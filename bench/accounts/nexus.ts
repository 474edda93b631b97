import { type Address, concat, encodeAbiParameters, encodeFunctionData, parseAbi, zeroAddress } from "viem";
import { nexus } from "../../ts-sdk/src/accounts/kinds/nexus.ts";
import type { Chain } from "../chain.ts";
import { foreignBytecode } from "./bytecode.ts";
import { type AccountChain, defaultOwner, type OwnedAccount, type StandingAccount, withModule } from "./owned.ts";

const abi = parseAbi([
  "function initNexusWithSingleValidator(address validator, bytes data, address registry, address[] attesters, uint8 threshold)",
  "function initializeAccount(bytes initData) payable",
]);

type Made = StandingAccount & { ownerValidator: Address };

/** Nexus 1.0.1 behind its proxy, without a registry. */
export function createNexus(chain: AccountChain, entryPoint: Address, owner = defaultOwner): Promise<Made> {
  return create("OwnerValidator", chain, entryPoint, owner);
}

/** The same whose owner signs nested by ERC-7739, as Biconomy's K1 validator wants it. */
export async function createNestingNexus(chain: AccountChain, entryPoint: Address, owner = defaultOwner): Promise<Made> {
  return { ...(await create("NestingOwnerValidator", chain, entryPoint, owner)), nests: true };
}

async function create(validatorContract: string, chain: AccountChain, entryPoint: Address, owner: typeof defaultOwner): Promise<Made> {
  const argument = encodeAbiParameters([{ type: "address" }], [entryPoint]);
  const implementation = await chain.deployCode(concat([foreignBytecode("nexus", "NEXUS_BYTECODE"), argument]));
  const bootstrap = await chain.deployCode(foreignBytecode("nexus", "NEXUS_BOOTSTRAP_BYTECODE"));
  const validator = await chain.deploy(validatorContract);
  const setup = encodeFunctionData({
    abi,
    functionName: "initNexusWithSingleValidator",
    args: [validator, owner.address, zeroAddress, [], 0],
  });
  const initData = encodeAbiParameters([{ type: "address" }, { type: "bytes" }], [bootstrap, setup]);
  const initialize = encodeFunctionData({ abi, functionName: "initializeAccount", args: [initData] });
  const proxyArguments = encodeAbiParameters([{ type: "address" }, { type: "bytes" }], [implementation, initialize]);
  const address = await chain.deployCode(concat([foreignBytecode("nexus", "NEXUS_PROXY_BYTECODE"), proxyArguments]));
  return { address, adapter: nexus, owner, ownerNonceKey: nexus.ownerNonceKey(validator), ownerValidator: validator };
}

export async function openNexus(chain: Chain, entryPoint: Address, module: Address): Promise<OwnedAccount> {
  return withModule(chain, entryPoint, module, await createNexus(chain, entryPoint));
}

export async function openNestingNexus(chain: Chain, entryPoint: Address, module: Address): Promise<OwnedAccount> {
  return withModule(chain, entryPoint, module, await createNestingNexus(chain, entryPoint));
}
