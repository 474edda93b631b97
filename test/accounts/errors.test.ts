import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKernel } from "../../bench/accounts/kernel.ts";
import { createMsa } from "../../bench/accounts/msa.ts";
import { createNexus } from "../../bench/accounts/nexus.ts";
import { createOpenZeppelin } from "../../bench/accounts/openzeppelin.ts";
import { type StandingAccount, withModule } from "../../bench/accounts/owned.ts";
import { createSafe7579 } from "../../bench/accounts/safe7579.ts";
import { type Chain, ENTRY_POINTS, fixedAccount, openChain } from "../../bench/chain.ts";
import { deployModule } from "../../deploy/deployModule.ts";
import {
  AccountNotDeployedError,
  ForeignNonceKeyError,
  findAccount,
  kernel,
  ModuleNotInstalledError,
  nexus,
  openzeppelin,
  type ToSessionKeyAccountParameters,
  toSessionKeyAccount,
  UnknownAccountError,
  ValetError,
  WrongEntryPointError,
} from "../../ts-sdk/src/index.ts";
import { matrixPolicy } from "./world.ts";

const V07 = ENTRY_POINTS["0.7"];
const key = fixedAccount(200);

let chain: Chain;
let module: `0x${string}`;
let token: `0x${string}`;
beforeAll(async () => {
  chain = await openChain();
  module = await deployModule(chain.deploy);
  token = await chain.deploy("MockERC20", ["Token", "TKN"]);
});
afterAll(() => chain?.close());

const open = (account: `0x${string}`, options: Partial<ToSessionKeyAccountParameters> = {}) =>
  toSessionKeyAccount({ client: chain.client, account, module, policy: matrixPolicy(token), signer: key, ...options });

/** What was thrown: its class, and the line that says what to do. */
async function thrown(attempt: Promise<unknown>): Promise<ValetError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ValetError)) throw error ?? new Error("nothing was thrown");
  expect(error.metaMessages.length).toBeGreaterThan(0);
  return error;
}

it("an account that is not deployed", async () => {
  expect(await thrown(open(fixedAccount(300).address))).toBeInstanceOf(AccountNotDeployedError);
});

it("a contract that is no account", async () => {
  expect(await thrown(open(token))).toBeInstanceOf(UnknownAccountError);
});

describe.each([
  ["kernel", createKernel],
  ["nexus", createNexus],
  ["safe7579", createSafe7579],
  ["msa", createMsa],
  ["openzeppelin", createOpenZeppelin],
] as const)("%s", (kind, create) => {
  let account: StandingAccount;
  beforeAll(async () => {
    account = await create(chain, V07);
  });

  it("says what it is, and which EntryPoint it obeys", async () => {
    const found = await findAccount(chain.client, { account: account.address });
    expect([found.adapter.kind, found.entryPoint?.address]).toEqual([kind, V07]);
  });

  it("without the module, then with it", async () => {
    const { address } = account;
    expect(await thrown(open(address))).toBeInstanceOf(ModuleNotInstalledError);
    await withModule(chain, V07, module, account);
    expect(await open(address)).toMatchObject({ address, entryPoint: { version: "0.7" } });
  });

  it("under another EntryPoint", async () => {
    const error = await thrown(open(account.address, { entryPoint: "0.8" }));
    expect(error).toBeInstanceOf(WrongEntryPointError);
    expect(error).toMatchObject({ expected: V07, given: ENTRY_POINTS["0.8"] });
  });

  it("with the nonce of its owner, or in the form of another account", async () => {
    const session = await open(account.address);
    const sign = (nonceKey: bigint) =>
      session.signUserOperation({
        sender: account.address,
        nonce: nonceKey << 64n,
        callData: "0x",
        callGasLimit: 0n,
        verificationGasLimit: 0n,
        preVerificationGas: 0n,
        maxFeePerGas: 0n,
        maxPriorityFeePerGas: 0n,
        signature: "0x",
      });
    const others = [kernel, nexus, openzeppelin].map((adapter) => adapter.nonceKey(module)).filter((nonceKey) => nonceKey !== account.adapter.nonceKey(module));
    for (const nonceKey of [account.ownerNonceKey, ...others]) {
      expect(await thrown(sign(nonceKey))).toBeInstanceOf(ForeignNonceKeyError);
    }
  });
});
