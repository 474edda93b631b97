import { generateKeyPairSync, sign as rsaSign } from "node:crypto";
import { concat, encodeAbiParameters, encodeFunctionData, type Hex, hexToBytes, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixedAccount } from "../../bench/chain.ts";
import {
  accountAbi,
  callRefusedBy,
  eoaOwner,
  type Fixture,
  inOrder,
  joinSignatures,
  openFixture,
  operation,
  type Owner,
  payment,
  received,
  refusedBy,
  signInTurn,
  signTogether,
  stranger,
} from "./fixture.ts";

const [alice, bob] = [81, 82].map((index) => eoaOwner(fixedAccount(index))) as [Owner, Owner];

/** An RSA key as an ERC-7913 owner: `verifier · abi.encode(exponent, modulus)`. */
function rsaOwner(verifier: Hex): Owner {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { e = "", n = "" } = publicKey.export({ format: "jwk" });
  const [exponent, modulus] = [e, n].map((word) => toHex(Buffer.from(word, "base64url"))) as [Hex, Hex];
  return {
    signer: concat([verifier, encodeAbiParameters([{ type: "bytes" }, { type: "bytes" }], [exponent, modulus])]),
    sign: async (hash) => toHex(rsaSign("sha256", hexToBytes(hash), privateKey)),
  };
}

describe("an account of an EOA, another and an RSA key, two of whom have to sign", () => {
  let fixture: Fixture;
  let account: Hex;
  let carol: Owner;
  const failed = "AA24 signature error";
  const signedBy = (sign: (hash: Hex) => Promise<Hex>) => operation(fixture.chain, account, payment(1n), sign);

  beforeAll(async () => {
    fixture = await openFixture();
    carol = rsaOwner(await fixture.chain.deploy("RsaVerifier"));
    account = await fixture.createOwned([alice, bob, carol], 2n);
  });
  afterAll(() => fixture.chain.close());

  it("obeys any two of them", async () => {
    for (const two of [[alice, bob], [alice, carol], [bob, carol]]) {
      expect(await received(fixture.chain, await signedBy((hash) => signTogether(two, hash)))).toBe(1n);
    }
  });

  it("obeys all of them", async () => {
    expect(await received(fixture.chain, await signedBy((hash) => signTogether([alice, bob, carol], hash)))).toBe(1n);
  });

  it("does not obey one of them, however often it signs", async () => {
    expect(await refusedBy(fixture.chain, await signedBy((hash) => signTogether([alice], hash)))).toBe(failed);
    expect(await refusedBy(fixture.chain, await signedBy((hash) => signTogether([carol, carol], hash)))).toBe(failed);
  });

  it("does not obey one of them and a stranger", async () => {
    const two = [alice, eoaOwner(stranger)];
    expect(await refusedBy(fixture.chain, await signedBy((hash) => signTogether(two, hash)))).toBe(failed);
  });

  it("does not take one's signature for another's", async () => {
    const crossed = async (hash: Hex) =>
      signTogether([{ ...alice, sign: bob.sign }, { ...bob, sign: alice.sign }], hash);
    expect(await refusedBy(fixture.chain, await signedBy(crossed))).toBe(failed);
  });

  it("takes signatures in one order only", async () => {
    const ordered = inOrder([alice, bob]);
    const reversed = ordered.toReversed();
    expect(await refusedBy(fixture.chain, await signedBy((hash) => signInTurn(ordered, hash)))).toBeUndefined();
    expect(await refusedBy(fixture.chain, await signedBy((hash) => signInTurn(reversed, hash)))).toBe(failed);
  });

  it("takes one signature for each signer", async () => {
    const [first, second] = inOrder([alice, bob]) as [Owner, Owner];
    const short = async (hash: Hex) => joinSignatures([first, second], [await first.sign(hash)]);
    const long = async (hash: Hex) => joinSignatures([first], [await first.sign(hash), await second.sign(hash)]);
    expect(await refusedBy(fixture.chain, await signedBy(short))).toBe(failed);
    expect(await refusedBy(fixture.chain, await signedBy(long))).toBe(failed);
  });

  it("changes its owners by an operation of theirs, and never below the threshold", async () => {
    const { chain } = fixture;
    const asAccount = (data: Hex) => callRefusedBy(chain, account, account, data);
    const remove = (owners: Owner[]) =>
      encodeFunctionData({ abi: accountAbi, functionName: "removeSigners", args: [owners.map(({ signer }) => signer)] });
    const threshold = (value: bigint) =>
      encodeFunctionData({ abi: accountAbi, functionName: "setThreshold", args: [value] });

    const add = encodeFunctionData({ abi: accountAbi, functionName: "addSigners", args: [[stranger.address]] });
    for (const data of [remove([bob]), add, threshold(1n)]) {
      expect(await callRefusedBy(chain, stranger.address, account, data)).toBe("AccountUnauthorized");
    }
    expect(await asAccount(add)).toBeUndefined();
    expect(await asAccount(remove([bob, carol]))).toBe("MultiSignerERC7913UnreachableThreshold");
    expect(await asAccount(threshold(4n))).toBe("MultiSignerERC7913UnreachableThreshold");
    expect(await asAccount(threshold(0n))).toBe("MultiSignerERC7913ZeroThreshold");
    expect(await asAccount(threshold(3n))).toBeUndefined();

    const call = { target: account, data: remove([bob]) };
    const op = await operation(chain, account, call, (hash) => signTogether([alice, carol], hash));
    await received(chain, op);
    expect(await refusedBy(chain, await signedBy((hash) => signTogether([alice, bob], hash)))).toBe(failed);
    expect(await received(chain, await signedBy((hash) => signTogether([alice, carol], hash)))).toBe(1n);
  });
});
