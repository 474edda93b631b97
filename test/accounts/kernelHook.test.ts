import { type Address, concat, encodeFunctionData, type Hex, parseAbi, toFunctionSelector } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { moduleConfigAbi, TYPE_IDS } from "../../bench/accounts/owned.ts";
import { encodeBatch, encodeExecute, encodeSingle, MODE_BATCH, MODE_SINGLE } from "../../bench/userOperation.ts";
import { hookedCallGas } from "../../ts-sdk/src/accounts/accountGas.ts";
import { encodeInstallModule, HookedEstimateFailedError, kernel, ModuleHookedError, toSessionKeyAccount, wrapInExecuteUserOp } from "../../ts-sdk/src/index.ts";
import { frameCalls } from "../../ts-sdk/src/operation/frame.ts";
import { CAP, openWorld, tokenAbi, type World } from "./world.ts";

const hookAbi = parseAbi(["function checks(address account) view returns (uint256)"]);
const ROLES = ["validator", "executor"] as const;

/** Kernel keeps a hook for each module: how that goes with this one, in either role. */
describe("Kernel with a hook on the session key module", () => {
  let world: World;
  let hook: Address;
  let forced: World["policy"];
  let restore: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    world = await openWorld("kernel", "0.7");
    forced = { ...world.policy, header: { ...world.policy.header, executeUserOp: true } };
    hook = await world.system.chain.deploy("CountingHook");
    for (const type of ROLES) await uninstall(type);
    for (const type of ROLES) {
      const of = { account: world.system.account.address, module: world.system.module.address };
      const { to, data } = encodeInstallModule({ ...of, adapter: kernel, type, hook });
      await world.asAccount(to, data);
    }
  });
  beforeEach(async () => {
    await restore?.();
    restore = await world.system.chain.snapshot();
  });
  afterAll(() => world?.system.chain.close());

  const uninstall = (type: (typeof ROLES)[number]) => {
    const { account, module } = world.system;
    const args = [TYPE_IDS[type], module.address, type === "validator" ? "0x01" : "0x02"] as const;
    return world.asAccount(account.address, encodeFunctionData({ abi: moduleConfigAbi, functionName: "uninstallModule", args }));
  };
  const checks = () =>
    world.system.chain.client.readContract({ address: hook, abi: hookAbi, functionName: "checks", args: [world.system.account.address] });
  const transfer = (amount: bigint, wrap: (callData: Hex) => Hex, policy = world.policy) => {
    const call = world.transfer(amount);
    return world.operation([call], { callData: wrap(encodeExecute(MODE_SINGLE, encodeSingle(call))), policy });
  };
  const plain = (callData: Hex): Hex => callData;
  const twice = (callData: Hex): Hex => wrapInExecuteUserOp(wrapInExecuteUserOp(callData));

  it("takes operations by `executeUserOp` under a policy that says so, with the hook around them and every limit held", async () => {
    await world.grant(world.key, forced);
    await world.execute(await transfer(CAP, wrapInExecuteUserOp, forced));
    expect(await world.received()).toBe(CAP);
    expect(await checks()).toBe(1n);
    expect(await world.verdict(await transfer(1n, wrapInExecuteUserOp, forced))).toBe("SpendingLimitExceeded");
  });

  it("takes no other function behind it, and nothing in front of `execute` twice", async () => {
    await world.grant(world.key, forced);
    const install = encodeFunctionData({ abi: moduleConfigAbi, functionName: "installModule", args: [1n, hook, "0x"] });
    for (const callData of [concat(["0x8dd7712f", install]), "0x8dd7712f", "0x8dd7712fe9ae5c53"] as const) {
      const operation = await world.operation([world.transfer(1n)], { callData, policy: forced });
      expect(await world.verdict(operation)).toBe("AccountFunctionForbidden");
    }
    expect(await world.verdict(await transfer(1n, twice, forced))).toBe("AccountFunctionForbidden");
  });

  it("is refused by Kernel without `executeUserOp`, and by the module under a policy that does not say so", async () => {
    await world.grant();
    expect(await world.verdict(await transfer(1n, plain))).toBe(`reverts with ${toFunctionSelector("InvalidValidator()")}`);
    expect(await world.verdict(await transfer(1n, wrapInExecuteUserOp))).toBe("AccountFunctionForbidden");
  });

  it("is known to the SDK, which asks for such a policy and wraps calls under it", async () => {
    const { account, chain, module } = world.system;
    const open = (policy: World["policy"]) =>
      toSessionKeyAccount({ client: chain.client, account: account.address, module: module.address, policy, signer: world.key.sender });
    await expect(open(world.policy)).rejects.toThrow(ModuleHookedError);
    await expect(open(world.policy)).rejects.toMatchObject({ hook });
    const session = await open(forced);
    const { target: to, data } = world.transfer(1n);
    const callData = await session.encodeCalls([{ to, data }]);
    expect(callData.slice(0, 10)).toBe("0x8dd7712f");
    expect(await session.decodeCalls?.(callData)).toMatchObject([{ value: 0n }]);
  });

  it("is reckoned with where a bundler cannot estimate the call: enough gas, and not much more", async () => {
    const { account, chain, entryPoint } = world.system;
    await world.grant(world.key, forced);
    const callData = wrapInExecuteUserOp(encodeExecute(MODE_SINGLE, encodeSingle(world.transfer(5n))));
    const callGasLimit = await hookedCallGas(chain.client, { account: account.address, entryPoint }, callData, hook);
    await world.execute(await world.operation([world.transfer(5n)], { callData, policy: forced, callGasLimit }));
    expect(await world.received()).toBe(5n);
    expect(callGasLimit).toBeLessThan(200_000n);
  });

  it("says so where the call does not succeed by itself", async () => {
    const { account, chain, entryPoint, token } = world.system;
    const data = encodeFunctionData({ abi: tokenAbi, functionName: "transfer", args: [token, 1n << 255n] });
    const callData = wrapInExecuteUserOp(encodeExecute(MODE_SINGLE, encodeSingle({ target: token, data })));
    const of = { account: account.address, entryPoint };
    await expect(hookedCallGas(chain.client, of, callData, hook)).rejects.toThrow(HookedEstimateFailedError);
  });

  it("leaves the gas of a measured key's frame to its sender, since a frame opens within its operation only", async () => {
    const { account, chain, entryPoint, module } = world.system;
    const policy = { ...forced, measured: true };
    await world.grant(world.key, policy);
    const { target: to, data = "0x" } = world.transfer(7n);
    const framed = frameCalls(module.address, [{ to, value: 0n, data }]).map((call) => ({ ...call, target: call.to }));
    const callData = wrapInExecuteUserOp(encodeExecute(MODE_BATCH, encodeBatch(framed)));
    const of = { account: account.address, entryPoint };
    await expect(hookedCallGas(chain.client, of, callData, hook)).rejects.toThrow(HookedEstimateFailedError);
    await world.execute(await world.operation([world.transfer(7n)], { callData, policy, callGasLimit: 300_000n }));
    expect(await world.received()).toBe(7n);
  });

  it("runs it around what the direct lane does", async () => {
    const { chain, module } = world.system;
    await world.grant(world.key, forced);
    const data = await world.redemption([world.transfer(3n)], { policy: forced });
    await chain.send({ from: world.key.sender, to: module.address, data });
    expect(await world.received()).toBe(3n);
    expect(await checks()).toBe(1n);
  });
});
