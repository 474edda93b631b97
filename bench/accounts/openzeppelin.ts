import { type Address, encodeFunctionData } from "viem";
import { openzeppelin } from "../../ts-sdk/src/accounts/kinds/openzeppelin.ts";
import type { Chain } from "../chain.ts";
import { type AccountChain, defaultOwner, moduleConfigAbi, type OwnedAccount, type StandingAccount, withModule } from "./owned.ts";

const HOOK_TYPE = 4n;

type Made = StandingAccount & { ownerValidator: Address };

/** OpenZeppelin's account as it comes; the validator knows the owner. */
export function createOpenZeppelin(chain: AccountChain, entryPoint: Address, owner = defaultOwner): Promise<Made> {
  return create("OpenZeppelinAccount", chain, entryPoint, owner);
}

/** The same with room for a hook, and a hook in it. */
export async function createOpenZeppelinHooked(chain: AccountChain, entryPoint: Address, owner = defaultOwner): Promise<Made> {
  const account = await create("OpenZeppelinHookedAccount", chain, entryPoint, owner);
  const hook = await chain.deploy("CountingHook");
  const data = encodeFunctionData({ abi: moduleConfigAbi, functionName: "installModule", args: [HOOK_TYPE, hook, "0x"] });
  await chain.fund(account.address, 10n ** 18n);
  await chain.send({ from: account.address, to: account.address, data });
  return account;
}

/** The same that knows its owner itself and answers by ERC-7739. Nothing stands before its owner's signature. */
export async function createNestingOpenZeppelin(chain: AccountChain, entryPoint: Address, owner = defaultOwner): Promise<StandingAccount> {
  const address = await chain.deploy("OpenZeppelinNestingAccount", [entryPoint, owner.address]);
  return { address, adapter: openzeppelin, owner, ownerNonceKey: 0n, route: "0x", nests: true };
}

export async function openOpenZeppelin(chain: Chain, entryPoint: Address, module: Address): Promise<OwnedAccount> {
  return withModule(chain, entryPoint, module, await createOpenZeppelin(chain, entryPoint));
}

export async function openOpenZeppelinHooked(chain: Chain, entryPoint: Address, module: Address): Promise<OwnedAccount> {
  return withModule(chain, entryPoint, module, await createOpenZeppelinHooked(chain, entryPoint));
}

async function create(contract: string, chain: AccountChain, entryPoint: Address, owner: typeof defaultOwner): Promise<Made> {
  const validator = await chain.deploy("OwnerValidator");
  const address = await chain.deploy(contract, [entryPoint, validator, owner.address]);
  return { address, adapter: openzeppelin, owner, ownerNonceKey: openzeppelin.ownerNonceKey(validator), ownerValidator: validator };
}

export async function openNestingOpenZeppelin(chain: Chain, entryPoint: Address, module: Address): Promise<OwnedAccount> {
  return withModule(chain, entryPoint, module, await createNestingOpenZeppelin(chain, entryPoint));
}
