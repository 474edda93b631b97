import { type Hex, http, type LocalAccount } from "viem";
import { type BundlerClient, createBundlerClient, entryPoint07Abi, type SmartAccount, toPackedUserOperation } from "viem/account-abstraction";
import { swapRouterAbi } from "../../bundler-local/src/index.ts";
import {
  type CallRequest,
  type CosignExplanation,
  type CosignRequest,
  type OperationWindow,
  type Policy,
  signCosignRequest,
  toSessionKeyAccount,
  type WindowOptions,
} from "../../ts-sdk/src/index.ts";
import { type Scene, type Wallet } from "./scene.ts";
import { type Landed } from "./steps.ts";

/** What an attacker chooses about an operation beside its calls. */
export type Attack = {
  /** Instead of calls: the operation's call data as it is. */
  readonly callData?: Hex;
  readonly window?: OperationWindow;
  /** wei per gas. */
  readonly maxFeePerGas?: bigint;
};

/** A session key at work: as the agent it was given to, and as whoever has stolen it. */
export type AgentKey = {
  readonly policy: Policy;
  readonly signer: LocalAccount;
  /** By the SDK, as an agent would: estimated, checked, sent, waited for. */
  send(calls: readonly CallRequest[]): Promise<Landed>;
  /**
   * By hand: signed with the key and given to the bundler without asking anybody first, with gas limits that leave the
   * refusal to the rules. The bundler's answer is thrown as it came.
   */
  attempt(calls: readonly CallRequest[], attack?: Attack): Promise<Landed>;
  /** The same without a bundler: `thief` gives the operation to the EntryPoint itself, in a transaction that is mined. */
  bundle(calls: readonly CallRequest[], thief: Wallet, attack?: Attack): Promise<Landed>;
};

/** Ample for everything tried here, and within what ERC-7562 allows for validation. */
const ATTACK_GAS = { callGasLimit: 400_000n, verificationGasLimit: 300_000n, preVerificationGas: 100_000n } as const;
const BUNDLE_GAS = 2_000_000n;
/** Seconds that an operation wants for landing; the chain here takes one or two. A cooldown counts from the window's end. */
const WINDOW_LENGTH = 10n;
const POLLING_MS = 100;

/** @param coSigner confirms whatever the agent asks about; a thief does not ask */
export async function keyOf(scene: Scene, signer: LocalAccount, policy: Policy, coSigner?: LocalAccount): Promise<AgentKey> {
  const { stack, client, account, module } = scene;
  const transport = http(stack.bundlerUrl);
  const bundler: BundlerClient = createBundlerClient({ client, chain: stack.chain, transport, pollingInterval: POLLING_MS });
  const parameters = { client, bundler, account, module, policy, signer, window: { minLength: WINDOW_LENGTH, ...(policy.cooldown > 0n && { maxLength: WINDOW_LENGTH }), onWait: sayWait } };
  const careful = await toSessionKeyAccount({ ...parameters, ...(coSigner && { cosign: confirmBy(coSigner, scene) }) });

  const outcome = async (hash: Hex): Promise<Landed> => {
    const { success, reason, receipt } = await bundler.waitForUserOperationReceipt({ hash });
    if (!success) throw new Error(`The operation ${hash} landed and reverted: ${reason ?? "no reason"}`);
    return { transactionHash: receipt.transactionHash, gasUsed: receipt.gasUsed };
  };

  /** An operation signed with the key, whatever the policy says of it. */
  const forge = async (calls: readonly CallRequest[], { callData, window, maxFeePerGas }: Attack = {}) => {
    const reckless = await toSessionKeyAccount({ ...parameters, precheck: false, ...(window && { window: { fixed: window } }) });
    const unsigned = {
      sender: account,
      nonce: await reckless.getNonce(),
      callData: callData ?? (await reckless.encodeCalls(calls.map(({ to, value = 0n, data = "0x" }) => ({ to, value, data })))),
      ...ATTACK_GAS,
      ...(await feesOf(bundler)),
      ...(maxFeePerGas !== undefined && { maxFeePerGas, maxPriorityFeePerGas: maxFeePerGas }),
      signature: "0x",
    } as const;
    const signature = await reckless.signUserOperation(unsigned);
    return { operation: { ...unsigned, signature }, entryPoint: reckless.entryPoint };
  };

  return {
    policy,
    signer,
    async send(calls) {
      const fees = await feesOf(bundler);
      return outcome(await bundler.sendUserOperation({ account: careful as SmartAccount, calls: [...calls], ...fees }));
    },
    async attempt(calls, attack) {
      const { operation, entryPoint } = await forge(calls, attack);
      return outcome(await bundler.sendUserOperation({ ...operation, entryPointAddress: entryPoint.address }));
    },
    async bundle(calls, thief, attack) {
      const { operation, entryPoint } = await forge(calls, attack);
      const handleOps = {
        address: entryPoint.address,
        abi: entryPoint07Abi,
        functionName: "handleOps",
        args: [[toPackedUserOperation(operation)], thief.account.address],
        gas: BUNDLE_GAS,
      } as const;
      const hash = await thief.writeContract(handleOps);
      const { status, blockNumber, gasUsed } = await client.waitForTransactionReceipt({ hash });
      if (status === "success") return { transactionHash: hash, gasUsed };
      // A receipt does not say why; the same call on the same block does.
      await client.simulateContract({ ...handleOps, account: thief.account, blockNumber: blockNumber - 1n });
      throw new Error(`The transaction ${hash} reverted, and does not when it is called.`);
    },
  };
}

/** A person's device: verifies what the agent asks for by a client of its own, shows it, and says yes. */
function confirmBy(signer: LocalAccount, { client, module }: Scene): (request: CosignRequest) => Promise<Hex> {
  const confirm = ({ lines }: CosignExplanation): boolean => {
    console.error(`» The person is asked:\n${lines.map((line) => `    ${line}`).join("\n")}`);
    return true;
  };
  return (request) => signCosignRequest(client, { request, module, signer, confirm, abis: [swapRouterAbi] });
}

const sayWait: NonNullable<WindowOptions["onWait"]> = ({ seconds, reason }) => {
  const why = { periodEnding: "A limit's period is about to end", cooldown: "The key has to pause", notYetValid: "The key is not valid yet" }[reason];
  console.error(`» ${why}: waiting ${seconds} s …`);
};

/** What the bundler asks for now. */
async function feesOf(bundler: BundlerClient): Promise<{ maxFeePerGas: bigint; maxPriorityFeePerGas: bigint }> {
  const request = bundler.request as (request: { method: string; params: readonly [] }) => Promise<unknown>;
  const { fast } = (await request({ method: "pimlico_getUserOperationGasPrice", params: [] })) as {
    fast: { maxFeePerGas: Hex; maxPriorityFeePerGas: Hex };
  };
  return { maxFeePerGas: BigInt(fast.maxFeePerGas), maxPriorityFeePerGas: BigInt(fast.maxPriorityFeePerGas) };
}
