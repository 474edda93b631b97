import { type Address, type Hex, hashMessage, hashTypedData, isAddressEqual, parseAbi, type PrivateKeyAccount, recoverTypedDataAddress, slice, type TypedDataDefinition } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKernel } from "../../bench/accounts/kernel.ts";
import { createMsa } from "../../bench/accounts/msa.ts";
import { createNestingNexus, createNexus } from "../../bench/accounts/nexus.ts";
import { createOpenZeppelin } from "../../bench/accounts/openzeppelin.ts";
import type { StandingAccount } from "../../bench/accounts/owned.ts";
import { createSafe7579 } from "../../bench/accounts/safe7579.ts";
import { type Chain, ENTRY_POINTS, fixedAccount, openChain } from "../../bench/chain.ts";
import { AccountDomainUnknownError, ClientUnfitError, getSafeAdapter, type OwnerAccount, safeOperationTypedData, toModularAccount, toSafeAccount } from "../../ts-sdk/src/index.ts";

const abi = parseAbi(["function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)"]);
const VALID: Hex = "0x1626ba7e";
const message = "It is me";
const typedData = {
  domain: { name: "Shop", version: "1", chainId: 1 },
  types: { Order: [{ name: "amount", type: "uint256" }] },
  primaryType: "Order",
  message: { amount: 5n },
} as const satisfies TypedDataDefinition;

async function answersFor({ client }: Chain, address: Address, hash: Hex, signature: Hex): Promise<boolean> {
  const call = client.readContract({ address, abi, functionName: "isValidSignature", args: [hash, signature] });
  return (await call.catch(() => undefined)) === VALID;
}

describe.each([
  ["kernel", createKernel],
  ["nexus", createNexus],
  ["nexus-nesting", createNestingNexus],
  ["msa", createMsa],
  ["openzeppelin", createOpenZeppelin],
] as const)("toModularAccount of %s", (_, create) => {
  let chain: Chain;
  let account: StandingAccount & { ownerValidator: Hex };
  const by = (owner = account.owner): Promise<OwnerAccount> =>
    toModularAccount({ client: chain.client, account: account.address, owner, ownerValidator: account.ownerValidator, nests: account.nests ?? false });
  const answers = (hash: Hex, signature: Hex): Promise<boolean> => answersFor(chain, account.address, hash, signature);

  beforeAll(async () => {
    chain = await openChain();
    account = await create(chain, ENTRY_POINTS["0.7"]);
  });
  afterAll(() => chain?.close());

  it("signs messages and typed data that the account answers for", async () => {
    const owner = await by();
    expect(await answers(hashMessage(message), await owner.signMessage({ message }))).toBe(true);
    expect(await answers(hashTypedData(typedData), await owner.signTypedData(typedData))).toBe(true);
  });

  it("signs for nothing else, and for nobody else", async () => {
    const owner = await by();
    const stranger = await by(fixedAccount(77));
    expect(await answers(hashMessage("It is you"), await owner.signMessage({ message }))).toBe(false);
    expect(await answers(hashMessage(message), await stranger.signMessage({ message }))).toBe(false);
    expect(await answers(hashTypedData(typedData), await stranger.signTypedData(typedData))).toBe(false);
  });

  it("takes the nonce under which the account asks its owner", async () => {
    const owner = await by();
    expect((await owner.getNonce()) >> 64n).toBe(account.ownerNonceKey);
  });
});

describe("toSafeAccount", () => {
  let chain: Chain;
  let safe: Awaited<ReturnType<typeof createSafe7579>>;
  beforeAll(async () => {
    chain = await openChain();
    safe = await createSafe7579(chain, ENTRY_POINTS["0.7"]);
  });
  afterAll(() => chain?.close());
  const by = (...owners: PrivateKeyAccount[]): Promise<OwnerAccount> => toSafeAccount({ client: chain.client, account: safe.address, owners });

  it("finds the adapter", async () => {
    expect(isAddressEqual(await getSafeAdapter(chain.client, safe.address), safe.safe7579)).toBe(true);
  });

  it("signs messages and typed data that the Safe answers for, as its owner and as nobody else", async () => {
    const [owner, stranger] = [await by(safe.owner), await by(fixedAccount(77))];
    expect(await answersFor(chain, safe.address, hashMessage(message), await owner.signMessage({ message }))).toBe(true);
    expect(await answersFor(chain, safe.address, hashTypedData(typedData), await owner.signTypedData(typedData))).toBe(true);
    expect(await answersFor(chain, safe.address, hashMessage("It is you"), await owner.signMessage({ message }))).toBe(false);
    expect(await answersFor(chain, safe.address, hashMessage(message), await stranger.signMessage({ message }))).toBe(false);
  });

  it("puts its owners' signatures of the whole operation behind the window, in ascending order of the owners", async () => {
    const owners = [safe.owner, fixedAccount(78), fixedAccount(79)];
    const account = await by(...owners);
    const operation = { sender: safe.address, nonce: 1n, callData: "0x1234", callGasLimit: 2n, verificationGasLimit: 3n, preVerificationGas: 4n, maxFeePerGas: 5n, maxPriorityFeePerGas: 6n, signature: "0x" } as const;
    const signature = await account.signUserOperation(operation);
    const chainId = await chain.client.getChainId();
    const data = safeOperationTypedData(operation, { chainId, adapter: safe.safe7579, entryPoint: ENTRY_POINTS["0.7"] });
    const signers = await Promise.all(owners.map((_, index) => recoverTypedDataAddress({ ...data, signature: slice(signature, 12 + 65 * index, 77 + 65 * index) })));
    expect(slice(signature, 0, 12)).toBe(`0x${"00".repeat(12)}`);
    expect(signers).toEqual(owners.map(({ address }) => address).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)));
    expect(account.entryPoint.version).toBe("0.7");
  });

  it("is no account of another kind", async () => {
    const { address } = await createMsa(chain, ENTRY_POINTS["0.7"]);
    await expect(toSafeAccount({ client: chain.client, account: address, owners: [safe.owner] })).rejects.toThrow(ClientUnfitError);
  });
});

describe("ERC-7739", () => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await openChain();
  });
  afterAll(() => chain?.close());
  const by = ({ address, owner, ownerValidator }: StandingAccount & { ownerValidator: Hex }, nests: boolean): Promise<OwnerAccount> =>
    toModularAccount({ client: chain.client, account: address, owner, ownerValidator, nests });

  it("where the validator asks for it, no other signature counts", async () => {
    const account = await createNestingNexus(chain, ENTRY_POINTS["0.7"]);
    const plain = await by(account, false);
    const signatures = [
      [hashMessage(message), await plain.signMessage({ message })],
      [hashTypedData(typedData), await plain.signTypedData(typedData)],
    ] as const;
    for (const args of signatures) {
      const answer = await chain.client.readContract({ address: account.address, abi, functionName: "isValidSignature", args });
      expect(answer).not.toBe(VALID);
    }
  });

  it("an account that says no domain cannot have signatures nested in it", async () => {
    const owner = await by(await createOpenZeppelin(chain, ENTRY_POINTS["0.7"]), true);
    await expect(owner.signMessage({ message })).rejects.toThrow(AccountDomainUnknownError);
    await expect(owner.signTypedData(typedData)).rejects.toThrow(AccountDomainUnknownError);
  });
});
