import { encodeFunctionData, type Hex, parseAbi } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { defaultOwner } from "../../bench/accounts/owned.ts";
import { fixedAccount, GENESIS_TIME } from "../../bench/chain.ts";
import { bundler } from "../../bench/handleOps.ts";
import {
  encodeHeader,
  encodeSigner,
  type GrantSigner,
  prepareGrantEntry,
  prepareRevocation,
  SignatureBoundToChainError,
  signGrant,
  signRevoke,
  toEoaGrantSigner,
  toNestedGrantSigner,
} from "../../ts-sdk/src/index.ts";
import { DEADLINE, openWorld, type World } from "./world.ts";

const abi = parseAbi([
  "function grantSigned(address account, bytes signer, bytes header, bytes grant)",
  "function revokeSigned(address account, bytes32 keyId, uint256 epoch, uint256 serial, bytes signature)",
]);

/** Whose signatures count, and for what, where account or validator nests them by ERC-7739. The matrix uses such grants. */
describe.each(["nexus-nesting", "openzeppelin-nesting"] as const)("%s", (kind) => {
  let world: World;
  let restore: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    world = await openWorld(kind, "0.7");
  });
  beforeEach(async () => {
    await restore?.();
    restore = await world.system.chain.snapshot();
  });
  afterAll(() => world?.system.chain.close());

  const target = () => ({ module: world.system.module.address, account: world.system.account.address });
  const entry = (index: number) =>
    prepareGrantEntry(world.system.chain.client, { ...target(), key: fixedAccount(index).address, policy: world.policy });
  const nested = (owner = defaultOwner, account = target().account) => toNestedGrantSigner(owner, { client: world.system.chain.client, account });
  const verdict = (data: Hex) => world.callVerdict(bundler.address, target().module, data);
  /** What the module says to grants of the keys with these indices, the first of them submitted. */
  async function submit(owner: GrantSigner, ...indices: readonly [number, ...number[]]): Promise<string | undefined> {
    const entries = await Promise.all(indices.map(entry));
    const [signed] = await signGrant({ owner, entries, deadline: DEADLINE, now: GENESIS_TIME });
    const args = [target().account, encodeSigner(fixedAccount(indices[0]).address), encodeHeader(world.policy.header), signed?.grant ?? "0x"] as const;
    return verdict(encodeFunctionData({ abi, functionName: "grantSigned", args }));
  }

  it("takes a grant that its owner signed for it", async () => {
    expect(await submit(nested(), 220)).toBeUndefined();
  });

  it("takes none that the owner signed without nesting, a stranger signed, or the owner signed for another account", async () => {
    expect(await submit(toEoaGrantSigner(defaultOwner), 220)).toBe("OwnerSignatureInvalid");
    expect(await submit(nested(fixedAccount(77)), 220)).toBe("OwnerSignatureInvalid");
    const sibling = await world.system.chain.deploy("OpenZeppelinNestingAccount", [world.system.entryPoint, defaultOwner.address]);
    expect(await submit(nested(defaultOwner, sibling), 220)).toBe("OwnerSignatureInvalid");
  });

  it("takes one grant for each signature, and says so to the owner before and to anybody after", async () => {
    await expect(submit(nested(), 220, 221)).rejects.toThrow(SignatureBoundToChainError);
    const { signTypedData } = nested();
    // A wallet shows two grants and signs them nested all the same: that holds on this chain.
    expect(await submit({ signTypedData }, 220, 221)).toBeUndefined();
    expect(await submit(toEoaGrantSigner(defaultOwner), 220, 221)).toBe("OwnerSignatureBoundToChain");
  });

  it("takes a revocation that its owner signed for it, and no other", async () => {
    const revocation = await prepareRevocation(world.system.chain.client, { ...target(), key: world.key.address });
    const relay = async (owner: GrantSigner): Promise<string | undefined> => {
      const { account, keyId, epoch, serial, ownerSignature } = await signRevoke({ owner, revocation });
      return verdict(encodeFunctionData({ abi, functionName: "revokeSigned", args: [account, keyId, epoch, serial, ownerSignature] }));
    };
    expect(await relay(toEoaGrantSigner(defaultOwner))).toBe("OwnerSignatureInvalid");
    expect(await relay(nested(fixedAccount(77)))).toBe("OwnerSignatureInvalid");
    expect(await relay(nested())).toBeUndefined();
  });
});
