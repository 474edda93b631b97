import { type Address, concat, encodeFunctionData, type Hex, parseAbi, type PrivateKeyAccount, type PublicClient, size, toHex, type TransactionReceipt, zeroAddress } from "viem";
import { type AccountAdapter, type ModuleType, toNestedGrantSigner } from "../../ts-sdk/src/accounts/kinds/index.ts";
import type { GrantSigner } from "../../ts-sdk/src/actions/signedGrants.ts";
import { type Chain, fixedAccount } from "../chain.ts";
import { type PackedUserOperation, userOpHash } from "../userOperation.ts";

export const moduleConfigAbi = parseAbi([
  "function installModule(uint256 moduleType, address module, bytes initData)",
  "function uninstallModule(uint256 moduleType, address module, bytes deInitData)",
  "function isModuleInstalled(uint256 moduleType, address module, bytes additionalContext) view returns (bool)",
  "function accountId() view returns (string)",
]);

export const TYPE_IDS = { validator: 1n, executor: 2n } as const satisfies Record<ModuleType, bigint>;

/** Owns the measured accounts; under EIP-7702 it is the account. */
export const defaultOwner = fixedAccount(5);

/** What it takes to put an account on a chain: any that impersonates, and takes code of any size. */
export type AccountChain = Pick<Chain, "deploy" | "deployCode" | "send" | "fund"> & {
  client: Pick<PublicClient, "readContract">;
};

/** An account with the session key module installed as validator. */
export interface OwnedAccount {
  address: Address;
  adapter: AccountAdapter;
  /** What the chain sends a transaction from, to call as the account itself. */
  sender: PrivateKeyAccount | Address;
  /** Nonce key of the owner's operations. */
  ownerNonceKey: bigint;
  /** Has the account install the module as executor, in a transaction of its own. */
  installExecutor(): Promise<TransactionReceipt>;
  /** Signs an operation as the owner. */
  signAsOwner(op: PackedUserOperation): Promise<PackedUserOperation>;
  /** Signs for what the module asks the account about. */
  grantSigner: GrantSigner;
}

/** The module's own install data as validator: no guardian, and the route to the owner. */
export function validatorData(route: Hex): Hex {
  return concat(["0x01", zeroAddress, toHex(size(route), { size: 1 }), route]);
}

/** Call data of `installModule` for the session key module. */
export function installCall(adapter: AccountAdapter, type: ModuleType, module: Address, data: Hex): Hex {
  const args = [TYPE_IDS[type], module, adapter.installData(type, data)] as const;
  return encodeFunctionData({ abi: moduleConfigAbi, functionName: "installModule", args });
}

/** An account as its own factory or proxy makes it, without the session key module. */
export interface StandingAccount {
  address: Address;
  adapter: AccountAdapter;
  owner: PrivateKeyAccount;
  ownerNonceKey: bigint;
  /** The validator that knows the owner, where the account reaches its owner through one. */
  ownerValidator?: Address;
  /** The key of an EOA that is the account. */
  sender?: PrivateKeyAccount;
  /** The way to the owner, where it is not that of others of the kind. */
  route?: Hex;
  /** The owner signs nested by ERC-7739 what the account is asked about. */
  nests?: boolean;
  signAsOwner?: (op: PackedUserOperation) => Promise<PackedUserOperation>;
}

/** Installs the session key module in an account that stands, by calls of the account to itself. */
export async function withModule(chain: Chain, entryPoint: Address, module: Address, account: StandingAccount): Promise<OwnedAccount> {
  const { address, adapter, owner, ownerNonceKey, ownerValidator, sender = address, nests } = account;
  await chain.fund(address, 10n ** 18n);
  const route = account.route ?? adapter.ownerRoute(ownerValidator);
  await chain.send({ from: sender, to: address, data: installCall(adapter, "validator", module, validatorData(route)) });
  const [chainId, accountId] = await Promise.all([
    chain.client.getChainId(),
    chain.client.readContract({ address, abi: moduleConfigAbi, functionName: "accountId" }),
  ]);
  return {
    address,
    adapter,
    ownerNonceKey,
    sender,
    installExecutor: () =>
      chain.send({ from: sender, to: address, data: installCall(adapter, "executor", module, "0x02") }),
    grantSigner: nests
      ? toNestedGrantSigner(owner, { client: chain.client, account: address })
      : adapter.toGrantSigner(owner, { account: address, chainId, accountId }),
    signAsOwner: account.signAsOwner ?? (async (op) => ({ ...op, signature: await owner.sign({ hash: await userOpHash(chain, entryPoint, op) }) })),
  };
}
