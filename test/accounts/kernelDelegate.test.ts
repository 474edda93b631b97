import { type Address, encodeFunctionData, type Hex, parseAbi, parseEther, type PrivateKeyAccount } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { delegateToKernel, deployKernel } from "../../bench/accounts/kernel.ts";
import { type Chain, ENTRY_POINTS, fixedAccount, openChain } from "../../bench/chain.ts";
import { encodeExecute, encodeSingle, MODE_SINGLE } from "../../bench/userOperation.ts";
import { encodeInitializeKernel, findAccount } from "../../ts-sdk/src/index.ts";

const abi = parseAbi(["function ownerOf(address account) view returns (address)"]);
const V07 = ENTRY_POINTS["0.7"];
const eoa = fixedAccount(80);
const thief = fixedAccount(81);

/** Kernel 0.3.1 checks of an initializer only that it is the first: who becomes the owner of an EOA that takes its code. */
describe("an EOA that delegates to Kernel", () => {
  let chain: Chain;
  let implementation: Address;
  let ownerValidator: Address;
  let restore: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    chain = await openChain();
    implementation = await deployKernel(chain, V07);
    ownerValidator = await chain.deploy("OwnerValidator");
    for (const { address } of [eoa, thief]) await chain.fund(address, parseEther("1"));
  });
  beforeEach(async () => {
    await restore?.();
    restore = await chain.snapshot();
  });
  afterAll(() => chain?.close());

  const naming = (owner: PrivateKeyAccount): Hex => encodeInitializeKernel({ ownerValidator, ownerData: owner.address });
  const toEoa = (from: PrivateKeyAccount, data: Hex) => chain.send({ from, to: eoa.address, data });
  const ownerNow = () => chain.client.readContract({ address: ownerValidator, abi, functionName: "ownerOf", args: [eoa.address] });
  const code = () => chain.client.getCode({ address: eoa.address });
  const authorize = (executor?: "self") =>
    chain.client.signAuthorization({ account: eoa, contractAddress: implementation, ...(executor && { executor }) });
  /** What a thief does with an authorization that it has seen before it was mined. */
  async function steal(authorization: Awaited<ReturnType<typeof authorize>>): Promise<void> {
    const data = naming(thief);
    const fees = { gas: 1_000_000n, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n };
    await chain.client.sendTransaction({ account: thief, to: eoa.address, data, authorizationList: [authorization], ...fees });
  }

  it("is its own owner if it is so named in the transaction that delegates, and is known as a Kernel", async () => {
    const { address, ownerValidator: validator } = await delegateToKernel(chain, V07, eoa);
    expect(await chain.client.readContract({ address: validator, abi, functionName: "ownerOf", args: [address] })).toBe(eoa.address);
    const { adapter, accountId, entryPoint } = await findAccount(chain.client, { account: address });
    expect([adapter.kind, accountId, entryPoint?.version]).toEqual(["kernel", "kernel.advanced.v0.3.1", "0.7"]);
    await expect(toEoa(thief, naming(thief))).rejects.toThrow(/already initialized/);
  });

  it("belongs to whoever comes first if it only delegates", async () => {
    await chain.send({ from: eoa, to: thief.address, delegateTo: implementation });
    await toEoa(thief, naming(thief));
    expect(await ownerNow()).toBe(thief.address);
    await expect(toEoa(eoa, naming(eoa))).rejects.toThrow(/already initialized/);
  });

  it("belongs to whoever comes first after a transaction that delegates and reverts", async () => {
    const wrong = encodeInitializeKernel({ ownerValidator: thief.address, ownerData: eoa.address });
    await expect(chain.send({ from: eoa, to: eoa.address, data: wrong, delegateTo: implementation })).rejects.toThrow();
    expect(await code()).toBe(`0xef0100${implementation.slice(2).toLowerCase()}`);
    await toEoa(thief, naming(thief));
    expect(await ownerNow()).toBe(thief.address);
  });

  it("loses nothing to who copies the authorization of a transaction of its own, which counts only behind it", async () => {
    await steal(await authorize("self"));
    expect(await code()).toBeUndefined();
  });

  it("loses itself to who copies an authorization that was made for a relayer", async () => {
    await steal(await authorize());
    expect(await ownerNow()).toBe(thief.address);
  });

  it("rules its account by plain transactions whoever owns it", async () => {
    await chain.send({ from: eoa, to: eoa.address, data: naming(thief), delegateTo: implementation });
    const data = encodeFunctionData({ abi: parseAbi(["function transferOwnership(address owner)"]), args: [eoa.address] });
    await toEoa(eoa, encodeExecute(MODE_SINGLE, encodeSingle({ target: ownerValidator, data })));
    expect(await ownerNow()).toBe(eoa.address);
  });
});
