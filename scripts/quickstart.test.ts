import { createPublicClient, http, parseUnits } from "viem";
import { createBundlerClient } from "viem/account-abstraction";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Stack, startStack } from "../bundler-local/src/index.ts";
import { quickstart } from "../docs/quickstart.ts";
import { becomeSmartAccount, setScene, tokenAbi } from "./demo/scene.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.stop());

it("pays the shop with a session key, as the README shows", async () => {
  const scene = await setScene(stack);
  await becomeSmartAccount(scene);
  const { usdc, module, owner, supplier: shop } = scene;
  const client = createPublicClient({ chain: stack.chain, transport: http(stack.rpcUrl) });
  const bundler = createBundlerClient({ client, transport: http(stack.bundlerUrl) });
  const balance = (): Promise<bigint> => client.readContract({ address: usdc, abi: tokenAbi, functionName: "balanceOf", args: [shop] });
  const before = await balance();

  const hash = await quickstart({ owner, agent: stack.accounts.agent, client, bundler, module, usdc, shop });

  const { success } = await bundler.waitForUserOperationReceipt({ hash, pollingInterval: 100 });
  expect(success).toBe(true);
  expect(await balance()).toBe(before + parseUnits("5", 6));
});
