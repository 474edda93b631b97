import { type Address, type Hex, encodeFunctionData, parseAbi, parseEther, zeroAddress, zeroHash } from "viem";
import { type PrivateKeyAccount, generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { type Chain, deploy, deposit, send, sendAs } from "./chain.ts";
import { ENTRY_POINTS, type EntryPointVersion } from "./entry-points.ts";

const ACCOUNT = parseAbi(["function installModule(uint256 moduleTypeId, address module, bytes initData)"]);
const FACTORY = parseAbi([
  "function createAccount(bytes[] owners, uint64 threshold, address guardian, bytes32 salt) returns (address)",
  "function getAddress(bytes[] owners, uint64 threshold, address guardian, bytes32 salt) view returns (address)",
]);
const VALIDATOR = 1n;
/** Install data: the module type, without a guardian. */
const AS_VALIDATOR: Hex = "0x01";

/** An account with the session key module installed, a prepaid deposit, and some ether. */
export type TestAccount = { address: Address; owner: PrivateKeyAccount };

/** Both reference accounts, by the names that their tests print. */
export const ACCOUNT_KINDS = ["7702", "factory"] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** An EOA that delegates to a fresh DelegatedAccount. */
async function delegatedAccount(chain: Chain, version: EntryPointVersion, module: Address): Promise<TestAccount> {
  const implementation = await deploy(chain, "DelegatedAccount", [ENTRY_POINTS[version], module]);
  const owner = privateKeyToAccount(generatePrivateKey());
  const chainId = await chain.client.getChainId();
  const authorization = await owner.signAuthorization({ contractAddress: implementation, chainId, nonce: 0 });
  await send(chain, { to: owner.address, value: parseEther("10"), authorizationList: [authorization] });
  const install = encodeFunctionData({ abi: ACCOUNT, args: [VALIDATOR, module, AS_VALIDATOR] });
  await sendAs(chain, owner.address, owner.address, install);
  return { address: owner.address, owner };
}

/** What creates an OwnedAccount, for a plain transaction or for an operation's `initCode`. */
export async function ownedAccountPlan(chain: Chain, version: EntryPointVersion, module: Address) {
  const implementation = await deploy(chain, "OwnedAccount", [ENTRY_POINTS[version], module]);
  const factory = await deploy(chain, "OwnedAccountFactory", [implementation]);
  const owner = privateKeyToAccount(generatePrivateKey());
  const args = [[owner.address], 1n, zeroAddress, zeroHash] as const;
  const address = await chain.client.readContract({ address: factory, abi: FACTORY, functionName: "getAddress", args });
  return { address, owner, factory, create: encodeFunctionData({ abi: FACTORY, functionName: "createAccount", args }) };
}

async function ownedAccount(chain: Chain, version: EntryPointVersion, module: Address): Promise<TestAccount> {
  const { address, owner, factory, create } = await ownedAccountPlan(chain, version, module);
  await sendAs(chain, chain.sender, factory, create);
  await chain.client.setBalance({ address, value: parseEther("10") });
  return { address, owner };
}

/** Makes a reference account that is ready to act. */
export async function makeAccount(chain: Chain, kind: AccountKind, version: EntryPointVersion, module: Address): Promise<TestAccount> {
  const account = await (kind === "7702" ? delegatedAccount : ownedAccount)(chain, version, module);
  await deposit(chain, version, account.address);
  return account;
}
