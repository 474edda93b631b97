import { type Address, encodeAbiParameters, encodeFunctionData, type Hex, keccak256, parseEther, slice, toFunctionSelector, toHex, concat, type PrivateKeyAccount } from "viem";
import { encodeHeader } from "../ts-sdk/src/policy/header.ts";
import { encodeSettings } from "../ts-sdk/src/policy/settingsWord.ts";
import { encodeSigner } from "../ts-sdk/src/policy/signer.ts";
import { FIRST_USE, SECOND_USE } from "./actors.ts";
import { fixedAccount } from "./chain.ts";
import { executeSingle, tokenTransfer } from "./jobs.ts";
import { fullSettings, TRANSFER, transferPolicy } from "./policies.ts";
import { addressWord, merkleSet, oneComparison, rawEvidence, rawPermissions, type RawPolicy } from "./rawPolicies.ts";
import { signWithEvidence, type Window } from "./sessionKey.ts";
import { moduleAbi, recipient, type System } from "./system.ts";
import { type Call, type PackedUserOperation, userOperation } from "./userOperation.ts";

const AT_MOST = 4;
const IN_SET = 9;
const MEMBERS = 10_000;
/** `pay(uint256[])`, to an address without code: the calls differ in nothing but their conditions. */
const PAY = toFunctionSelector("pay(uint256[])");

interface RawActor {
  lane: number;
  signer: PrivateKeyAccount;
  policy: RawPolicy;
  call: Call;
}

/** What conditions are measured by: keys to be granted, then used twice. */
export interface ConditionActors {
  static: RawActor;
  /** The call of `array` without its condition. */
  array_base: RawActor;
  array: RawActor;
  merkle: RawActor;
}

export function conditionActors(token: Address): ConditionActors {
  const transfer = tokenTransfer(token);
  const charged = { header: transferPolicy(token).header, mark: "charged", target: token, selector: TRANSFER, setProofs: "0x" } as const;
  const pay: Call = { target: recipient, data: concat([PAY, encodeAbiParameters([{ type: "uint256[]" }], [[1n, 2n, 3n]])]) };
  const paying = {
    header: { meters: [], paymasters: [], pinnedCode: undefined },
    mark: "movesNothing",
    target: recipient,
    selector: PAY,
    setProofs: "0x",
  } as const;
  // Word 1, the amount; the second element of the array.
  const atMost = oneComparison(AT_MOST, "0x0101", toHex(parseEther("2")));
  const element = oneComparison(AT_MOST, concat(["0x020001", "0x04000101", "0x0100"]), "0x0a");

  const others = Array.from({ length: MEMBERS - 1 }, (_, index) => addressWord(slice(keccak256(toHex(index, { size: 32 })), 12) as Address));
  const members = [...others, addressWord(recipient)].sort();
  const { root, setProofs } = merkleSet(members, members.indexOf(addressWord(recipient)));
  const inSet = oneComparison(IN_SET, "0x0100", concat([root, toHex(MEMBERS)]), true);
  const actor = (lane: number, policy: RawPolicy, call: Call) => ({ lane, signer: fixedAccount(100 + lane), policy, call });
  return {
    static: actor(31, { ...charged, body: atMost }, transfer),
    array_base: actor(32, { ...paying, body: "0x" }, pay),
    array: actor(33, { ...paying, body: element }, pay),
    merkle: actor(34, { ...charged, body: inSet, setProofs }, transfer),
  };
}

/** Grants all keys and uses each once, so that what is measured later is a second use. */
export async function prepareConditions(system: System, actors: ConditionActors, use: (op: PackedUserOperation) => Promise<unknown>) {
  for (const it of Object.values(actors)) await system.sendToModule(grantRaw(it));
  system.chain.advanceTo(FIRST_USE.start + 60n);
  for (const it of Object.values(actors)) await use(await conditionOperation(system, it, FIRST_USE));
}

/** A signed operation of the key's one call, in the window of second uses unless told otherwise. */
export async function conditionOperation(
  system: System,
  { lane, signer, policy, call }: RawActor,
  window: Window = SECOND_USE,
): Promise<PackedUserOperation> {
  const { chain, entryPoint, account, module } = system;
  const nonce = account.adapter.nonceKey(module.address, lane);
  const op = await userOperation(chain, entryPoint, account.address, nonce, executeSingle(call));
  return signWithEvidence(chain, system, { signer }, op, window, rawEvidence(signer.address, policy));
}

function grantRaw({ signer, policy }: RawActor): Hex {
  return encodeFunctionData({
    abi: moduleAbi,
    functionName: "grant",
    args: [encodeSigner(signer.address), encodeSettings(fullSettings(1n)), encodeHeader(policy.header), rawPermissions(policy)],
  });
}
