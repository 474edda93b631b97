import { type Address, encodeFunctionData, type Hex, parseAbi, parseEther } from "viem";
import { deployModule } from "../deploy/deployModule.ts";
import { openDelegatedAccount, openFactoryAccount } from "./account.ts";
import { openDelegatedKernel, openKernel } from "./accounts/kernel.ts";
import { openMsa } from "./accounts/msa.ts";
import { openNestingNexus, openNexus } from "./accounts/nexus.ts";
import { openNestingOpenZeppelin, openOpenZeppelin, openOpenZeppelinHooked } from "./accounts/openzeppelin.ts";
import type { OwnedAccount } from "./accounts/owned.ts";
import { openSafe7579 } from "./accounts/safe7579.ts";
import { type Chain, ENTRY_POINTS, type EntryPointVersion, fixedAccount, openChain } from "./chain.ts";
import { beneficiary, bundler } from "./handleOps.ts";
import { entryPointAbi } from "./userOperation.ts";

export const moduleAbi = parseAbi([
  "function grant(bytes signer, uint256 settings, bytes header, bytes permissions) returns (bytes32 keyId)",
  "function pause(address account, bytes32 keyId)",
  "function resume(bytes32 keyId)",
  "function pauseAccount(address account)",
  "function revoke(address account, bytes32 keyId)",
  "function revokeAll(address account)",
  "function operationDigest(bytes32 userOpHash, uint256 validAfter, uint256 validUntil, bytes evidence) view returns (bytes32)",
]);

export const erc20Abi = parseAbi([
  "function transfer(address to, uint256 amount) returns (bool)",
  "function transferFrom(address from, address to, uint256 amount) returns (bool)",
  "function approve(address spender, uint256 amount) returns (bool)",
  "function balanceOf(address holder) view returns (uint256)",
  "function mint(address to, uint256 amount)",
]);

/** Opens an account of each kind, with the module installed as validator. */
const OPEN = {
  "7702": openDelegatedAccount,
  factory: openFactoryAccount,
  kernel: openKernel,
  "kernel-7702": openDelegatedKernel,
  nexus: openNexus,
  msa: openMsa,
  safe7579: openSafe7579,
  openzeppelin: openOpenZeppelin,
  "openzeppelin-hooked": openOpenZeppelinHooked,
  "nexus-nesting": openNestingNexus,
  "openzeppelin-nesting": openNestingOpenZeppelin,
};
export type AccountKind = keyof typeof OPEN;

/** The two reference accounts. */
export const REFERENCE_KINDS = ["7702", "factory"] as const satisfies readonly AccountKind[];
export type ReferenceKind = (typeof REFERENCE_KINDS)[number];
/** Accounts that others wrote, by their own bytecode. */
export const FOREIGN_KINDS = ["kernel", "nexus", "msa", "safe7579"] as const satisfies readonly AccountKind[];
export type ForeignKind = (typeof FOREIGN_KINDS)[number];

/** Receives in every measurement; holds some of everything beforehand. */
export const recipient = fixedAccount(4).address;

/** Everything that operations are measured on: a chain with the contracts, and one funded account. */
export interface System {
  chain: Chain;
  entryPoint: Address;
  module: { address: Address; abi: typeof moduleAbi };
  token: Address;
  account: OwnedAccount;
  /** Sends call data from the account to the module, in a transaction of its own. */
  sendToModule(data: Hex): ReturnType<Chain["send"]>;
}

/** Opens a fresh chain with one account of `kind`, the module installed, tokens and a deposit in its name. */
export async function openSystem(kind: AccountKind, version: EntryPointVersion = "0.7"): Promise<System> {
  const chain = await openChain();
  const entryPoint = ENTRY_POINTS[version];
  const module = { address: await deployModule(chain.deploy), abi: moduleAbi };
  const token = await chain.deploy("MockERC20", ["Token", "TKN"]);
  const account = await OPEN[kind](chain, entryPoint, module.address);

  for (const address of [account.address, recipient, beneficiary]) await chain.fund(address, parseEther("100"));
  await chain.fund(bundler.address, parseEther("1000"));
  for (const holder of [account.address, recipient]) {
    const data = encodeFunctionData({ abi: erc20Abi, functionName: "mint", args: [holder, parseEther("1000000")] });
    await chain.send({ from: bundler, to: token, data });
  }
  const deposit = encodeFunctionData({ abi: entryPointAbi, functionName: "depositTo", args: [account.address] });
  await chain.send({ from: bundler, to: entryPoint, data: deposit, value: parseEther("100") });
  return {
    chain,
    entryPoint,
    module,
    token,
    account,
    sendToModule: (data) => chain.send({ from: account.sender, to: module.address, data }),
  };
}
