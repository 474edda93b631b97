import { type Abi, type Address, encodeDeployData, getContractAddress, type Hex, isAddress, keccak256 } from "viem";
import { type Argument, type ContractEntry, DEFAULT_SALT } from "../contracts.ts";
import { type Compiler, libraries, link, readArtifact, readCompiler } from "./artifacts.ts";
import { OptionError } from "./errors.ts";
import { PROXY } from "./proxy.ts";

/** A contract with everything that decides its address, known without asking any chain. */
export type PlannedContract = {
  name: string;
  address: Address;
  salt: Hex;
  /** Creation code, linked, with the encoded constructor arguments behind it. */
  initCode: Hex;
  initCodeHash: Hex;
  constructorArgs: readonly (string | number | bigint | boolean)[];
  compiler: Compiler;
  abi: Abi;
};

/**
 * Where each contract of the list will live, the libraries that they link first.
 * @throws ArtifactError for a contract that is not compiled, OptionError for a list that contradicts itself
 */
export async function planContracts(entries: readonly ContractEntry[]): Promise<PlannedContract[]> {
  const planned: PlannedContract[] = [];
  const addresses = new Map<string, Address>();

  async function add(entry: ContractEntry): Promise<void> {
    if (addresses.has(entry.name)) throw new OptionError(`The contract list names ${entry.name} twice.`);
    const artifact = await readArtifact(entry.artifact ?? entry.name);
    for (const [library] of libraries(artifact)) if (!addresses.has(library)) await add({ name: library });

    const constructorArgs = (entry.args ?? []).map((argument) => resolve(argument, entry.name, addresses));
    const initCode = encodeDeployData({ abi: artifact.abi, bytecode: link(artifact, addresses), args: constructorArgs });
    const salt = entry.salt ?? DEFAULT_SALT;
    const address = getContractAddress({ opcode: "CREATE2", from: PROXY, salt, bytecode: initCode });
    addresses.set(entry.name, address);
    const compiler = await readCompiler(artifact);
    planned.push({ name: entry.name, address, salt, initCode, initCodeHash: keccak256(initCode), constructorArgs, compiler, abi: artifact.abi });
  }

  for (const entry of entries) await add(entry);
  return planned;
}

function resolve(argument: Argument, name: string, addresses: ReadonlyMap<string, Address>): string | number | bigint | boolean {
  if (typeof argument !== "object") {
    if (typeof argument === "string" && /^0x[0-9a-f]{40}$/i.test(argument) && !isAddress(argument))
      throw new OptionError(`${name}: the address ${argument} has a wrong checksum.`);
    return argument;
  }
  const address = addresses.get(argument.addressOf);
  if (!address) throw new OptionError(`${name} takes the address of ${argument.addressOf}, which is not before it in the list.`);
  return address;
}
