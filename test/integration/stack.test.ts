import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Address, createPublicClient, createWalletClient, getAddress, http, parseAbi, parseEther } from "viem";
import { createBundlerClient } from "viem/account-abstraction";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PortInUseError, PortRangeError, ServiceEndedError, type Stack, startStack } from "../../bundler-local/src/index.ts";
import type { DeploymentRecord } from "../../deploy/src/record.ts";
import { plainAccount, VERSIONS } from "./plainAccount.ts";
import { busyPort, processesWithPorts, startCommand, until } from "./processes.ts";

const RECIPIENTS = {
  v07: "0x0000000000000000000000000000000000070707",
  v08: "0x0000000000000000000000000000000000080808",
  v09: "0x0000000000000000000000000000000000090909",
} as const;

describe("a running stack", () => {
  let stack: Stack;
  const client = () => createPublicClient({ chain: stack.chain, transport: http(stack.rpcUrl), pollingInterval: 100 });
  const bundler = () => createBundlerClient({ client: client(), transport: http(stack.bundlerUrl), pollingInterval: 100 });

  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack?.stop());

  async function fundedAccount(release: keyof typeof VERSIONS) {
    const account = await plainAccount(stack, release);
    const wallet = createWalletClient({ account: stack.accounts.owner, chain: stack.chain, transport: http(stack.rpcUrl) });
    const hash = await wallet.sendTransaction({ to: account.address, value: parseEther("1") });
    await client().waitForTransactionReceipt({ hash });
    return account;
  }

  it("has every contract that it names", async () => {
    const { entryPoint, delegatedAccount, ownedAccount, ownedAccountFactory, ...single } = stack.addresses;
    const each = [entryPoint, delegatedAccount, ownedAccount, ownedAccountFactory].flatMap((byVersion) => Object.values(byVersion));
    for (const address of [...each, ...Object.values(single)]) {
      const code = await client().getCode({ address });
      expect({ address, code }).toEqual({ address, code: expect.stringMatching(/^0x../) });
    }
  });

  it("funds its accounts", async () => {
    for (const { address } of Object.values(stack.accounts)) expect(await client().getBalance({ address })).toBeGreaterThan(parseEther("9000"));
  });

  it("has USDC with 6 decimals, and WETH with 18", async () => {
    const decimals = (address: Address) => client().readContract({ address, abi: parseAbi(["function decimals() view returns (uint8)"]), functionName: "decimals" });
    expect(await Promise.all([decimals(stack.addresses.usdc), decimals(stack.addresses.weth)])).toEqual([6, 18]);
  });

  it("serves the three EntryPoints from one URL", async () => {
    expect(await bundler().getSupportedEntryPoints()).toEqual(Object.values(stack.addresses.entryPoint));
  });

  it.each(Object.keys(VERSIONS) as (keyof typeof VERSIONS)[])("carries an operation through Alto and EntryPoint %s", async (release) => {
    const account = await fundedAccount(release);
    const hash = await bundler().sendUserOperation({ account, calls: [{ to: RECIPIENTS[release], value: 1n }] });
    const receipt = await bundler().waitForUserOperationReceipt({ hash });
    expect(receipt).toMatchObject({ success: true, sender: account.address });
    expect(getAddress(receipt.entryPoint)).toBe(stack.addresses.entryPoint[release]);
    expect(await client().getBalance({ address: RECIPIENTS[release] })).toBe(1n);
  });

  it("refuses a signature that is not the owner's", async () => {
    const account = await fundedAccount("v07");
    const operation = await bundler().prepareUserOperation({ account, calls: [{ to: RECIPIENTS.v07, value: 1n }] });
    await expect(bundler().sendUserOperation({ ...operation, signature: await account.getStubSignature() })).rejects.toThrow(/signature/i);
  });
});

describe("ports", () => {
  it.each(["rpcPort", "bundlerPort"] as const)("a busy %s is an error that names the port", async (option) => {
    const { port, free } = await busyPort();
    const error = await startStack({ [option]: port }).catch((thrown: unknown) => thrown);
    await free();
    expect(error).toBeInstanceOf(PortInUseError);
    expect(error).toMatchObject({ code: "PORT_IN_USE", port, shortMessage: expect.stringContaining(`${port}`) });
  });

  it.each([-1, 65_536, 1.5, Number.NaN])("%d is no port", async (port) => {
    await expect(startStack({ rpcPort: port })).rejects.toBeInstanceOf(PortRangeError);
  });

  it("one port does not serve both", async () => {
    const { port, free } = await busyPort();
    await free();
    await expect(startStack({ rpcPort: port, bundlerPort: port })).rejects.toMatchObject({ code: "PORT_IN_USE", port });
  });
});

describe("no process is left behind", () => {
  it("by stop, which may be called twice", async () => {
    const { stop, ended, ports } = await startStack();
    expect(processesWithPorts(ports.rpc, ports.bundler)).not.toEqual([]);
    await Promise.all([stop(), stop()]);
    expect(processesWithPorts(ports.rpc, ports.bundler)).toEqual([]);
    expect(await ended).toBeUndefined();
  });

  it("when anvil is ended by somebody else, which `ended` tells", async () => {
    const { stop, ended, ports } = await startStack();
    const anvil = processesWithPorts(ports.rpc).find(({ command }) => /^\S*anvil(\.exe)? /.test(command));
    process.kill(anvil?.pid ?? Number.NaN, "SIGKILL");
    expect(await ended).toBeInstanceOf(ServiceEndedError);
    await stop();
    expect(processesWithPorts(ports.rpc, ports.bundler)).toEqual([]);
  });

  describe("by the command", () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "valet-keys-stack-"));
    });
    afterAll(() => rm(folder, { recursive: true }));

    async function startCli() {
      const command = startCommand("bundler-local/src/main.ts", ["--rpc-port", "0", "--bundler-port", "0", "--out", folder]);
      await until(() => command.text.stdout.includes("Ctrl-C") || command.child.exitCode !== null);
      const ports = [...command.text.stdout.matchAll(/http:\/\/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
      if (ports.length !== 2) throw new Error(`the stack did not start: ${command.text.stderr}`);
      return { ...command, ports };
    }

    it.each(["SIGINT", "SIGTERM"] as const)("on %s, which ends it well; it has written the deployments file", async (signal) => {
      const { child, exitCode, ports, text } = await startCli();
      const record = JSON.parse(await readFile(join(folder, "31337.json"), "utf8")) as DeploymentRecord;
      expect(text.stdout).toContain(record.contracts.SessionKeyModule?.address);
      child.kill(signal);
      expect(await exitCode).toBe(0);
      expect(processesWithPorts(...ports)).toEqual([]);
    });

    it("when it is killed without a chance to clean up", async () => {
      const { child, ports } = await startCli();
      child.kill("SIGKILL");
      await expect(until(() => processesWithPorts(...ports).length === 0)).resolves.toBeUndefined();
    });

    it("says which port is busy, and fails", async () => {
      const { port, free } = await busyPort();
      const { exitCode, text } = startCommand("bundler-local/src/main.ts", ["--rpc-port", `${port}`, "--bundler-port", "0"]);
      expect(await exitCode).toBe(1);
      await free();
      expect(text.stderr).toContain(`PORT_IN_USE: Port ${port}`);
      expect(text.stderr).not.toMatch(/^ +at /m);
    });
  });
});
