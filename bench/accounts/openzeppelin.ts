import { type Address, encodeFunctionData } from "viem";
import { openzeppelin } from "../../ts-sdk/src/accounts/kinds/openzeppelin.ts";
import type { Chain } from "../chain.ts";
import { defaultOwner, moduleConfigAbi, type OwnedAccount, withModule } from "./owned.ts";

const HOOK_TYPE = 4n;

/** OpenZeppelin's account as it comes; the validator knows the owner. */
export function openOpenZeppelin(chain: Chain, entryPoint: Address, module: Address, owner = defaultOwner): Promise<OwnedAccount> {
  return open("OpenZeppelinAccount", chain, entryPoint, module, owner);
}

/** The same with room for a hook, and a hook in it. */
export async function openOpenZeppelinHooked(chain: Chain, entryPoint: Address, module: Address, owner = defaultOwner): Promise<OwnedAccount> {
  const account = await open("OpenZeppelinHookedAccount", chain, entryPoint, module, owner);
  const hook = await chain.deploy("CountingHook");
  const args = [HOOK_TYPE, hook, "0x"] as const;
  const data = encodeFunctionData({ abi: moduleConfigAbi, functionName: "installModule", args });
  await chain.send({ from: account.address, to: account.address, data });
  return account;
}

async function open(contract: string, chain: Chain, entryPoint: Address, module: Address, owner: typeof defaultOwner): Promise<OwnedAccount> {
  const validator = await chain.deploy("OwnerValidator");
  const address = await chain.deploy(contract, [entryPoint, validator, owner.address]);
  const ownerNonceKey = openzeppelin.nonceKey(validator);
  return withModule(chain, entryPoint, module, { address, adapter: openzeppelin, owner, ownerNonceKey, ownerValidator: validator });
}
