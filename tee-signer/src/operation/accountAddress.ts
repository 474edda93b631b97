import { ownedAccountFactoryAbi } from "@valet-keys/sdk/abis";
import { type Address, concat, encodeAbiParameters, encodeFunctionData, getContractAddress, type Hex, keccak256 } from "viem";
import { type AccountDefinition, type OwnedDefinition } from "../protocol/accounts.ts";
import { SignerError } from "../protocol/errors.ts";
import { type WholeOperation } from "./schema.ts";

/** Anyone of the owners acts alone: the TEE for its daily work, a recovery signer when the TEE is gone. */
export const THRESHOLD = 1n;

type Definition = Pick<OwnedDefinition, "factory" | "implementation" | "owners" | "guardian" | "salt">;

/** Where the factory puts the account: `OwnedAccountFactory.getAddress`, without asking a chain. */
export function accountAddressOf({ factory, implementation, owners, guardian, salt }: Definition): Address {
  const commitment = keccak256(
    encodeAbiParameters(
      [{ type: "bytes[]" }, { type: "uint64" }, { type: "address" }, { type: "bytes32" }],
      [owners, THRESHOLD, guardian, salt],
    ),
  );
  // OpenZeppelin's Clones: the creation code of an EIP-1167 proxy.
  const creationCode = concat(["0x3d602d80600a3d3981f3363d3d373d3d3d363d73", implementation, "0x5af43d82803e903d91602b57fd5bf3"]);
  return getContractAddress({ opcode: "CREATE2", from: factory, salt: commitment, bytecode: creationCode }).toLowerCase() as Address;
}

/** What creates it, as an operation's `factoryData` has to be. */
export function accountFactoryData({ owners, guardian, salt }: Definition): Hex {
  return encodeFunctionData({
    abi: ownedAccountFactoryAbi,
    functionName: "createAccount",
    args: [owners, THRESHOLD, guardian, salt],
  }).toLowerCase() as Hex;
}

/** An owner's operation may create the account of its definition, and no other. @throws SignerError `factory_not_allowed` */
export function checkCreation({ factory, factoryData }: WholeOperation, definition: AccountDefinition): void {
  if (factory === undefined) return;
  if (definition.kind !== "owned") throw new SignerError("factory_not_allowed", "The account was registered as one that stands; the operation must not create it.");
  if (factory !== definition.factory || factoryData !== accountFactoryData(definition)) {
    throw new SignerError("factory_not_allowed", "The operation creates the account otherwise than it was registered.");
  }
}
