import { findAccount, getSafeAdapter, isModuleInstalled, type ReaderClient } from "@valet-keys/sdk/accounts";
import { sessionKeyModuleAbi } from "@valet-keys/sdk/abis";
import { ModuleNotInstalledError } from "@valet-keys/sdk/errors";
import { decodeControl } from "@valet-keys/sdk/policy";
import { type Address, parseAbi, zeroAddress, zeroHash } from "viem";
import { getBlock, getChainId, getCode, readContract } from "viem/actions";
import { type AccountKind } from "../protocol/accounts.ts";
import { request, type SignerAddress } from "./http.ts";
import { type SignerSmartAccount } from "./owner.ts";

const abi = parseAbi([
  "function getOwners() view returns (address[])",
  "function getThreshold() view returns (uint256)",
  "function isModuleInstalled(uint256 moduleTypeId, address module, bytes additionalContext) view returns (bool)",
]);
const VALIDATOR = 1n;
/** How the code of an EOA begins that has delegated (EIP-7702). */
const DELEGATION = "0xef0100";

/** Where to read: `finalized`, but on a chain of one's own where nothing ever becomes final. */
export type ReadAt = "finalized" | "latest";

/** What an account is, as the chain has it at a block. */
export type AccountReading = {
  readonly finalized: { readonly number: string; readonly hash: string; readonly timestamp: number };
  readonly kind: Exclude<AccountKind, "owned">;
  readonly entry_point_version: string;
  readonly module: Address;
  /** In the session key module; zero: none. */
  readonly guardian: Address;
  /** Those of `validators` that the account has. */
  readonly validators?: readonly Address[];
  /** Of a Safe. */
  readonly owners?: readonly Address[];
  readonly threshold?: number;
};

/**
 * Reads what the signer wants to know of an account that stands, at one block. Kind, EntryPoint and the module are asked for
 * at the chain's head: none changes without the account's owner.
 *
 * @param validators which ones to look for
 * @throws AccountNotDeployedError, UnknownAccountError, UnknownEntryPointError, ModuleNotInstalledError
 */
export async function readAccount(
  client: ReaderClient,
  { account, module, validators = [], at = "finalized" }: { account: Address; module: Address; validators?: readonly Address[]; at?: ReadAt },
): Promise<AccountReading> {
  const [{ adapter, entryPoint }, code, block, hasModule] = await Promise.all([
    findAccount(client, { account }),
    getCode(client, { address: account }),
    getBlock(client, { blockTag: at }),
    isModuleInstalled(client, { account, module, type: "validator" }),
  ]);
  // Whatever another contract calls a guardian is none.
  if (!hasModule) throw new ModuleNotInstalledError(account, module);
  const { number: blockNumber, hash, timestamp } = block;
  const key = { abi: sessionKeyModuleAbi, address: module, functionName: "keyState", args: [account, zeroHash, []], blockNumber } as const;
  const { guardian = zeroAddress } = decodeControl((await readContract(client, key)).control);
  const common = { finalized: { number: String(blockNumber), hash, timestamp: Number(timestamp) }, entry_point_version: entryPoint?.version ?? "0.7", module, guardian };
  if (adapter.kind === "safe7579") {
    const [owners, threshold] = await Promise.all([
      readContract(client, { abi, address: account, functionName: "getOwners", blockNumber }),
      readContract(client, { abi, address: account, functionName: "getThreshold", blockNumber }),
    ]);
    return { ...common, kind: adapter.kind, owners, threshold: Number(threshold) };
  }
  const isInstalled = (validator: Address): Promise<boolean> =>
    readContract(client, { abi, address: account, functionName: "isModuleInstalled", args: [VALIDATOR, validator, "0x"], blockNumber });
  const installed = await Promise.all(validators.map(isInstalled));
  // What EOAs delegate to besides reads nonces as its own kind does.
  const kind = adapter.kind === "openzeppelin" && code?.startsWith(DELEGATION) ? "eip7702" : adapter.kind;
  return { ...common, kind, validators: validators.filter((_, index) => installed[index]) };
}

/**
 * Registers an account that stands and that the wallet's key owns, as the chain has it, and has the owner vouch for that:
 * kind, EntryPoint, guardian, and who can take the account over from the signer.
 *
 * @param client of a node that the owner trusts: the signer takes the owner's word
 * @throws SignerError `account_without_guardian`, `account_without_recovery`, `eoa_owner_refused`, …
 */
export async function registerAccount(
  client: ReaderClient,
  parameters: {
    operator: SignerAddress;
    owner: SignerAddress;
    walletId: string;
    account: Address;
    module: Address;
    /** The validator that knows the wallet's key. Not of a Safe. */
    ownerValidator?: Address;
    /** Another validator, by which an owner outside the TEE acts. Not of a Safe. */
    recoveryValidator?: Address;
    at?: ReadAt;
  },
): Promise<SignerSmartAccount> {
  const { operator, walletId, account, module, ownerValidator, recoveryValidator, at } = parameters;
  const validators = [ownerValidator, recoveryValidator].filter((it) => it !== undefined);
  const reading = await readAccount(client, { account, module, validators, ...(at && { at }) });
  const { kind, entry_point_version, guardian, owners, threshold } = reading;
  const bySafe = async (): Promise<object> => ({ adapter: await getSafeAdapter(client, account), guardian, owners, threshold });
  const byValidator = { guardian, owner_validator: ownerValidator, recovery_validator: recoveryValidator };
  const claims = kind === "safe7579" ? await bySafe() : kind === "eip7702" ? {} : byValidator;
  const body = { kind, chain: client.chain?.id ?? (await getChainId(client)), entry_point_version, address: account, module, ...claims };
  const registered = (await request(operator, "POST", `/v1/s2s/wallets/${walletId}/smart-accounts`, body)) as SignerSmartAccount;
  return attest(parameters.owner, registered, reading);
}

/**
 * Has the owner vouch for a registered account anew, after its guardian or its owners have been looked at again.
 *
 * @param client of a node that the owner trusts
 * @throws SignerError `ownership_not_proven`
 */
export async function attestAccount(client: ReaderClient, owner: SignerAddress, registered: SignerSmartAccount, at?: ReadAt): Promise<SignerSmartAccount> {
  const { address: account, module } = registered;
  const recovery = "ownership" in registered && "recovery_validator" in registered.ownership ? registered.ownership.recovery_validator : undefined;
  const own = "owner_validator" in registered ? registered.owner_validator : undefined;
  const validators = [own, recovery].filter((it) => it !== undefined);
  return attest(owner, registered, await readAccount(client, { account, module, validators, ...(at && { at }) }));
}

async function attest(owner: SignerAddress, { wallet_id: wallet, id }: SignerSmartAccount, reading: AccountReading): Promise<SignerSmartAccount> {
  return (await request(owner, "POST", `/v1/owner/wallets/${wallet}/smart-accounts/${id}/ownership`, reading)) as SignerSmartAccount;
}
