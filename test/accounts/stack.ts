import { type Abi, type Address, encodeDeployData, encodeFunctionData, getAddress, type Hex, type PrivateKeyAccount, parseAbi, walletActions, zeroAddress, zeroHash } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { createKernel, delegateToKernel } from "../../bench/accounts/kernel.ts";
import { createMsa } from "../../bench/accounts/msa.ts";
import { createNestingNexus, createNexus } from "../../bench/accounts/nexus.ts";
import { createNestingOpenZeppelin, createOpenZeppelin, createOpenZeppelinHooked } from "../../bench/accounts/openzeppelin.ts";
import type { AccountChain, StandingAccount } from "../../bench/accounts/owned.ts";
import { createSafe7579 } from "../../bench/accounts/safe7579.ts";
import { ENTRY_POINTS, type EntryPointVersion } from "../../bench/chain.ts";
import type { AccountKind } from "../../bench/system.ts";
import { localClient } from "../../bundler-local/src/anvil.ts";
import type { Stack } from "../../bundler-local/src/index.ts";
import { readArtifact } from "../../deploy/src/artifacts.ts";
import { tokenAbi } from "./world.ts";

/** Makes accounts of others, by plain transactions. */
export const CREATE = {
  kernel: createKernel,
  "kernel-7702": delegateToKernel,
  nexus: createNexus,
  safe7579: createSafe7579,
  msa: createMsa,
  openzeppelin: createOpenZeppelin,
  "openzeppelin-hooked": createOpenZeppelinHooked,
  "nexus-nesting": createNestingNexus,
  "openzeppelin-nesting": createNestingOpenZeppelin,
} as const;

const mintAbi = parseAbi(["function mint(address to, uint256 amount)"]);
const RICH = 10n ** 20n;

/**
 * The stack's chain as makers of accounts use it. Each has a deployer of its own, so that several may work at once: a block
 * takes a second.
 */
export function accountChain({ rpcUrl }: Stack): AccountChain {
  const client = localClient(rpcUrl).extend(walletActions);
  const deployer = privateKeyToAccount(generatePrivateKey());
  const funded = client.setBalance({ address: deployer.address, value: RICH });

  const chain: AccountChain = {
    client,
    async send({ from, to, data, value, delegateTo }) {
      await funded;
      const sender = typeof from === "string" ? from : from.address;
      // Keys are impersonated too: whose signature it is matters to no account here.
      await client.impersonateAccount({ address: sender });
      const authorizationList =
        delegateTo && typeof from !== "string"
          ? [await client.signAuthorization({ account: from, contractAddress: delegateTo, executor: "self" })]
          : undefined;
      const hash = await client.sendTransaction({
        account: sender,
        to,
        ...(data && { data }),
        ...(value && { value }),
        ...(authorizationList && { authorizationList }),
      });
      const receipt = await client.waitForTransactionReceipt({ hash });
      if (receipt.status !== "success") throw new Error(`transaction ${hash} reverted`);
      return receipt;
    },
    async deploy(contract, args = []) {
      const { abi, bytecode } = await readArtifact(contract);
      return chain.deployCode(encodeDeployData({ abi: abi as Abi, bytecode: bytecode as Hex, args }));
    },
    async deployCode(data) {
      const { contractAddress } = await chain.send({ from: deployer, to: null, data });
      if (!contractAddress) throw new Error("the contract was not deployed");
      return getAddress(contractAddress);
    },
    fund: (address, value) => client.setBalance({ address, value }),
  };
  return chain;
}

const factoryAbi = parseAbi([
  "function createAccount(bytes[] owners, uint64 threshold, address guardian, bytes32 salt) returns (address account)",
  "function getAddress(bytes[] owners, uint64 threshold, address guardian, bytes32 salt) view returns (address)",
]);
const RELEASES = { "0.7": "v07", "0.8": "v08", "0.9": "v09" } as const satisfies Record<EntryPointVersion, string>;

/** Makes an account of any kind for an owner. This project's own come with the stack, and the latter has the module at once. */
export async function createAccount(
  chain: AccountChain,
  { addresses }: Stack,
  kind: AccountKind,
  version: EntryPointVersion,
  owner: PrivateKeyAccount,
): Promise<Pick<StandingAccount, "address" | "ownerValidator" | "route" | "nests">> {
  if (kind === "7702") {
    await chain.fund(owner.address, RICH);
    await chain.send({ from: owner, to: owner.address, delegateTo: addresses.delegatedAccount[RELEASES[version]] });
    return { address: owner.address };
  }
  if (kind === "factory") {
    const factory = addresses.ownedAccountFactory[RELEASES[version]];
    const args = [[owner.address], 1n, zeroAddress, zeroHash] as const;
    await chain.fund(owner.address, RICH);
    await chain.send({ from: owner, to: factory, data: encodeFunctionData({ abi: factoryAbi, functionName: "createAccount", args }) });
    return { address: await chain.client.readContract({ address: factory, abi: factoryAbi, functionName: "getAddress", args }) };
  }
  return CREATE[kind](chain, ENTRY_POINTS[version], owner);
}

/** Gives an account ether, and 1,000 test dollars. */
export async function endow(chain: AccountChain, stack: Stack, address: Address): Promise<void> {
  await chain.fund(address, RICH);
  const data = encodeFunctionData({ abi: mintAbi, functionName: "mint", args: [address, 10n ** 9n] });
  await chain.send({ from: address, to: stack.addresses.usdc, data });
}

/** What an address holds in test dollars' units. */
export function dollarsOf(chain: AccountChain, stack: Stack, address: Address): Promise<bigint> {
  return chain.client.readContract({ address: stack.addresses.usdc, abi: tokenAbi, functionName: "balanceOf", args: [address] });
}

export function newKey(): PrivateKeyAccount {
  return privateKeyToAccount(generatePrivateKey());
}
