import { type Address, concat, encodeAbiParameters, encodeFunctionData, type Hex, parseAbi, toFunctionSelector } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { moduleConfigAbi, TYPE_IDS } from "../../bench/accounts/owned.ts";
import { encodeExecute, encodeSingle, MODE_SINGLE } from "../../bench/userOperation.ts";
import { encodeInstallModule, kernel, ModuleHookedError, toSessionKeyAccount } from "../../ts-sdk/src/index.ts";
import { openWorld, type World } from "./world.ts";

const hookAbi = parseAbi(["function checks(address account) view returns (uint256)"]);
const EXECUTE = toFunctionSelector("execute(bytes32,bytes)");
const EXECUTE_USER_OP: Hex = "0x8dd7712f";

/** Kernel keeps a hook for each module: how that goes with this one, in either role. */
describe("Kernel with a hook on the session key module", () => {
  let world: World;
  let hook: Address;
  let restore: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    world = await openWorld("kernel", "0.7");
    hook = await world.system.chain.deploy("CountingHook");
  });
  beforeEach(async () => {
    await restore?.();
    restore = await world.system.chain.snapshot();
  });
  afterAll(() => world?.system.chain.close());

  const uninstall = (type: "validator" | "executor") => {
    const { account, module } = world.system;
    const args = [TYPE_IDS[type], module.address, type === "validator" ? "0x01" : "0x02"] as const;
    return world.asAccount(account.address, encodeFunctionData({ abi: moduleConfigAbi, functionName: "uninstallModule", args }));
  };

  async function installWithHook(): Promise<void> {
    const { account, module } = world.system;
    const bytes = { type: "bytes" } as const;
    const data = concat([hook, encodeAbiParameters([bytes, bytes, bytes], ["0x01", "0x00", EXECUTE])]);
    const args = [TYPE_IDS.validator, module.address, data] as const;
    await uninstall("validator");
    await world.asAccount(account.address, encodeFunctionData({ abi: moduleConfigAbi, functionName: "installModule", args }));
    await world.grant();
  }

  it("as validator: Kernel looks for the function behind `executeUserOp` only, and the module takes none there", async () => {
    await installWithHook();
    const transfer = world.transfer(1n);
    const execute = encodeExecute(MODE_SINGLE, encodeSingle(transfer));
    const plain = await world.operation([transfer]);
    expect(await world.verdict(plain)).toBe(`reverts with ${toFunctionSelector("InvalidValidator()")}`);
    const wrapped = await world.operation([transfer], { callData: concat([EXECUTE_USER_OP, execute]) });
    expect(await world.verdict(wrapped)).toBe("AccountFunctionForbidden");
  });

  it("as validator: the SDK says so before anything is signed", async () => {
    await installWithHook();
    const { account, chain, module } = world.system;
    const open = () => toSessionKeyAccount({ client: chain.client, account: account.address, module: module.address, policy: world.policy, signer: world.key });
    await expect(open()).rejects.toThrow(ModuleHookedError);
    await expect(open()).rejects.toMatchObject({ hook });
  });

  it("as executor: it runs around what the direct lane does", async () => {
    const { account, chain, module } = world.system;
    const checks = () => chain.client.readContract({ address: hook, abi: hookAbi, functionName: "checks", args: [account.address] });
    await uninstall("executor");
    const { to, data } = encodeInstallModule({ account: account.address, adapter: kernel, module: module.address, type: "executor", hook });
    await world.asAccount(to, data);
    await world.grant();
    await chain.send({ from: world.key, to: module.address, data: world.redemption([world.transfer(3n)]) });
    expect(await world.received()).toBe(3n);
    expect(await checks()).toBe(1n);
  });
});
