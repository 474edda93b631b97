import { type Address, encodeFunctionData, type Hex, keccak256, parseAbi, zeroAddress } from "viem";
import { deployKernel } from "../../bench/accounts/kernel.ts";
import { installCall, moduleConfigAbi, TYPE_IDS, validatorData } from "../../bench/accounts/owned.ts";
import { fixedAccount, GENESIS_TIME } from "../../bench/chain.ts";
import { bundler } from "../../bench/handleOps.ts";
import type { AccountKind } from "../../bench/system.ts";
import { prepareGrantEntry, signGrant } from "../../ts-sdk/src/actions/signedGrants.ts";
import { carryGrant } from "../../ts-sdk/src/operation/signedGrant.ts";
import type { SignedGrant } from "../../ts-sdk/src/operation/signedGrant.ts";
import { encodeHeader } from "../../ts-sdk/src/policy/header.ts";
import { encodeSigner } from "../../ts-sdk/src/policy/signer.ts";
import { escalations } from "./escalations.ts";
import { passedOn, refused, same } from "./expect.ts";
import type { Key } from "./keys.ts";
import { measuredKey } from "./measured.ts";
import { CAP, DEADLINE, keyIdOf, type World } from "./world.ts";

const abi = parseAbi([
  "function pause(address account, bytes32 keyId)",
  "function resume(bytes32 keyId)",
  "function pauseAccount(address account)",
  "function resumeAccount()",
  "function revoke(address account, bytes32 keyId)",
  "function revokeAll(address account)",
  "function grantSigned(address account, bytes signer, bytes header, bytes grant)",
]);

/** One column of the matrix. It throws where the account does not hold what is promised, and may count what it tried. */
export interface Case {
  name: string;
  /** Kinds of account that the case is about. Default: all. */
  kinds?: readonly AccountKind[];
  run(world: World): Promise<number | void>;
}

const installed = (world: World, type: keyof typeof TYPE_IDS): Promise<boolean> =>
  world.system.chain.client.readContract({
    address: world.system.account.address,
    abi: moduleConfigAbi,
    functionName: "isModuleInstalled",
    args: [TYPE_IDS[type], world.system.module.address, "0x"],
  });

const toModule = (world: World, name: "pause" | "revoke" | "pauseAccount" | "revokeAll"): Promise<unknown> => {
  const account = world.system.account.address;
  const keyId = keyIdOf(world.key.address);
  const data =
    name === "pause" || name === "revoke"
      ? encodeFunctionData({ abi, functionName: name, args: [account, keyId] })
      : encodeFunctionData({ abi, functionName: name, args: [account] });
  return world.asAccount(world.system.module.address, data);
};

/** What both lanes say to a transfer that the key may make. */
async function bothLanes(world: World): Promise<[bundler: string | undefined, direct: string | undefined]> {
  const call = world.transfer(1n);
  return [
    await world.verdict(await world.operation([call])),
    await world.callVerdict(world.key.sender.address, world.system.module.address, await world.redemption([call])),
  ];
}

/** Some accounts wrap what a module reverts with; then all that is left to see is that they reverted. */
async function refusedInBoth(world: World, what: string, ...errors: readonly string[]): Promise<void> {
  const [viaBundler, direct] = await bothLanes(world);
  refused(`${what}, bundler lane`, viaBundler, ...passedOn(world, errors));
  refused(`${what}, direct lane`, direct, ...errors);
}

async function uninstall(world: World, type: keyof typeof TYPE_IDS): Promise<void> {
  const { account, module, chain } = world.system;
  const of = { account: account.address, module: module.address, type };
  const data = await account.adapter.uninstallData(chain.client, of, type === "validator" ? "0x01" : "0x02");
  const args = [TYPE_IDS[type], module.address, data] as const;
  await world.asAccount(account.address, encodeFunctionData({ abi: moduleConfigAbi, functionName: "uninstallModule", args }));
}

async function installValidator(world: World, route: Hex): Promise<void> {
  const { account, module } = world.system;
  await world.asAccount(account.address, installCall(account.adapter, "validator", module.address, validatorData(route)));
}

async function signedGrant(world: World, index: number): Promise<{ key: Key; signed: SignedGrant }> {
  const { account, chain, module } = world.system;
  const key = await world.newKey(index);
  const target = { module: module.address, account: account.address, key: key.address, policy: world.policy };
  const entry = await prepareGrantEntry(chain.client, target);
  const [signed] = await signGrant({ owner: account.grantSigner, entries: [entry], deadline: DEADLINE, now: GENESIS_TIME });
  if (!signed) throw new Error("nothing was signed");
  return { key, signed };
}

const submission = (world: World, key: Address, signed: SignedGrant): Hex =>
  encodeFunctionData({
    abi,
    functionName: "grantSigned",
    args: [world.system.account.address, encodeSigner(key), encodeHeader(world.policy.header), signed.grant],
  });

export const CASES: readonly Case[] = [
  {
    name: "install",
    async run(world) {
      const { control } = await world.state();
      same("validator, says the account", await installed(world, "validator"), true);
      same("executor, says the account", await installed(world, "executor"), true);
      same("validator, says the module", control.isValidator, true);
      same("executor, says the module", control.isExecutor, true);
      // The account confirmed that the module is its validator when it installed it as executor too.
      same("epoch", control.epoch, 1n);
    },
  },
  {
    name: "grant",
    async run(world) {
      const { settings } = await world.state();
      same("active", settings.active, true);
      same("serial", settings.serial, 1n);
    },
  },
  {
    name: "transfer",
    async run(world) {
      await world.execute(await world.operation([world.transfer(CAP)]));
      same("received", await world.received(), CAP);
    },
  },
  {
    name: "lanes",
    async run(world) {
      const { account, module } = world.system;
      const lanes = [1n, (1n << BigInt(account.adapter.laneBits)) - 1n];
      for (const lane of lanes) {
        const nonceKey = account.adapter.nonceKey(module.address, lane);
        await world.execute(await world.operation([world.transfer(1n)], { nonceKey }));
      }
      same("received", await world.received(), 2n);
    },
  },
  {
    name: "batch",
    async run(world) {
      await world.execute(await world.operation([world.transfer(1n), world.transfer(2n)]));
      same("received", await world.received(), 3n);
    },
  },
  {
    name: "over cap",
    async run(world) {
      const over = passedOn(world, ["SpendingLimitExceeded"]);
      refused("one call", await world.verdict(await world.operation([world.transfer(CAP + 1n)])), ...over);
      refused("a batch", await world.verdict(await world.operation([world.transfer(CAP), world.transfer(1n)])), ...over);
      await world.execute(await world.operation([world.transfer(CAP)]));
      refused("the next one", await world.verdict(await world.operation([world.transfer(1n)])), ...over);
      same("received", await world.received(), CAP);
    },
  },
  { name: "escalation", run: escalations },
  {
    name: "re-delegation",
    kinds: ["7702", "kernel-7702"],
    async run(world) {
      const { account, chain, entryPoint, module } = world.system;
      if (typeof account.sender === "string") throw new Error("the account is no EOA");
      const owner = account.sender;
      const code = await chain.client.getCode({ address: account.address });
      if (!code) throw new Error("the EOA has not delegated");
      const pinned = { ...world.policy, header: { ...world.policy.header, pinnedCode: keccak256(code) } };
      const key = await world.newKey(207);
      await world.grant(key, pinned);
      const act = () => world.operation([world.transfer(1n)], { signer: key, policy: pinned });
      await world.execute(await act());
      const redeem = await world.redemption([world.transfer(1n)], { signer: key, policy: pinned });
      const delegated = await chain.deploy("DelegatedAccount", [entryPoint, module.address]);
      const ofKernel = await deployKernel(chain, entryPoint);
      const [elsewhere, another] = world.kind === "7702" ? [delegated, ofKernel] : [ofKernel, delegated];
      for (const [what, delegateTo] of [["the same code elsewhere", elsewhere], ["another account's code", another], ["no code", zeroAddress]] as const) {
        await chain.send({ from: owner, to: bundler.address, delegateTo });
        refused(`under ${what}, direct lane`, await world.callVerdict(key.sender.address, module.address, redeem), "AccountCodeChanged");
        // Without code there is no account to ask, and another one takes the nonce key for its own.
        if (delegateTo === zeroAddress) continue;
        refused(`under ${what}`, await world.verdict(await act()), ...(delegateTo === elsewhere ? ["AccountCodeChanged"] : []));
      }
      await chain.send({ from: owner, to: bundler.address, delegateTo: `0x${code.slice(-40)}` });
      await world.execute(await act());
      same("received", await world.received(), 2n);
    },
  },
  { name: "measured key", run: measuredKey },
  {
    name: "direct lane",
    async run(world) {
      const { chain, module } = world.system;
      const redeem = (amounts: readonly bigint[]) => world.redemption(amounts.map((it) => world.transfer(it)));
      await chain.send({ from: world.key.sender, to: module.address, data: await redeem([1n]) });
      await chain.send({ from: world.key.sender, to: module.address, data: await redeem([2n, 3n]) });
      same("received", await world.received(), 6n);
      const over = await world.callVerdict(world.key.sender.address, module.address, await redeem([CAP - 5n]));
      refused("over what both lanes have left", over, "SpendingLimitExceeded");
      await world.execute(await world.operation([world.transfer(CAP - 6n)]));
      refused("nothing left", await world.callVerdict(world.key.sender.address, module.address, await redeem([1n])), "SpendingLimitExceeded");
    },
  },
  {
    name: "off-chain grant",
    async run(world) {
      const { chain, module } = world.system;
      const carried = await signedGrant(world, 201);
      await world.execute(
        await world.operation([world.transfer(1n)], {
          signer: carried.key,
          wrapEvidence: (evidence) => carryGrant(carried.signed, evidence),
        }),
      );
      const submitted = await signedGrant(world, 202);
      const data = submission(world, submitted.key.address, submitted.signed);
      await chain.send({ from: bundler, to: module.address, data });
      await world.execute(await world.operation([world.transfer(2n)], { signer: submitted.key }));
      same("received", await world.received(), 3n);
      const again = await world.callVerdict(bundler.address, module.address, data);
      const state = await world.state(submitted.key);
      same("serial after a second submission", state.settings.serial, 1n);
      if (again !== undefined) refused("a second submission", again, "GrantOutdated");
      const forged = { ...submitted.signed, grant: `${submitted.signed.grant.slice(0, -4)}0000` as Hex };
      const other = submission(world, fixedAccount(203).address, forged);
      refused("for another key", await world.callVerdict(bundler.address, module.address, other));
    },
  },
  {
    name: "pause",
    async run(world) {
      const { module } = world.system;
      await toModule(world, "pause");
      await refusedInBoth(world, "paused key", "KeyPaused");
      const resume = encodeFunctionData({ abi, functionName: "resume", args: [keyIdOf(world.key.address)] });
      await world.asAccount(module.address, resume);
      await toModule(world, "pauseAccount");
      await refusedInBoth(world, "paused account", "AccountPaused");
      await world.asAccount(module.address, encodeFunctionData({ abi, functionName: "resumeAccount" }));
      await world.execute(await world.operation([world.transfer(1n)]));
    },
  },
  {
    name: "revoke",
    async run(world) {
      const { signed, key } = await signedGrant(world, 204);
      await toModule(world, "revoke");
      await refusedInBoth(world, "revoked key", "KeyNotGranted");
      const revokeOther = encodeFunctionData({
        abi,
        functionName: "revoke",
        args: [world.system.account.address, keyIdOf(key.address)],
      });
      await world.asAccount(world.system.module.address, revokeOther);
      const late = await world.callVerdict(bundler.address, world.system.module.address, submission(world, key.address, signed));
      refused("a grant that was signed before", late, "GrantOutdated");
    },
  },
  {
    name: "revokeAll",
    async run(world) {
      const { signed, key } = await signedGrant(world, 205);
      await toModule(world, "revokeAll");
      await refusedInBoth(world, "key of the epoch before", "KeyEpochOutdated");
      const late = await world.callVerdict(bundler.address, world.system.module.address, submission(world, key.address, signed));
      refused("a grant that was signed before", late, "GrantOutdated");
    },
  },
  {
    name: "uninstall, reinstall",
    async run(world) {
      const { account, module, chain } = world.system;
      const { signed, key } = await signedGrant(world, 206);
      const [, route] = (await chain.client.readContract({
        address: module.address,
        abi: parseAbi(["function ownerRoute(address account) view returns (bool isSet, bytes route)"]),
        functionName: "ownerRoute",
        args: [account.address],
      })) as readonly [boolean, Hex];
      await uninstall(world, "validator");
      same("validator, says the account", await installed(world, "validator"), false);
      same("executor, says the account", await installed(world, "executor"), true);
      await refusedInBoth(world, "without the validator");
      await uninstall(world, "executor");
      await refusedInBoth(world, "without either");
      await installValidator(world, route);
      await account.installExecutor();
      await refusedInBoth(world, "the old key in a new installation", "KeyEpochOutdated", "KeyNotGranted");
      const late = await world.callVerdict(bundler.address, module.address, submission(world, key.address, signed));
      refused("a grant that was signed before", late, "GrantOutdated");
      await world.grant();
      await world.execute(await world.operation([world.transfer(1n)]));
      same("received", await world.received(), 1n);
    },
  },
];
