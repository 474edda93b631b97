import { completeCosignedOperation, type OperationCosignRequest } from "@valet-keys/sdk/cosigning";
import { CosignatureNeededError } from "@valet-keys/sdk/errors";
import { decodeSessionSignature, encodeSessionSignature, type OperationWindow } from "@valet-keys/sdk/operation";
import { type SessionKeyAccount, toSessionKeyAccount, type ToSessionKeyAccountParameters } from "@valet-keys/sdk/accounts";
import { type Address, type Hex, type LocalAccount, slice, type TypedDataDefinition, toHex } from "viem";
import { formatUserOperationRequest, type UserOperation } from "viem/account-abstraction";
import { toAccount } from "viem/accounts";
import { request, type SignerAddress } from "./http.ts";

/** What a session's agent sees of it; amounts in the smallest unit. */
export type AgentSession = {
  readonly id: string;
  readonly status: string;
  readonly session_key: Address;
  readonly spent_native: string;
  readonly max_spend_total_native: string;
  readonly smart_account?: { readonly address: Address; readonly chain: number; readonly module: Address; readonly entry_point_version: "0.7" | "0.8" | "0.9" };
};

/** An agent's end of a session: whole operations, sign-ins and listed typed data. */
export type SignerAgent = {
  getSession(): Promise<AgentSession>;
  /** @param operation with window and evidence in `signature`, and no key signature yet; the answer has it */
  signUserOperation(parameters: { chainId: number; entryPoint: Address; operation: UserOperation; idempotencyKey?: string }): Promise<Hex>;
  /** @param message EIP-4361, for a domain of the session's list */
  signMessage(message: string): Promise<Hex>;
  signTypedData(definition: TypedDataDefinition): Promise<Hex>;
};

export function createSignerAgent(address: SignerAddress): SignerAgent {
  const signature = async (path: string, body: unknown, idempotencyKey?: string): Promise<Hex> =>
    ((await request(address, "POST", path, body, idempotencyKey)) as { signature: Hex }).signature;
  return {
    getSession: async () => (await request(address, "GET", "/v1/agent/session")) as AgentSession,
    signUserOperation: ({ chainId, entryPoint, operation, idempotencyKey }) =>
      signature("/v1/agent/user-operations", { chain: chainId, entry_point: entryPoint, user_operation: toWire(operation) }, idempotencyKey),
    signMessage: (message) => signature("/v1/agent/messages", { message }),
    signTypedData: ({ domain, types, primaryType, message }) => {
      const { EIP712Domain: _, ...own } = types as Record<string, unknown>;
      return signature("/v1/agent/typed-data", { domain, types: own, primaryType, message });
    },
  };
}

/** The operation in the form of ERC-4337's RPC. */
export function toWire(operation: UserOperation): unknown {
  const { factory, factoryData, paymaster, ...rest } = formatUserOperationRequest(operation) as Record<string, unknown>;
  // Bundlers estimate limits for a paymaster that is not there.
  const withPaymaster = Object.entries(rest).filter(([name]) => paymaster !== undefined || !name.startsWith("paymaster"));
  return { ...Object.fromEntries(withPaymaster), ...(paymaster !== undefined && { paymaster }), ...(factory !== undefined && { factory, factoryData: factoryData ?? "0x" }) };
}

type SignerSessionAccountParameters = Omit<ToSessionKeyAccountParameters, "account" | "module" | "signer" | "entryPoint"> & { agent: SignerAgent };

/**
 * The smart account as the session's key may use it, for viem's bundler clients. What the SDK's session key account asks
 * of a key, this one asks of the signer, which gets the whole operation. A co-signer is asked when the signer has signed:
 * what it declines stays reserved until the owner has it released.
 */
export async function toSignerSessionAccount({ agent, cosign, ...parameters }: SignerSessionAccountParameters): Promise<SessionKeyAccount> {
  const session = await agent.getSession();
  const bound = session.smart_account;
  if (!bound) throw new TypeError("the session is bound to no smart account");
  const account = await toSessionKeyAccount({
    ...parameters,
    account: bound.address,
    module: bound.module,
    entryPoint: bound.entry_point_version,
    signer: placeholder(session.session_key),
  });
  const unsigned = account.signUserOperation.bind(account);
  return Object.assign(account, {
    signUserOperation: async (operation: Parameters<typeof unsigned>[0]): Promise<Hex> => {
      const { window, evidence, request: unsignedRequest } = await unsigned(operation).then(inSignature, inRequest);
      const signature = encodeSessionSignature({ ...window, evidence, keySignature: "0x" });
      const whole = { ...operation, sender: bound.address, signature } as UserOperation;
      const signed = await agent.signUserOperation({ chainId: bound.chain, entryPoint: account.entryPoint.address, operation: whole });
      if (!unsignedRequest) return signed;
      const signedRequest = { ...unsignedRequest, keySignature: slice(signed, -SIGNATURE_LENGTH) };
      if (!cosign) throw new CosignatureNeededError(signedRequest);
      return (await completeCosignedOperation(signedRequest, await cosign(signedRequest), parameters.client)).signature;
    },
  });
}

const SIGNATURE_LENGTH = 65;

/** What an operation was about to be signed with; `request` where one signature is not enough. */
type Arranged = { readonly window: OperationWindow; readonly evidence: Hex; readonly request?: OperationCosignRequest };

function inSignature(signature: Hex): Arranged {
  const { evidence, keySignature: _, ...window } = decodeSessionSignature(signature);
  return { window, evidence };
}

function inRequest(error: unknown): Arranged {
  if (!(error instanceof CosignatureNeededError) || error.request.lane !== "bundler") throw error;
  const { window, evidence } = error.request;
  return { window, evidence, request: error.request };
}

/** Stands for a key that is elsewhere. What it signs is cut off again, and would be worth nothing. */
export function placeholder(address: Address): LocalAccount {
  const nothing = async (): Promise<Hex> => toHex(0, { size: 65 });
  return toAccount({ address, sign: nothing, signMessage: nothing, signTypedData: nothing, signTransaction: nothing });
}
