import { type Address, createWalletClient, custom } from "viem";
import { hardhat } from "viem/chains";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKernel, delegateToKernel } from "../../bench/accounts/kernel.ts";
import { createMsa } from "../../bench/accounts/msa.ts";
import { createNexus } from "../../bench/accounts/nexus.ts";
import { createOpenZeppelin, createOpenZeppelinHooked } from "../../bench/accounts/openzeppelin.ts";
import { createSafe7579 } from "../../bench/accounts/safe7579.ts";
import { type Chain, ENTRY_POINTS, openChain } from "../../bench/chain.ts";
import { deployModule } from "../../deploy/deployModule.ts";
import {
  getOwnerRoute,
  installSessionKeyModule,
  isModuleInstalled,
  ModuleNotInstalledError,
  type SenderClient,
  uninstallSessionKeyModule,
} from "../../ts-sdk/src/index.ts";

const TYPES = ["validator", "executor"] as const;

/** The SDK's actions, sent by the account itself. The matrix looks at what they leave behind. */
describe.each([
  ["kernel", createKernel],
  ["kernel-7702", delegateToKernel],
  ["nexus", createNexus],
  ["safe7579", createSafe7579],
  ["msa", createMsa],
  ["openzeppelin", createOpenZeppelin],
  ["openzeppelin-hooked", createOpenZeppelinHooked],
] as const)("%s", (_, create) => {
  let chain: Chain;
  let module: Address;
  let client: SenderClient;
  let account: Awaited<ReturnType<typeof create>>;
  beforeAll(async () => {
    chain = await openChain();
    module = await deployModule(chain.deploy);
    account = await create(chain, ENTRY_POINTS["0.7"]);
    await chain.fund(account.address, 10n ** 18n);
    await chain.client.impersonateAccount({ address: account.address });
    client = createWalletClient({ account: account.address, chain: hardhat, transport: custom(chain.client, { retryCount: 0 }), pollingInterval: 5, cacheTime: 0 });
  });
  afterAll(() => chain?.close());

  const installed = () =>
    Promise.all(TYPES.map((type) => isModuleInstalled(chain.client, { account: account.address, module, type })));

  it("installs the module in both roles, once, with the way to the owner", async () => {
    const { ownerValidator } = account;
    const parameters = { module, types: TYPES, ...(ownerValidator && { ownerValidator }) };
    expect(await installSessionKeyModule(client, parameters)).toHaveLength(2);
    expect(await installed()).toEqual([true, true]);
    expect(await installSessionKeyModule(client, parameters)).toEqual([]);
    expect(await getOwnerRoute(chain.client, { module, account: account.address })).toBe(
      account.adapter.ownerRoute(ownerValidator).toLowerCase(),
    );
  });

  it("removes it from one role at a time, and says when it is gone", async () => {
    await uninstallSessionKeyModule(client, { module });
    expect(await installed()).toEqual([false, true]);
    await expect(uninstallSessionKeyModule(client, { module })).rejects.toThrow(ModuleNotInstalledError);
    await uninstallSessionKeyModule(client, { module, type: "executor" });
    expect(await installed()).toEqual([false, false]);
  });
});
