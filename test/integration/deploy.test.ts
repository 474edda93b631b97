import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concat, keccak256, size, zeroHash } from "viem";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { localAccounts } from "../../bundler-local/src/accounts.ts";
import { localClient, localWallet, startAnvil } from "../../bundler-local/src/anvil.ts";
import { takePort } from "../../bundler-local/src/ports.ts";
import { CONTRACTS } from "../../deploy/contracts.ts";
import { type DeployOptions, deploy } from "../../deploy/src/deploy.ts";
import { CreationFailedError, DifferentCodeError, OptionError, ProxyError, WrongChainError } from "../../deploy/src/errors.ts";
import { type PlannedContract, planContracts } from "../../deploy/src/plan.ts";
import { PROXY } from "../../deploy/src/proxy.ts";
import { type DeploymentRecord, makeRecord } from "../../deploy/src/record.ts";
import { startCommand } from "./processes.ts";

const { deployer } = localAccounts();
let plan: PlannedContract[];
beforeAll(async () => {
  plan = await planContracts(CONTRACTS);
});

let chain: Awaited<ReturnType<typeof startChain>>;
beforeEach(async () => {
  chain = await startChain();
});
afterEach(() => chain.stop());

async function startChain(chainId = 31337) {
  const port = await takePort("anvil", 0);
  const { stop } = await startAnvil({ port, chainId });
  const rpcUrl = `http://127.0.0.1:${port}`;
  const client = localClient(rpcUrl, chainId);
  const wallet = localWallet(rpcUrl, deployer, chainId);
  return {
    rpcUrl,
    client,
    stop,
    run: (options: Partial<DeployOptions> = {}) => deploy({ plan, client, wallet, chainId, network: "test", ...options }),
    sent: () => client.getTransactionCount({ address: deployer.address, blockTag: "pending" }),
  };
}

describe("deploy", () => {
  it("puts every contract at its planned address, in the order of the plan", async () => {
    const deployed = await chain.run();
    expect(deployed.map(({ name, address }) => [name, address])).toEqual(plan.map(({ name, address }) => [name, address]));
    for (const { address, codeHash, status, block, transactionHash } of deployed) {
      expect(status).toBe("created");
      expect(keccak256((await chain.client.getCode({ address })) ?? "0x")).toBe(codeHash);
      expect((await chain.client.getTransactionReceipt({ hash: transactionHash ?? zeroHash })).blockNumber).toBe(block);
    }
  });

  it("sends nothing the second time, and the record keeps the blocks", async () => {
    const first = makeRecord(31337, "test", await chain.run());
    const sent = await chain.sent();
    const again = await chain.run();
    expect(again.map(({ status }) => status)).toEqual(plan.map(() => "present"));
    expect(await chain.sent()).toBe(sent);
    expect(makeRecord(31337, "test", again, first)).toEqual(first);
  });

  it("creates only what is missing after a run that was cut short", async () => {
    await chain.run({ plan: plan.slice(0, 3) });
    const deployed = await chain.run();
    expect(deployed.map(({ status }) => status)).toEqual(plan.map((_, i) => (i < 3 ? "present" : "created")));
  });

  it("gives the same addresses on a chain with another id", async () => {
    const other = await startChain(999_001);
    try {
      const [here, there] = await Promise.all([chain.run(), other.run()]);
      expect(there.map(({ address }) => address)).toEqual(here.map(({ address }) => address));
    } finally {
      await other.stop();
    }
  });

  it("needs nobody to pay when everything is there", async () => {
    await chain.run({ plan: plan.slice(0, 1) });
    await expect(chain.run({ plan: plan.slice(0, 1), wallet: undefined })).resolves.toHaveLength(1);
    await expect(chain.run({ wallet: undefined })).rejects.toBeInstanceOf(OptionError);
  });
});

describe("a dry run", () => {
  it("tells what a run would do, code hashes included, and sends nothing", async () => {
    const dry = await chain.run({ dryRun: true, wallet: undefined });
    expect(dry.map(({ status }) => status)).toEqual(plan.map(() => "missing"));
    expect(await chain.sent()).toBe(0);
    for (const { address } of dry) expect(await chain.client.getCode({ address })).toBeUndefined();
    const real = await chain.run();
    expect(real.map(({ codeHash }) => codeHash)).toEqual(dry.map(({ codeHash }) => codeHash));
  });
});

describe("refused before anything is sent", () => {
  it("another chain than the one asked for", async () => {
    const error = await chain.run({ chainId: 8453, network: "base" }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WrongChainError);
    expect(error).toMatchObject({ code: "WRONG_CHAIN", expected: 8453, actual: 31337 });
    expect(await chain.sent()).toBe(0);
  });

  it.each([0, 5])("other code at the address of contract %d, in a dry run as well", async (i) => {
    const { address } = plan[i] as PlannedContract;
    await chain.client.setCode({ address, bytecode: "0x00" });
    for (const dryRun of [false, true]) {
      const error = await chain.run({ dryRun }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(DifferentCodeError);
      expect(error).toMatchObject({ code: "DIFFERENT_CODE", address });
    }
    expect(await chain.sent()).toBe(0);
  });

  it("code that differs in an immutable alone: another EntryPoint", async () => {
    const [ours, theirs] = ["DelegatedAccountV07", "DelegatedAccountV08"].map((name) => plan.find((contract) => contract.name === name));
    if (!ours || !theirs) throw new Error("the plan has changed");
    const deployed = await chain.run();
    const code = deployed.find(({ name }) => name === theirs.name)?.runtimeCode ?? "0x";
    expect(size(code)).toBe(size(deployed.find(({ name }) => name === ours.name)?.runtimeCode ?? "0x"));
    await chain.client.setCode({ address: ours.address, bytecode: code });
    await expect(chain.run()).rejects.toMatchObject({ code: "DIFFERENT_CODE", address: ours.address });
  });

  it.each([
    ["a constructor that reverts", "0x5f5ffd"], // push0 push0 revert
    ["a constructor that returns no code", "0x00"],
    ["more code than 24,576 bytes", "0x6160015ff3"], // push2 0x6001 push0 return: one byte too many
  ] as const)("%s", async (_, initCode) => {
    const [first] = plan as [PlannedContract];
    const broken = { ...first, name: "Broken", initCode, address: "0x00000000000000000000000000000000000B70ce" } as const;
    const error = await chain.run({ plan: [first, broken] }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CreationFailedError);
    expect(error).toMatchObject({ code: "CREATION_FAILED", shortMessage: expect.stringContaining("Broken") });
    expect(await chain.sent()).toBe(0);
  });
});

describe("the CREATE2 proxy", () => {
  it("is brought to a chain that lacks it, by its own transaction", async () => {
    await chain.client.setCode({ address: PROXY, bytecode: "0x" });
    const deployed = await chain.run({ plan: plan.slice(0, 1) });
    expect(deployed[0]?.status).toBe("created");
  });

  it("is not taken for another contract at its address", async () => {
    await chain.client.setCode({ address: PROXY, bytecode: "0x00" });
    await expect(chain.run()).rejects.toBeInstanceOf(ProxyError);
    expect(await chain.sent()).toBe(0);
  });

  it("decides the address by salt and creation code, which the record has", async () => {
    const { contracts } = makeRecord(31337, "test", await chain.run({ dryRun: true }));
    for (const { address, salt, initCodeHash, compiler, block } of Object.values(contracts)) {
      expect(address.toLowerCase()).toBe(`0x${keccak256(concat(["0xff", PROXY, salt, initCodeHash])).slice(-40)}`);
      expect(compiler).toMatchObject({ version: expect.stringMatching(/^0\.8\.\d+\+commit\./), viaIR: true });
      expect(block).toBeNull();
    }
  });
});

describe("the command", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "valet-keys-deploy-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function command(...args: string[]) {
    const { text, exitCode } = startCommand("deploy/main.ts", [...args, "--rpc-url", chain.rpcUrl, "--out", folder]);
    return { exitCode: await exitCode, ...text };
  }

  it("writes the record, but in a dry run", async () => {
    expect(await command("--network", "local", "--dry-run")).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("would be created") });
    await expect(readFile(join(folder, "31337.json"))).rejects.toMatchObject({ code: "ENOENT" });
    expect(await command("--network", "local")).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("created in block") });
    const record = JSON.parse(await readFile(join(folder, "31337.json"), "utf8")) as DeploymentRecord;
    expect(Object.keys(record.contracts)).toEqual(plan.map(({ name }) => name));
    const planned = plan.find(({ name }) => name === "SessionKeyModule");
    expect(record.contracts.SessionKeyModule).toMatchObject({ address: planned?.address, salt: planned?.salt, block: expect.any(Number) });
  });

  it("names the RPC that does not answer", async () => {
    // Port 1 is reserved and never listened on.
    const { text, exitCode } = startCommand("deploy/main.ts", ["--network", "local", "--rpc-url", "http://127.0.0.1:1", "--out", folder]);
    expect(await exitCode).toBe(1);
    expect(text.stderr).toContain("RPC: The RPC for local at http://127.0.0.1:1 does not answer.");
    expect(text.stderr).not.toMatch(/^ +at /m);
  });

  it.each([
    ["a network it does not know", "narnia", "OPTION: There is no network named narnia"],
    ["the wrong chain", "base", "WRONG_CHAIN: base is chain 8453, but the RPC answers for chain 31337"],
  ])("fails with one clear message: %s", async (_, network, message) => {
    const { exitCode, stderr } = await command("--network", network);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
