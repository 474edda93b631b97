import type { Account, Address, Chain, LocalAccount, PublicClient, Transport, WalletClient } from "viem";
import type { BundlerClient } from "viem/account-abstraction";

/** What the pages' examples are given: an account that exists, its owner, and somebody to act for it. */
export type Parts = {
  client: PublicClient<Transport, Chain>;
  /** Without an account of its own: operations name theirs. */
  bundler: BundlerClient;
  /** Of the bundler. */
  bundlerTransport: Transport;
  account: Address;
  owner: LocalAccount;
  agent: LocalAccount;
  module: Address;
  usdc: Address;
  shop: Address;
};

/** Of accounts that know their owner by a validator. */
export type ValidatorParts = Parts & { ownerValidator: Address };

/** Of a Safe with its adapter for modules. */
export type SafeParts = Parts & { safe7579: Address; launchpad: Address };

/** Of an EOA that becomes an account. */
export type DelegatingParts = Omit<Parts, "account" | "owner"> & {
  owner: WalletClient<Transport, Chain, Account>;
  /** The code to delegate to. */
  implementation: Address;
};

/** Of one that becomes a Kernel, which knows its owner by a validator. */
export type KernelDelegatingParts = DelegatingParts & { ownerValidator: Address };
