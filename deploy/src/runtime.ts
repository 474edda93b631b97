import { type Address, BaseError, type Hex, type PublicClient, type StateMapping, type StateOverride, zeroHash } from "viem";
import { CreationFailedError } from "./errors.ts";
import type { PlannedContract } from "./plan.ts";
import { PROXY } from "./proxy.ts";

/** One slot at the end of the storage, zero as everywhere: a list without any would not be sent, and so override nothing. */
const NO_STORAGE: StateMapping = [{ slot: `0x${"f".repeat(64)}`, value: zeroHash }];

/** EIP-161: what a contract starts with, and what the addresses of the contracts that its constructor creates come from. */
const NEW_NONCE = 1;

/**
 * The code that each contract has, or will have, at its address on this chain, in the order of the plan.
 *
 * CREATE2's address commits to the creation code, not to what that returns: immutables hold constructor arguments, but
 * also the chain id and the contract's own address (EIP-712 domains). So the artifact's `deployedBytecode` is not what
 * ends up on chain, and masking its immutable references would let a contract with a foreign EntryPoint pass. Instead
 * the chain itself runs the creation code in place: an `eth_call` to the final address, where a state override has put
 * the creation code, from the proxy that would create it. What comes back is the runtime code with every immutable as
 * a real deployment sets it. Contracts earlier in the plan are put in place the same way, so a dry run sees them too.
 *
 * The storage is overridden with nothing, or a constructor would find what it wrote the first time. One limit stays:
 * the constructor finds code at its own address. None of ours looks.
 * @throws CreationFailedError when a constructor reverts or the RPC knows no state overrides
 */
export async function predictRuntimes(client: PublicClient, plan: readonly PlannedContract[]): Promise<Hex[]> {
  const runtimes: Hex[] = [];
  const inPlace: { address: Address; code: Hex }[] = [];
  for (const contract of plan) {
    const stateOverride: StateOverride = [...inPlace, { address: contract.address, code: contract.initCode, state: NO_STORAGE, nonce: NEW_NONCE }];
    const runtime = await runInPlace(client, contract, stateOverride);
    runtimes.push(runtime);
    inPlace.push({ address: contract.address, code: runtime });
  }
  return runtimes;
}

async function runInPlace(client: PublicClient, { name, address }: PlannedContract, stateOverride: StateOverride): Promise<Hex> {
  try {
    const { data } = await client.call({ account: PROXY, to: address, stateOverride });
    if (data && data !== "0x") return data;
  } catch (cause) {
    throw new CreationFailedError({ name, reason: cause instanceof BaseError ? cause.shortMessage : String(cause), cause });
  }
  throw new CreationFailedError({ name, reason: "its constructor returns no code, or the RPC ignores state overrides." });
}
