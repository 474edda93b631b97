import { type Address, concat, encodeAbiParameters, encodeFunctionData, parseAbi } from "viem";
import { msa } from "../../ts-sdk/src/accounts/kinds/msa.ts";
import { type Chain, ENTRY_POINTS } from "../chain.ts";
import { foreignBytecode } from "./bytecode.ts";
import { type AccountChain, defaultOwner, type OwnedAccount, type StandingAccount, withModule } from "./owned.ts";

const abi = parseAbi([
  "function singleInitMSA(address validator, bytes data)",
  "function initializeAccount(bytes initData) payable",
]);

/** The reference account of ERC-7579 behind its proxy; its EntryPoint is v0.7, whatever is asked for. */
export async function createMsa(chain: AccountChain, entryPoint: Address, owner = defaultOwner): Promise<StandingAccount & { ownerValidator: Address }> {
  if (entryPoint !== ENTRY_POINTS["0.7"]) throw new RangeError("the reference account knows EntryPoint v0.7 only");
  const implementation = await chain.deployCode(foreignBytecode("msa", "ERC7579_BYTECODE"));
  const bootstrap = await chain.deployCode(foreignBytecode("msa", "ERC7579_BOOTSTRAP_BYTECODE"));
  const validator = await chain.deploy("OwnerValidator");
  const setup = encodeFunctionData({ abi, functionName: "singleInitMSA", args: [validator, owner.address] });
  const initData = encodeAbiParameters([{ type: "address" }, { type: "bytes" }], [bootstrap, setup]);
  const initialize = encodeFunctionData({ abi, functionName: "initializeAccount", args: [initData] });
  const proxyArguments = encodeAbiParameters([{ type: "address" }, { type: "bytes" }], [implementation, initialize]);
  const address = await chain.deployCode(concat([foreignBytecode("msa", "MSAPROXY_BYTECODE"), proxyArguments]));
  return { address, adapter: msa, owner, ownerNonceKey: msa.ownerNonceKey(validator), ownerValidator: validator };
}

export async function openMsa(chain: Chain, entryPoint: Address, module: Address): Promise<OwnedAccount> {
  return withModule(chain, entryPoint, module, await createMsa(chain, entryPoint));
}
