import { type Address, concat, hashMessage, hashTypedData, type Hex, stringToHex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixedAccount } from "../../bench/chain.ts";
import { accountAbi, eoaOwner, type Fixture, NO_SALT, openFixture, signTogether, stranger } from "./fixture.ts";

const owner = fixedAccount(80);
const VALID = "0x1626ba7e";
const INVALID = "0xffffffff";
const message = "let me in";
const hash = hashMessage(message);

describe("what an account says of signatures (ERC-1271)", () => {
  let fixture: Fixture;
  const answer = (account: Address, signature: Hex, of: Hex = hash) =>
    fixture.chain.client.readContract({
      address: account,
      abi: accountAbi,
      functionName: "isValidSignature",
      args: [of, signature],
    });

  beforeAll(async () => {
    fixture = await openFixture();
  });
  afterAll(() => fixture.chain.close());

  describe("a delegated account", () => {
    let account: Address;
    beforeAll(async () => {
      account = await fixture.createDelegated(owner);
    });

    it("knows its own key's, over the plain hash", async () => {
      expect(await answer(account, await owner.sign({ hash }))).toBe(VALID);
    });

    it("knows no other's, no other hash, and no rest of one", async () => {
      expect(await answer(account, await stranger.sign({ hash }))).toBe(INVALID);
      expect(await answer(account, await owner.sign({ hash }), NO_SALT)).toBe(INVALID);
      expect(await answer(account, "0x")).toBe(INVALID);
    });

    it("never lets a session key speak for it", async () => {
      const byKey = concat([fixture.module, await stranger.sign({ hash })]);
      expect(await answer(account, byKey)).toBe(INVALID);
    });
  });

  describe("an owned account", () => {
    let account: Address;
    let sibling: Address;
    /** ERC-7739's form of a personal message: bound to one account by its domain. */
    const personalSign = (of: Address) =>
      hashTypedData({
        domain: { name: "OwnedAccount", version: "1", chainId: fixture.chain.client.chain.id, verifyingContract: of },
        types: { PersonalSign: [{ name: "prefixed", type: "bytes" }] },
        primaryType: "PersonalSign",
        message: { prefixed: stringToHex(`\u0019Ethereum Signed Message:\n${message.length}${message}`) },
      });
    beforeAll(async () => {
      account = await fixture.createOwned([eoaOwner(owner)]);
      sibling = await fixture.createOwned([eoaOwner(owner)], 1n, stranger.address);
    });

    it("knows its owners', bound to itself", async () => {
      expect(await answer(account, await signTogether([eoaOwner(owner)], personalSign(account)))).toBe(VALID);
    });

    it("does not know them for another account of the same owners", async () => {
      const signature = await signTogether([eoaOwner(owner)], personalSign(account));
      expect(await answer(sibling, signature)).toBe(INVALID);
    });

    it("does not know them over the plain hash", async () => {
      expect(await answer(account, await signTogether([eoaOwner(owner)], hash))).toBe(INVALID);
    });

    it("never lets a session key speak for it", async () => {
      const byKey = concat([fixture.module, await stranger.sign({ hash })]);
      expect(await answer(account, byKey)).toBe(INVALID);
    });
  });
});
