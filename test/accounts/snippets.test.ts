import { readFileSync } from "node:fs";
import { createPublicClient, createWalletClient, type Hash, http, parseUnits, type PrivateKeyAccount } from "viem";
import { createBundlerClient } from "viem/account-abstraction";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployKernel } from "../../bench/accounts/kernel.ts";
import { ENTRY_POINTS } from "../../bench/chain.ts";
import { type Stack, startStack } from "../../bundler-local/src/index.ts";
import { eip7702 } from "../../docs/accounts/eip7702.ts";
import { eip7702Kernel } from "../../docs/accounts/eip7702Kernel.ts";
import { kernel } from "../../docs/accounts/kernel.ts";
import { msa } from "../../docs/accounts/msa.ts";
import { nexus } from "../../docs/accounts/nexus.ts";
import { openZeppelin } from "../../docs/accounts/openzeppelin.ts";
import { safe } from "../../docs/accounts/safe7579.ts";
import { withImports } from "../../scripts/generate-readme.ts";
import { accountChain, CREATE, dollarsOf, endow, newKey } from "./stack.ts";

const PAID = parseUnits("5", 6);
const POLLING = 100;
const MOST_LINES = 25;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ anyCodeSize: true });
});
afterAll(() => stack?.stop());

/** What every example is given, and how to tell that it paid. */
function scene() {
  const { chain, rpcUrl, bundlerUrl, addresses } = stack;
  const client = createPublicClient({ chain, transport: http(rpcUrl), pollingInterval: POLLING, cacheTime: 0 });
  const bundlerTransport = http(bundlerUrl);
  const bundler = createBundlerClient({ client, transport: bundlerTransport, pollingInterval: POLLING });
  const shop = newKey().address;
  const on = accountChain(stack);
  return {
    on,
    parts: { client, bundler, bundlerTransport, owner: newKey(), agent: newKey(), module: addresses.sessionKeyModule, usdc: addresses.usdc, shop },
    /** What the shop has once the operation has been executed. */
    async received(hash: Hash): Promise<bigint> {
      await bundler.waitForUserOperationReceipt({ hash });
      return dollarsOf(on, stack, shop);
    },
  };
}

async function made<account extends { address: `0x${string}` }>(
  { on, parts }: ReturnType<typeof scene>,
  create: (chain: typeof on, entryPoint: `0x${string}`, owner: PrivateKeyAccount) => Promise<account>,
): Promise<account & { account: `0x${string}` }> {
  const standing = await create(on, ENTRY_POINTS["0.7"], parts.owner);
  await endow(on, stack, standing.address);
  return { ...standing, account: standing.address };
}

describe.concurrent("from an account to its session key's first operation, as the page shows", () => {
  it("ZeroDev Kernel, its owner by permissionless", async () => {
    const place = scene();
    const { account, ownerValidator } = await made(place, CREATE.kernel);
    expect(await place.received(await kernel({ ...place.parts, account, ownerValidator }))).toBe(PAID);
  });

  it("Biconomy Nexus, its owner by permissionless", async () => {
    const place = scene();
    const { account, ownerValidator } = await made(place, CREATE.nexus);
    expect(await place.received(await nexus({ ...place.parts, account, ownerValidator }))).toBe(PAID);
  });

  it("a Safe with Safe7579, its owner by permissionless", async () => {
    const place = scene();
    const { account, safe7579, launchpad } = await made(place, CREATE.safe7579);
    expect(await place.received(await safe({ ...place.parts, account, safe7579, launchpad }))).toBe(PAID);
  });

  it("the reference MSA", async () => {
    const place = scene();
    const { account, ownerValidator } = await made(place, CREATE.msa);
    expect(await place.received(await msa({ ...place.parts, account, ownerValidator }))).toBe(PAID);
  });

  it("OpenZeppelin's AccountERC7579", async () => {
    const place = scene();
    const { account, ownerValidator } = await made(place, CREATE.openzeppelin);
    expect(await place.received(await openZeppelin({ ...place.parts, account, ownerValidator }))).toBe(PAID);
  });

  it("an EOA under EIP-7702", async () => {
    const { on, parts, received } = scene();
    const owner = createWalletClient({ account: parts.owner, chain: stack.chain, transport: http(stack.rpcUrl), pollingInterval: POLLING });
    await endow(on, stack, parts.owner.address);
    expect(await received(await eip7702({ ...parts, owner, implementation: stack.addresses.delegatedAccount.v07 }))).toBe(PAID);
  });

  it("an EOA under EIP-7702 with Kernel", async () => {
    const { on, parts, received } = scene();
    const owner = createWalletClient({ account: parts.owner, chain: stack.chain, transport: http(stack.rpcUrl), pollingInterval: POLLING });
    await endow(on, stack, parts.owner.address);
    const implementation = await deployKernel(on, ENTRY_POINTS["0.7"]);
    const ownerValidator = await on.deploy("OwnerValidator");
    expect(await received(await eip7702Kernel({ ...parts, owner, implementation, ownerValidator }))).toBe(PAID);
  });
});

it.each(["kernel", "nexus", "safe7579", "msa", "openzeppelin", "eip7702", "eip7702Kernel"])(
  "the example for %s has at most 25 lines, imports included",
  (name) => {
    const lines = withImports(readFileSync(`docs/accounts/${name}.ts`, "utf8")).split("\n");
    expect(lines.filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(MOST_LINES);
  },
);
