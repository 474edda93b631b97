import { type Address, encodeFunctionData, type Hex, zeroAddress } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixedAccount } from "../../bench/chain.ts";
import { accountAbi, callRefusedBy, factoryAbi, type Fixture, NO_SALT, openFixture, stranger } from "./fixture.ts";

const [alice, bob] = [fixedAccount(81).address, fixedAccount(82).address];
const other = `0x${"11".repeat(32)}` as const;

type Arguments = readonly [owners: readonly Hex[], threshold: bigint, guardian: Address, salt: Hex];

describe("the account factory", () => {
  let fixture: Fixture;
  const addressOf = (args: Arguments) =>
    fixture.chain.client.readContract({ address: fixture.factory, abi: factoryAbi, functionName: "getAddress", args });
  const creation = (args: Arguments) => encodeFunctionData({ abi: factoryAbi, functionName: "createAccount", args });
  const plain: Arguments = [[alice], 1n, zeroAddress, NO_SALT];

  beforeAll(async () => {
    fixture = await openFixture();
  });
  afterAll(() => fixture.chain.close());

  it("makes an account at the address it foretold, with the module installed", async () => {
    const { chain, factory, module } = fixture;
    const account = await addressOf(plain);
    expect(await chain.client.getCode({ address: account })).toBeUndefined();
    await chain.send({ from: stranger, to: factory, data: creation(plain) });
    const installed = await chain.client.readContract({
      address: account,
      abi: accountAbi,
      functionName: "isModuleInstalled",
      args: [1n, module, "0x"],
    });
    expect(installed).toBe(true);
  });

  it("leaves an account that is there as it is", async () => {
    const { chain, factory } = fixture;
    const receipt = await chain.send({ from: stranger, to: factory, data: creation(plain) });
    expect(receipt.logs).toEqual([]);
  });

  it("commits the address to owners, threshold, guardian and salt", async () => {
    const all: Arguments[] = [
      plain,
      [[bob], 1n, zeroAddress, NO_SALT],
      [[alice, bob], 1n, zeroAddress, NO_SALT],
      [[alice, bob], 2n, zeroAddress, NO_SALT],
      [[alice], 1n, bob, NO_SALT],
      [[alice], 1n, zeroAddress, other],
    ];
    const addresses = await Promise.all(all.map(addressOf));
    expect(new Set(addresses).size).toBe(all.length);
  });

  it("makes no account that its owners could not reach, or that has none", async () => {
    const { chain, factory } = fixture;
    const refused = (args: Arguments) => callRefusedBy(chain, stranger.address, factory, creation(args));
    expect(await refused([[alice], 2n, zeroAddress, NO_SALT])).toBe("MultiSignerERC7913UnreachableThreshold");
    expect(await refused([[alice], 0n, zeroAddress, NO_SALT])).toBe("MultiSignerERC7913ZeroThreshold");
    expect(await refused([[], 1n, zeroAddress, NO_SALT])).toBe("MultiSignerERC7913UnreachableThreshold");
    expect(await refused([[alice, alice], 1n, zeroAddress, NO_SALT])).toBe("MultiSignerERC7913AlreadyExists");
  });

  it("leaves nothing to initialize again, neither in an account nor in what they are clones of", async () => {
    const { chain, factory } = fixture;
    const implementation = await chain.client.readContract({
      address: factory,
      abi: factoryAbi,
      functionName: "implementation",
    });
    const data = encodeFunctionData({ abi: accountAbi, functionName: "initialize", args: [[bob], 1n, bob] });
    for (const target of [await addressOf(plain), implementation]) {
      expect(await callRefusedBy(chain, stranger.address, target, data)).toBe("InvalidInitialization");
    }
  });
});
