import { concat, encodeFunctionData, type Hex, parseAbi, toHex, type TransactionReceipt } from "viem";
import type { Actor } from "./actors.ts";
import { encodeEvidence } from "./evidence.ts";
import { bundler } from "./handleOps.ts";
import { packSignature, type Window } from "./sessionKey.ts";
import type { System } from "./system.ts";
import { encodeSingle, MODE_SINGLE } from "./userOperation.ts";

const directLaneAbi = parseAbi([
  "function redeem(address account, bytes32 mode, bytes executionCalldata, bytes context)",
  "function redemptionDigest(bool cosigned, address account, uint256 epoch, uint256 serial, uint256 nonce, bytes32 mode, bytes executionCalldata, bytes context) view returns (bytes32)",
]);

/** Every measured key is of the account's first epoch, and of its own first grant. */
const GRANT = { epoch: 1n, serial: 1n } as const;

interface Redemption {
  receipt: TransactionReceipt;
  data: Hex;
}

/** The key's own EOA sends the redemption of its call. */
export async function redeem(system: System, it: Actor, window: Window): Promise<Redemption> {
  const data = redeemData(system, it, contextOf(it, window));
  return { receipt: await system.chain.send({ from: it.signer, to: system.module.address, data }), data };
}

/**
 * Somebody else sends it, with the key's signature.
 *
 * @param uses how many calls the key has made
 */
export async function redeemRelayed(system: System, it: Actor, window: Window, uses: bigint): Promise<Redemption> {
  const { account, chain, module } = system;
  const context = contextOf(it, window);
  const hash = await chain.client.readContract({
    address: module.address,
    abi: directLaneAbi,
    functionName: "redemptionDigest",
    args: [false, account.address, GRANT.epoch, GRANT.serial, uses, MODE_SINGLE, encodeSingle(it.call), context],
  });
  const authorization = concat([toHex(uses, { size: 3 }), await it.signer.sign({ hash })]);
  const data = redeemData(system, it, concat([context, authorization]));
  return { receipt: await chain.send({ from: bundler, to: module.address, data }), data };
}

function contextOf({ signer, policy, leaf }: Actor, window: Window): Hex {
  return packSignature(window, encodeEvidence(signer.address, policy, [leaf]), "0x");
}

function redeemData({ account }: System, { call }: Actor, context: Hex): Hex {
  const args = [account.address, MODE_SINGLE, encodeSingle(call), context] as const;
  return encodeFunctionData({ abi: directLaneAbi, functionName: "redeem", args });
}
