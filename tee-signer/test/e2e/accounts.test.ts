import { type Address, encodeFunctionData, parseAbi } from "viem";
import type { UserOperation } from "viem/account-abstraction";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Stack, startStack } from "../../../bundler-local/src/index.ts";
import { newKey } from "../../../test/accounts/stack.ts";
import { grantSessionKey, revokeSessionKey, toSafeAccount } from "../../../ts-sdk/src/index.ts";
import { attestAccount, findSignerError, type SignerSmartAccount, toSignerOwnerAccount } from "../../src/client/index.ts";
import { CHAINS_CAP, GAS, openScene, SIGNERS_CAP } from "../accountScene.ts";
import { startTestSigner, type TestSigner } from "../signer.ts";

const abi = parseAbi([
  "function transferOwnership(address owner)",
  "function installModule(uint256 moduleTypeId, address module, bytes initData)",
  "function addOwnerWithThreshold(address owner, uint256 threshold)",
]);

let stack: Stack;
let signer: TestSigner;
let scene: ReturnType<typeof openScene>;
beforeAll(async () => {
  stack = await startStack({ anyCodeSize: true });
  signer = await startTestSigner();
  scene = openScene(stack, signer);
});
afterAll(async () => {
  await signer?.stop();
  await stack?.stop();
});

/** By which code the signer refused. */
const refusalOf = async (promise: Promise<unknown>): Promise<string | undefined> => {
  const error = await promise.then(() => undefined, (reason: unknown) => reason);
  return error === undefined ? "not refused" : findSignerError(error)?.code;
};

describe.concurrent.each([
  ["kernel", "0.7"],
  ["nexus", "0.7"],
  ["msa", "0.7"],
  ["openzeppelin", "0.9"],
  ["openzeppelin-hooked", "0.8"],
  ["safe7579", "0.7"],
] as const)("%s on EntryPoint v%s, owned by an attested key of the signer", (kind, version) => {
  it("has a session key of the signer granted, paid by, capped and revoked, and nothing else signed by its owner", async () => {
    const wallet = await scene.newWallet();
    const { address, ownerValidator, recover } = await scene.makeAccount(kind, version, wallet);
    const recoveryValidator = await (kind === "safe7579" ? recover() : undefined);
    const of = { account: address, ownerValidator, recoveryValidator };
    // Nobody but the signer could act for it.
    if (kind !== "safe7579") expect(await refusalOf(scene.register(wallet, of))).toBe("account_without_recovery");
    const registered = await scene.register(wallet, kind === "safe7579" ? of : { ...of, recoveryValidator: await recover() });
    expect(await attestAccount(scene.client, scene.owner(), registered, "latest")).toMatchObject({ id: registered.id, ownership: { attested: {} } });
    const session = await scene.openSession(registered);
    const shop = newKey().address;
    const policy = await scene.policyFor(shop);
    const owner = scene.bundlerOf(await scene.ownerAccount(wallet, kind, address, ownerValidator));

    await grantSessionKey(owner, { module: scene.module, key: session.key, policy });
    expect(await refusalOf(scene.pay(session.agent, policy, shop, SIGNERS_CAP + 1n))).toBe("token_per_tx_exceeded");
    expect(await scene.pay(session.agent, policy, shop, 60n)).toBe(true);
    await expect(scene.pay(session.agent, policy, shop, CHAINS_CAP - 59n)).rejects.toThrow(/SpendingLimitExceeded|left/);

    // What rules the account is no target, of whoever.
    const ruler = rulerOf(registered);
    const takeOver = encodeFunctionData({ abi, functionName: "transferOwnership", args: [shop] });
    expect(await refusalOf(scene.ask(session.agent, policy, ruler, takeOver))).toBe("target_forbidden");
    expect(await refusalOf(scene.ask(session.agent, policy, address, takeOver))).toBe("target_forbidden");
    expect(await refusalOf(owner.sendUserOperation({ calls: [{ to: ruler, data: takeOver }], ...GAS }))).toBe("owner_rule_broken");
    const install = encodeFunctionData({ abi, functionName: "installModule", args: [1n, shop, "0x"] });
    expect(await refusalOf(owner.sendUserOperation({ calls: [{ to: address, data: install }], ...GAS }))).toBe("owner_rule_broken");

    // The same owner, by the signer's own client.
    const plain = scene.bundlerOf(await toSignerOwnerAccount({ client: scene.client, owner: scene.owner(), account: registered }));
    await revokeSessionKey(plain, { module: scene.module, account: address, key: session.key });
    expect(await scene.standing(address, session.key)).toBe("notGranted");
    await expect(scene.pay(session.agent, policy, shop, 1n)).rejects.toThrow();
    await session.revoke();
    expect(await refusalOf(session.agent.getSession())).toBe("session_revoked");
  });
});

describe.concurrent("session keys of the signer in accounts whose owner is elsewhere", () => {
  it.each([
    ["an EOA under EIP-7702", "7702", "eip7702", "eoa_owner_refused"],
    ["a Kernel that runs a hook around the module", "kernel", "kernel", "owner_validator_needed"],
  ] as const)("pay from %s, and the signer is never its owner", async (_title, make, kind, code) => {
    const wallet = await scene.newWallet();
    const hooked = make === "kernel";
    const { address, grant } = await scene.makeAccount(make, "0.7", newKey(), { hooked });
    expect(await refusalOf(scene.register(wallet, { account: address }))).toBe(code);
    const body = { kind, chain: stack.chainId, module: scene.module, address, owner: "elsewhere" };
    const registered = (await signer.ask("POST", `/v1/s2s/wallets/${wallet.id}/smart-accounts`, body)).body as unknown as SignerSmartAccount;
    const session = await scene.openSession(registered);
    const shop = newKey().address;
    const policy = await scene.policyFor(shop, hooked);

    await grant(session.key, policy);
    expect(await refusalOf(scene.pay(session.agent, policy, shop, SIGNERS_CAP + 1n))).toBe("token_per_tx_exceeded");
    expect(await scene.pay(session.agent, policy, shop, 60n)).toBe(true);
    await expect(scene.pay(session.agent, policy, shop, CHAINS_CAP - 59n)).rejects.toThrow(/SpendingLimitExceeded|left/);
    expect(await refusalOf(scene.ask(session.agent, policy, address, "0x12345678"))).toBe("target_forbidden");
    expect(await refusalOf(toSignerOwnerAccount({ client: scene.client, owner: scene.owner(), account: registered }))).toBe("account_not_owned");
    const asked = { chainId: stack.chainId, entryPoint: stack.addresses.entryPoint.v07, entryPointVersion: "0.7", userOperation: emptyOperation(address) } as const;
    expect(await refusalOf(scene.teeOwner(wallet).signUserOperation(asked))).toBe("account_not_owned");
  });
});

it.concurrent("signs beside another owner of a Safe that asks for two of three", async () => {
  const wallet = await scene.newWallet();
  const { address, asAccount } = await scene.makeAccount("safe7579", "0.7", wallet);
  const others = [newKey(), newKey()] as const;
  for (const [index, { address: other }] of others.entries()) {
    await asAccount(address, encodeFunctionData({ abi, functionName: "addOwnerWithThreshold", args: [other, BigInt(index + 1)] }));
  }
  const registered = await scene.register(wallet, { account: address });
  const session = await scene.openSession(registered);
  const policy = await scene.policyFor(newKey().address);
  const together = scene.bundlerOf(await toSafeAccount({ client: scene.client, account: address, owners: [scene.teeOwner(wallet), others[0]] }));
  await grantSessionKey(together, { module: scene.module, key: session.key, policy });
  expect(await scene.standing(address, session.key)).toBe("alive");
  const alone = scene.bundlerOf(await toSafeAccount({ client: scene.client, account: address, owners: [scene.teeOwner(wallet)] }));
  await expect(revokeSessionKey(alone, { module: scene.module, account: address, key: session.key })).rejects.toThrow();
  expect(await scene.standing(address, session.key)).toBe("alive");
});

/** What obeys the account and rules it. */
function rulerOf(registered: SignerSmartAccount): Address {
  const ruler = registered.kind === "safe7579" ? registered.adapter : "owner_validator" in registered ? registered.owner_validator : undefined;
  if (!ruler) throw new Error("the account has no ruler");
  return ruler;
}

function emptyOperation(sender: Address): UserOperation {
  return { sender, nonce: 0n, callData: "0x", ...GAS, signature: "0x" };
}
