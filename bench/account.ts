import { type Address, encodeAbiParameters, encodeFunctionData, encodePacked, type Hex, parseAbi, type PrivateKeyAccount, zeroAddress } from "viem";
import { type GrantSigner, toEoaGrantSigner, toOwnersGrantSigner, toSetOwner } from "../ts-sdk/src/actions/signedGrants.ts";
import { type Chain, fixedAccount } from "./chain.ts";
import { type PackedUserOperation, userOpHash } from "./userOperation.ts";

const accountAbi = parseAbi([
  "function installModule(uint256 moduleType, address module, bytes initData)",
  "function createAccount(bytes[] owners, uint64 threshold, address guardian, bytes32 salt) returns (address account)",
  "function getAddress(bytes[] owners, uint64 threshold, address guardian, bytes32 salt) view returns (address)",
]);

const VALIDATOR_TYPE = 1n;
const EXECUTOR_TYPE = 2n;
const SALT: Hex = `0x${"00".repeat(32)}`;
/** Owns the measured accounts; under EIP-7702 it is the account. */
const defaultOwner = fixedAccount(5);

/** A reference account with the session key module installed. */
export interface OwnedAccount {
  address: Address;
  /** What the chain sends a transaction from, to call as the account itself. */
  sender: PrivateKeyAccount | Address;
  /** Has the account install the module as executor, in a transaction of its own. */
  installExecutor(): ReturnType<Chain["send"]>;
  /** Signs an operation as the owner. */
  signAsOwner(op: PackedUserOperation): Promise<PackedUserOperation>;
  /** Signs for what the module asks the account about. */
  grantSigner: GrantSigner;
}

function installData(moduleType: bigint, module: Address): Hex {
  const args = [moduleType, module, encodePacked(["uint8"], [Number(moduleType)])] as const;
  return encodeFunctionData({ abi: accountAbi, functionName: "installModule", args });
}

/** An EOA that delegates to `DelegatedAccount`. */
export async function openDelegatedAccount(
  chain: Chain,
  entryPoint: Address,
  module: Address,
  owner = defaultOwner,
): Promise<OwnedAccount> {
  const implementation = await chain.deploy("DelegatedAccount", [entryPoint, module]);
  const data = encodeFunctionData({
    abi: accountAbi,
    functionName: "installModule",
    // No guardian, and the route to the owner.
    args: [VALIDATOR_TYPE, module, encodePacked(["uint8", "address", "uint8", "address"], [Number(VALIDATOR_TYPE), zeroAddress, 20, zeroAddress])],
  });
  await chain.fund(owner.address, 10n ** 18n);
  await chain.send({ from: owner, to: owner.address, data, delegateTo: implementation });
  return {
    address: owner.address,
    sender: owner,
    installExecutor: () => chain.send({ from: owner, to: owner.address, data: installData(EXECUTOR_TYPE, module) }),
    grantSigner: toEoaGrantSigner(owner),
    signAsOwner: async (op) => ({ ...op, signature: await owner.sign({ hash: await userOpHash(chain, entryPoint, op) }) }),
  };
}

/** An `OwnedAccount` that its factory made, with one owner. */
export async function openFactoryAccount(
  chain: Chain,
  entryPoint: Address,
  module: Address,
  owner = defaultOwner,
): Promise<OwnedAccount> {
  const implementation = await chain.deploy("contracts/account/OwnedAccount.sol:OwnedAccount", [entryPoint, module]);
  const factory = await chain.deploy("OwnedAccountFactory", [implementation]);
  const args = [[owner.address], 1n, zeroAddress, SALT] as const;
  const address = await chain.client.readContract({ address: factory, abi: accountAbi, functionName: "getAddress", args });
  const data = encodeFunctionData({ abi: accountAbi, functionName: "createAccount", args });
  await chain.fund(owner.address, 10n ** 18n);
  await chain.send({ from: owner, to: factory, data });
  return {
    address,
    sender: address,
    installExecutor: () => chain.send({ from: address, to: address, data: installData(EXECUTOR_TYPE, module) }),
    grantSigner: toOwnersGrantSigner([toSetOwner(owner)]),
    async signAsOwner(op) {
      const hash = await userOpHash(chain, entryPoint, op);
      const signatures = [[owner.address], [await owner.sign({ hash })]] as const;
      return { ...op, signature: encodeAbiParameters([{ type: "bytes[]" }, { type: "bytes[]" }], signatures) };
    },
  };
}
