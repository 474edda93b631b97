import { type Address, encodeAbiParameters, encodeFunctionData, type Hex, parseAbi, zeroAddress } from "viem";
import { openzeppelin } from "../ts-sdk/src/accounts/kinds/openzeppelin.ts";
import { toEoaGrantSigner, toOwnersGrantSigner, toSetOwner } from "../ts-sdk/src/actions/signedGrants.ts";
import { defaultOwner, installCall, type OwnedAccount, validatorData } from "./accounts/owned.ts";
import type { Chain } from "./chain.ts";
import { userOpHash } from "./userOperation.ts";

const accountAbi = parseAbi([
  "function createAccount(bytes[] owners, uint64 threshold, address guardian, bytes32 salt) returns (address account)",
  "function getAddress(bytes[] owners, uint64 threshold, address guardian, bytes32 salt) view returns (address)",
]);

const SALT: Hex = `0x${"00".repeat(32)}`;

/** An EOA that delegates to `DelegatedAccount`. */
export async function openDelegatedAccount(
  chain: Chain,
  entryPoint: Address,
  module: Address,
  owner = defaultOwner,
): Promise<OwnedAccount> {
  const implementation = await chain.deploy("DelegatedAccount", [entryPoint, module]);
  const data = installCall(openzeppelin, "validator", module, validatorData(zeroAddress));
  await chain.fund(owner.address, 10n ** 18n);
  await chain.send({ from: owner, to: owner.address, data, delegateTo: implementation });
  return {
    address: owner.address,
    adapter: openzeppelin,
    sender: owner,
    ownerNonceKey: 0n,
    installExecutor: () =>
      chain.send({ from: owner, to: owner.address, data: installCall(openzeppelin, "executor", module, "0x02") }),
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
    adapter: openzeppelin,
    sender: address,
    ownerNonceKey: 0n,
    installExecutor: () =>
      chain.send({ from: address, to: address, data: installCall(openzeppelin, "executor", module, "0x02") }),
    grantSigner: toOwnersGrantSigner([toSetOwner(owner)]),
    async signAsOwner(op) {
      const hash = await userOpHash(chain, entryPoint, op);
      const signatures = [[owner.address], [await owner.sign({ hash })]] as const;
      return { ...op, signature: encodeAbiParameters([{ type: "bytes[]" }, { type: "bytes[]" }], signatures) };
    },
  };
}
