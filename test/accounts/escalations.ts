import { type Address, concat, encodeAbiParameters, encodeFunctionData, type Hex, keccak256, pad, parseAbi, size, toFunctionSelector, toHex, zeroAddress } from "viem";
import { moduleConfigAbi } from "../../bench/accounts/owned.ts";
import { ENTRY_POINTS, fixedAccount } from "../../bench/chain.ts";
import { encodeExecute, encodeSingle, MODE_SINGLE, userOpHash } from "../../bench/userOperation.ts";
import { encodeInitializeKernel } from "../../ts-sdk/src/accounts/kinds/kernel.ts";
import { encodeGrantSessionKey } from "../../ts-sdk/src/actions/encodeCalls.ts";
import type { Policy } from "../../ts-sdk/src/policy/definePolicy.ts";
import type { AccountKind } from "../../bench/system.ts";
import type { AccountKind as AdapterKind } from "../../ts-sdk/src/accounts/lanes/kinds.ts";
import { passedOn, refused, same } from "./expect.ts";
import { CAP, LEAF, PING, type World } from "./world.ts";

const OF_NEXUS = [
  "upgradeToAndCall(address,bytes)",
  "setRegistry(address,address[],uint8)",
  "emergencyUninstallHook(address,bytes)",
  "initializeAccount(bytes)",
];
const OF_KERNEL = [
  "initialize(bytes21,address,bytes,bytes,bytes[])",
  "changeRootValidator(bytes21,address,bytes,bytes)",
  "upgradeTo(address)",
  "installValidations(bytes21[],(uint32,address)[],bytes[],bytes[])",
  "uninstallValidation(bytes21,bytes,bytes)",
  "invalidateNonce(uint32)",
];

/** Functions by which each account's owner rules it, beside those of ERC-7579. */
const OWN_FUNCTIONS: Readonly<Record<AccountKind, readonly string[]>> = {
  "7702": [],
  factory: ["addSigners(bytes[])", "removeSigners(bytes[])", "setThreshold(uint64)"],
  openzeppelin: [],
  "openzeppelin-hooked": [],
  "openzeppelin-nesting": [],
  kernel: OF_KERNEL,
  "kernel-7702": OF_KERNEL,
  nexus: OF_NEXUS,
  "nexus-nesting": OF_NEXUS,
  msa: ["initializeAccount(bytes)", "setRegistry(address,address[],uint8)"],
  safe7579: [
    "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)",
    "execTransactionFromModule(address,uint256,bytes,uint8)",
    "enableModule(address)",
    "addOwnerWithThreshold(address,uint256)",
    "swapOwner(address,address,address)",
    "setFallbackHandler(address)",
    "setGuard(address)",
    "setRegistry(address,address[],uint8)",
  ],
};

/** Functions of ERC-7579 and ERC-4337 that every account has. */
const COMMON_FUNCTIONS = [
  "installModule(uint256,address,bytes)",
  "uninstallModule(uint256,address,bytes)",
  "executeFromExecutor(bytes32,bytes)",
  "executeUserOp((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes),bytes32)",
];

const NO_HOOK: Address = "0x0000000000000000000000000000000000000001";
const BYTES = { type: "bytes" } as const;

/** A nonce key by the account's own encoding that would enable a module on the way, and the signature to go with it. */
interface Enabling {
  what: string;
  nonceKey: bigint;
  wrap(signature: Hex): Hex;
  /** By which error the account itself refuses. */
  error: string;
}

/** @param plain a signature by the session key, in the place of the owner's */
const ENABLING: Partial<Record<AdapterKind, (module: Address, plain: Hex) => readonly Enabling[]>> = {
  kernel: (module, plain) => [
    {
      what: "enable mode with the key's signature for the root validator's",
      nonceKey: BigInt(concat(["0x0101", module, "0x0000"])),
      wrap: (signature) =>
        concat([NO_HOOK, encodeAbiParameters([BYTES, BYTES, BYTES, BYTES, BYTES], ["0x01", "0x", toFunctionSelector("execute(bytes32,bytes)"), plain, signature])]),
      error: "EnableNotApproved()",
    },
    { what: "the module as a permission", nonceKey: BigInt(concat(["0x0002", module, "0x0000"])), wrap: (signature) => signature, error: "" },
  ],
  nexus: (module, plain) => [
    {
      what: "enable mode with the module answering for the owner",
      nonceKey: BigInt(concat(["0x00000001", module])),
      wrap(signature) {
        const approval = concat([module, plain]);
        const sizes = [toHex(1, { size: 4 }), toHex(size(approval), { size: 4 })] as const;
        return concat([NO_HOOK, toHex(1, { size: 32 }), sizes[0], "0x01", sizes[1], approval, signature]);
      },
      error: "EnableModeSigError()",
    },
  ],
};

/** Nonce keys in modes that these releases do not know and take for the default: they must not say more than it. */
const UNKNOWN_MODES: Partial<Record<AdapterKind, (module: Address) => bigint>> = {
  kernel: (module) => BigInt(concat(["0x0201", module, "0x0000"])),
  nexus: (module) => BigInt(concat(["0x00000002", module])),
};

/** What an ERC-1271 signature begins with so that the account asks the session key module. */
function moduleRoute(kind: AdapterKind, module: Address): Hex {
  return kind === "kernel" ? concat(["0x01", module]) : module;
}

/**
 * Tries every way from the session key's authority to the owner's that an account of this kind offers.
 *
 * @returns how many were refused
 */
export async function escalations(world: World): Promise<number> {
  const { kind, system, key } = world;
  const { account, module, chain, entryPoint } = system;
  let count = 0;
  const tried = async (what: string, verdict: Promise<string | undefined>, ...errors: readonly string[]): Promise<void> => {
    refused(what, await verdict, ...errors);
    count++;
  };
  const asOperation = async (options: Parameters<World["operation"]>[1], call = world.transfer(1n)) =>
    world.verdict(await world.operation([call], options));
  const asRedemption = async (target: Address, data: Hex) =>
    world.callVerdict(key.sender.address, module.address, await world.redemption([{ target, data }], { leaves: [LEAF.pingAnybody] }));
  const out = (...errors: string[]) => passedOn(world, errors);

  // The account's own functions as the operation's call.
  for (const name of [...COMMON_FUNCTIONS, ...OWN_FUNCTIONS[kind]]) {
    const callData = concat([toFunctionSelector(name), pad("0x", { size: 320 })]);
    await tried(name, asOperation({ callData }), ...out("AccountFunctionForbidden"));
  }
  const inner = encodeExecute(MODE_SINGLE, encodeSingle(world.transfer(1n)));
  const wrapped = concat([toFunctionSelector(COMMON_FUNCTIONS[3] ?? ""), inner]);
  await tried("executeUserOp around a call that is allowed", asOperation({ callData: wrapped }), ...out("AccountFunctionForbidden"));
  const delegating = encodeExecute(pad("0xff", { size: 32, dir: "right" }), concat([module.address, "0x"]));
  await tried("delegatecall", asOperation({ callData: delegating }), ...out("ModeForbidden"));
  const statically = encodeExecute(pad("0xfe", { size: 32, dir: "right" }), encodeSingle(world.transfer(1n)));
  await tried("staticcall mode", asOperation({ callData: statically }), ...out("ModeForbidden"));

  // Targets that stand for the account or rule it, under a permission for any target.
  const targets: Record<string, Address> = {
    "the account": account.address,
    "address zero, which some accounts read as themselves": zeroAddress,
    "the module": module.address,
    ...Object.fromEntries(Object.entries(ENTRY_POINTS).map(([version, it]) => [`EntryPoint v${version}`, it])),
  };
  for (const [what, target] of Object.entries(targets)) {
    const operation = asOperation({ leaves: [LEAF.pingAnybody] }, { target, data: PING } as never);
    await tried(what, operation, ...out("TargetForbidden"));
    await tried(`${what}, direct lane`, asRedemption(target, PING), "TargetForbidden");
  }

  // Addresses that obey the account: its owner's validator, and the adapter that takes its caller from the call data.
  const install = encodeFunctionData({ abi: moduleConfigAbi, functionName: "installModule", args: [1n, key.sender.address, "0x"] });
  for (const [what, target] of Object.entries(await rulersOf(world))) {
    for (const data of [concat([install, account.address]), concat([toFunctionSelector("transferOwnership(address)"), pad(key.sender.address)])]) {
      await tried(what, asOperation({ leaves: [LEAF.pingAnybody] }, { target, data } as never), ...out("CallNotPermitted"));
      await tried(`${what}, direct lane`, asRedemption(target, data), "CallNotPermitted");
    }
  }
  if (kind === "safe7579") {
    // Why that matters: the adapter takes its caller from the end of the call data, and obeys when the Safe calls.
    const [adapter] = Object.values(await rulersOf(world));
    const believed = await world.callVerdict(account.address, adapter as Address, concat([inner, entryPoint]));
    same("the adapter about a caller that the Safe appended", believed, undefined);
  }
  // What a grant would have to say for such a call: refused by the module.
  for (const name of ["execute(bytes32,bytes)", ...COMMON_FUNCTIONS, "transferOwnership(address)", "onInstall(bytes)", "onUninstall(bytes)"]) {
    const data = grantOf(world, { kind: "anyTarget", target: zeroAddress, selector: toFunctionSelector(name) });
    await tried(`a grant of ${name} at any target`, grantVerdict(world, data), "PermissionSelectorForbidden");
  }
  for (const [what, target] of Object.entries(targets)) {
    const data = grantOf(world, { kind: "exact", target, selector: PING });
    await tried(`a grant with the target ${what}`, grantVerdict(world, data), "PermissionTargetForbidden");
  }

  // The key in the place of another validator.
  const asOwner = await world.operation([world.transfer(1n)], { nonceKey: account.ownerNonceKey });
  await tried("the owner's nonce key, with the key's operation", world.verdict(asOwner), "AA24 signature error");
  const signature = await key.sign({ hash: await userOpHash(chain, entryPoint, asOwner) });
  // A Safe reads two times of six bytes before it.
  const inForm = kind === "safe7579" ? concat([pad("0x", { size: 12 }), signature]) : signature;
  await tried("the owner's nonce key, with the key's plain signature", world.verdict({ ...asOwner, signature: inForm }), "AA24 signature error");
  for (const { what, nonceKey, wrap, error } of ENABLING[account.adapter.kind]?.(module.address, signature) ?? []) {
    const op = await world.operation([world.transfer(1n)], { nonceKey });
    const errors = error === "" ? [] : [`reverts with ${toFunctionSelector(error)}`];
    await tried(what, world.verdict({ ...op, signature: wrap(op.signature) }), ...errors);
  }
  const unknown = UNKNOWN_MODES[account.adapter.kind]?.(module.address);
  if (unknown !== undefined) await tried("an unknown mode", asOperation({ nonceKey: unknown }, world.transfer(CAP + 1n)), "SpendingLimitExceeded");

  // The key in the place of the account.
  const hash = keccak256("0x01");
  const asked = concat([moduleRoute(account.adapter.kind, module.address), await key.sign({ hash })]);
  same("ERC-1271 through the module", await answersTo(world, hash, asked), false);
  same("ERC-1271 with the key's own signature", await answersTo(world, hash, await key.sign({ hash })), false);
  count += 2;
  const direct = encodeFunctionData({
    abi: parseAbi(["function executeFromExecutor(bytes32 mode, bytes data)", "function execute(bytes32 mode, bytes data)"]),
    functionName: "executeFromExecutor",
    args: [MODE_SINGLE, encodeSingle(world.transfer(1n))],
  });
  await tried("the account as its own executor", world.callVerdict(key.sender.address, account.address, direct));
  // Behind ERC-2771, whoever is appended last is the caller: the account has to append the real one.
  for (const [what, appended] of Object.entries({ account: account.address, EntryPoint: entryPoint, module: module.address })) {
    await tried(`the account, with the ${what} appended as sender`, world.callVerdict(key.sender.address, account.address, concat([inner, appended])));
    await tried(`the account as executor, with the ${what} appended as sender`, world.callVerdict(key.sender.address, account.address, concat([direct, appended])));
  }

  if (account.adapter.kind === "kernel") {
    const again = encodeInitializeKernel({ ownerValidator: module.address, ownerData: "0x01" });
    await tried("another owner for the account, by its initializer", world.callVerdict(key.sender.address, account.address, again), "Error");
  }

  // The key in the place of the owner at the module.
  for (const name of ["pauseAccount(address)", "revokeAll(address)"]) {
    const data = concat([toFunctionSelector(name), pad(account.address)]);
    await tried(name, world.callVerdict(key.sender.address, module.address, data), "CallerNotAllowed");
  }
  return count;
}

async function rulersOf({ kind, system }: World): Promise<Record<string, Address>> {
  const { account, chain } = system;
  if (kind === "safe7579") {
    // keccak256("fallback_manager.handler.address")
    const slot: Hex = "0x6c9a6c4a39284e37ed1cf53d337577d14212a4870fb976a4366c693b939918d5";
    const word = await chain.client.getStorageAt({ address: account.address, slot });
    return { "the adapter of the Safe": `0x${word?.slice(-40) ?? ""}` };
  }
  if (account.adapter.kind === "nexus") return { "the owner's validator": toHex(account.ownerNonceKey & ((1n << 160n) - 1n), { size: 20 }) };
  if (account.adapter.kind === "kernel") {
    const root = await chain.client.readContract({
      address: account.address,
      abi: parseAbi(["function rootValidator() view returns (bytes21)"]),
      functionName: "rootValidator",
    });
    return { "the root validator": `0x${root.slice(4)}` };
  }
  if (account.ownerNonceKey === 0n) return {};
  return { "the owner's validator": toHex(account.ownerNonceKey >> 32n, { size: 20 }) };
}

function grantOf(world: World, permission: { kind: "exact" | "anyTarget"; target: Address; selector: Hex }): Hex {
  const list = [{ mark: "uncapped", maxValue: 0n, conditions: [], ...permission }];
  const policy = { ...world.policy, permissions: { hotCount: 0, list } } as unknown as Policy;
  return encodeGrantSessionKey({ module: world.system.module.address, key: fixedAccount(210).address, policy, epoch: 1n, serial: 1n }).data;
}

function grantVerdict({ system, callVerdict }: World, data: Hex): Promise<string | undefined> {
  return callVerdict(system.account.address, system.module.address, data);
}

async function answersTo({ system }: World, hash: Hex, signature: Hex): Promise<boolean> {
  const abi = parseAbi(["function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)"]);
  try {
    const { address } = system.account;
    return (await system.chain.client.readContract({ address, abi, functionName: "isValidSignature", args: [hash, signature] })) === "0x1626ba7e";
  } catch {
    return false;
  }
}
