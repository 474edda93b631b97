import { carryGrant, encodeSignedGrant, grantTypedData, type GrantEntry } from "../ts-sdk/src/operation/signedGrant.ts";
import type { Actor } from "./actors.ts";
import { encodeEvidence } from "./evidence.ts";
import { executeSingle } from "./jobs.ts";
import { fullSettings } from "./policies.ts";
import { signWithEvidence, type Window } from "./sessionKey.ts";
import type { System } from "./system.ts";
import { type PackedUserOperation, userOperation } from "./userOperation.ts";

/** The first operation of a key whose grant the owner has only signed: J1's transfer, with the grant before its evidence. */
export async function carryingOperation(system: System, actor: Actor, window: Window): Promise<PackedUserOperation> {
  const { chain, entryPoint, account, module } = system;
  const { epoch, serial, ...settings } = fullSettings(1n);
  const entry: GrantEntry = {
    chainId: await chain.client.getChainId(),
    module: module.address,
    account: account.address,
    key: actor.signer.address,
    policy: { ...settings, ...actor.policy },
    epoch,
    serial,
  };
  const entries = [entry];
  const deadline = window.validUntil;
  const ownerSignature = await account.grantSigner.signTypedData(grantTypedData({ entries, deadline }));
  const signed = { ...entry, deadline, grant: encodeSignedGrant({ entries, index: 0, deadline, ownerSignature }) };
  const evidence = carryGrant(signed, encodeEvidence(actor.signer.address, actor.policy, [actor.leaf]));
  const nonce = account.adapter.nonceKey(module.address, actor.lane);
  const op = await userOperation(chain, entryPoint, account.address, nonce, executeSingle(actor.call));
  return signWithEvidence(chain, system, actor, op, window, evidence);
}
