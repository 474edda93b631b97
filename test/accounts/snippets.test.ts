import { readFileSync } from "node:fs";
import { createPublicClient, createWalletClient, type Hash, http, parseUnits, type PrivateKeyAccount } from "viem";
import { createBundlerClient } from "viem/account-abstraction";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENTRY_POINTS } from "../../bench/chain.ts";
import { type Stack, startStack } from "../../bundler-local/src/index.ts";
import { eip7702 } from "../../docs/accounts/eip7702.ts";
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
    async expectPaid(hash: Hash): Promise<void> {
      const { success } = await bundler.waitForUserOperationReceipt({ hash });
      expect(success).toBe(true);
      expect(await dollarsOf(on, stack, shop)).toBe(PAID);
    },
  };
}

async function made<account extends { address: `0x${string}` }>(
  { on, parts }: ReturnType<typeof scene>,
  create: (chain: typeof on, entryPoint: `0x${string}`, owner: PrivateKeyAccount) => Promise<account>,
): Promise<account & { account: `0x${string}` }> {
  const it = await create(on, ENTRY_POINTS["0.7"], parts.owner);
  await endow(on, stack, it.address);
  return { ...it, account: it.address };
}

describe.concurrent("from an account to its session key's first operation, as the page shows", () => {
  it("ZeroDev Kernel, its owner by permissionless", async () => {
    const it = scene();
    const { account, ownerValidator } = await made(it, CREATE.kernel);
    await it.expectPaid(await kernel({ ...it.parts, account, ownerValidator }));
  });

  it("Biconomy Nexus, its owner by permissionless", async () => {
    const it = scene();
    const { account, ownerValidator } = await made(it, CREATE.nexus);
    await it.expectPaid(await nexus({ ...it.parts, account, ownerValidator }));
  });

  it("a Safe with Safe7579, its owner by permissionless", async () => {
    const it = scene();
    const { account, safe7579, launchpad } = await made(it, CREATE.safe7579);
    await it.expectPaid(await safe({ ...it.parts, account, safe7579, launchpad }));
  });

  it("the reference MSA", async () => {
    const it = scene();
    const { account, ownerValidator } = await made(it, CREATE.msa);
    await it.expectPaid(await msa({ ...it.parts, account, ownerValidator }));
  });

  it("OpenZeppelin's AccountERC7579", async () => {
    const it = scene();
    const { account, ownerValidator } = await made(it, CREATE.openzeppelin);
    await it.expectPaid(await openZeppelin({ ...it.parts, account, ownerValidator }));
  });

  it("an EOA under EIP-7702", async () => {
    const { on, parts, expectPaid } = scene();
    const owner = createWalletClient({ account: parts.owner, chain: stack.chain, transport: http(stack.rpcUrl), pollingInterval: POLLING });
    await endow(on, stack, parts.owner.address);
    await expectPaid(await eip7702({ ...parts, owner, implementation: stack.addresses.delegatedAccount.v07 }));
  });
});

it.each(["kernel", "nexus", "safe7579", "msa", "openzeppelin", "eip7702"])(
  "the example for %s has at most 25 lines, imports included",
  (name) => {
    const lines = withImports(readFileSync(`docs/accounts/${name}.ts`, "utf8")).split("\n");
    expect(lines.filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(MOST_LINES);
  },
);
