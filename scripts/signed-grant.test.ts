import { createPublicClient, createWalletClient, http, parseUnits } from "viem";
import { createBundlerClient } from "viem/account-abstraction";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Stack, startStack } from "../bundler-local/src/index.ts";
import { signedGrant } from "../docs/signedGrant.ts";
import {
  definePolicy,
  equals,
  prepareGrantEntry,
  readKeyState,
  SignatureBoundToChainError,
  signGrant,
  toEoaGrantSigner,
} from "../ts-sdk/src/index.ts";
import { becomeSmartAccount, setScene, tokenAbi } from "./demo/scene.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.stop());

it("grants and revokes by what the owner signed off chain, as the page shows", async () => {
  const scene = await setScene(stack);
  await becomeSmartAccount(scene);
  const { usdc, module, supplier: shop } = scene;
  const { owner, agent, guardian } = stack.accounts;
  const secondAgent = privateKeyToAccount(generatePrivateKey());
  const client = createPublicClient({ chain: stack.chain, transport: http(stack.rpcUrl), pollingInterval: 100, cacheTime: 0 });
  const bundler = createBundlerClient({ client, transport: http(stack.bundlerUrl), pollingInterval: 100 });
  const anyone = createWalletClient({ account: guardian, chain: stack.chain, transport: http(stack.rpcUrl), pollingInterval: 100 });
  const policy = definePolicy({
    validUntil: Math.floor(Date.now() / 1000) + 24 * 3600,
    nativeLimit: { amount: 10n ** 16n, period: "year" },
    tokenLimits: [{ token: usdc, amount: parseUnits("100", 6), period: "year" }],
    callPolicies: [{ target: usdc, abi: tokenAbi, functionName: "transfer", args: { to: equals(shop) } }],
  });
  const balance = (): Promise<bigint> => client.readContract({ address: usdc, abi: tokenAbi, functionName: "balanceOf", args: [shop] });
  const before = await balance();

  await signedGrant({ owner, ownerWallet: scene.owner, anyone, agent, secondAgent, client, bundler, module, policy, usdc, shop });

  expect(await balance()).toBe(before + parseUnits("5", 6));
  const settingsOf = async (key: { address: typeof shop }) =>
    (await readKeyState(client, { module, account: owner.address, key: key.address })).settings;
  expect(await settingsOf(agent)).toMatchObject({ active: true, serial: 1n });
  expect(await settingsOf(secondAgent)).toMatchObject({ active: false, serial: 2n });

  // An account that binds what its owner signs to its chain takes one entry, and no more.
  const bound = { ...toEoaGrantSigner(owner), bindsToChain: true };
  const entry = await prepareGrantEntry(client, { module, account: owner.address, key: secondAgent.address, policy });
  const deadline = BigInt(Math.floor(Date.now() / 1000) + 3600);
  await expect(signGrant({ owner: bound, entries: [entry, { ...entry, chainId: 1 }], deadline })).rejects.toThrow(SignatureBoundToChainError);
  await expect(signGrant({ owner: bound, entries: [entry], deadline })).resolves.toHaveLength(1);
});
