import { type Address, type Hex, concat, encodeAbiParameters, encodeFunctionData, encodePacked, hashTypedData, keccak256, parseAbi, slice, toHex, zeroHash } from "viem";
import { entryPoint07Abi, type PackedUserOperation } from "viem/account-abstraction";
import { type PrivateKeyAccount, generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { encodeCosignature, sessionCosignatureTypedData } from "../../ts-sdk/src/operation/cosignature.ts";
import { encodeEvidence, encodeSessionSignature, toEvidenceLeaf } from "../../ts-sdk/src/operation/evidence.ts";
import { sessionOperationTypedData } from "../../ts-sdk/src/operation/typedData.ts";
import { type Header, encodeHeader } from "../../ts-sdk/src/policy/header.ts";
import { buildPermissionTree } from "../../ts-sdk/src/policy/permissionTree.ts";
import { type Permission, encodePermissions, hashPermission } from "../../ts-sdk/src/policy/permissions.ts";
import { type KeySettings, encodeSettings } from "../../ts-sdk/src/policy/settingsWord.ts";
import { encodeSigner } from "../../ts-sdk/src/policy/signer.ts";
import { type Chain, abiOf, sendAs } from "./chain.ts";
import { ENTRY_POINTS, type EntryPointVersion } from "./entry-points.ts";
import { nonceOf, packOperation } from "./operations.ts";

const EXECUTE = parseAbi(["function execute(bytes32 mode, bytes executionCalldata)"]);
const CALL_TUPLES = [{ type: "tuple[]", components: [{ type: "address" }, { type: "uint256" }, { type: "bytes" }] }] as const;
const BATCH = 1n << 248n;
const TRY = 1n << 240n;

/** What a key may do. Epoch, serial and flags are the granting account's to fill in. */
export type TestPolicy = {
  settings: Omit<KeySettings, "epoch" | "serial" | "active" | "paused" | "directLane">;
  header: Header;
  permissions: readonly Permission[];
};

export type SessionKey = { key: Pick<PrivateKeyAccount, "address" | "signTypedData">; account: Address; module: Address; version: EntryPointVersion; policy: TestPolicy };

/** A call of an operation, under the permission of that index, or under the same as the call before. */
export type Call = {
  target: Address;
  value?: bigint;
  data?: Hex;
  permission: number | "repeated";
  /** For the sets that the permission's conditions ask, in order. */
  setProofs?: readonly (readonly Hex[])[];
};

/** When the EntryPoint may accept the operation; seconds since 1970. */
export type Window = { validAfter: bigint; validUntil: bigint };

export type OperationOptions = {
  tryMode?: boolean;
  /** Encode a single call as a batch. */
  batch?: boolean;
  /** A sequence of nonces of its own. Default: the first. */
  lane?: bigint;
  paymasterAndData?: Hex;
  /** The calls that have a leaf, where not all have. */
  covered?: readonly Call[];
  /** Signs instead of the key. */
  signedBy?: Pick<PrivateKeyAccount, "signTypedData">;
  /** Signs too. */
  coSignedBy?: Pick<PrivateKeyAccount, "signTypedData">;
};

/** Grants a new key its first serial. The account has just installed the module, so its epoch is 1. */
export async function grantKey(chain: Chain, version: EntryPointVersion, account: Address, module: Address, policy: TestPolicy, key: SessionKey["key"] = privateKeyToAccount(generatePrivateKey())): Promise<SessionKey> {
  const settings = encodeSettings({ ...policy.settings, epoch: 1n, serial: 1n, active: true, paused: false, directLane: false });
  const permissions = encodePermissions({ hotCount: 0, list: policy.permissions });
  const args = [encodeSigner(key.address), settings, encodeHeader(policy.header), permissions];
  await sendAs(chain, account, module, encodeFunctionData({ abi: await abiOf("SessionKeyModule"), functionName: "grant", args }));
  return { key, account, module, version, policy };
}

/** `execute` of ERC-7579, in the standard encoding. */
export function encodeExecute(calls: readonly Call[], { tryMode = false, batch = false }: OperationOptions = {}): Hex {
  const [first] = calls;
  if (!first) throw new Error("an operation has at least one call");
  const tuples = calls.map(({ target, value = 0n, data = "0x" }) => [target, value, data] as const);
  const isBatch = batch || calls.length > 1;
  const executions = isBatch
    ? encodeAbiParameters(CALL_TUPLES, [tuples])
    : encodePacked(["address", "uint256", "bytes"], [first.target, first.value ?? 0n, first.data ?? "0x"]);
  const mode = (isBatch ? BATCH : 0n) | (tryMode ? TRY : 0n);
  return encodeFunctionData({ abi: EXECUTE, args: [toHex(mode, { size: 32 }), executions] });
}

/** The signer, the header and one leaf for each call, under the permissions that the test names. */
function evidenceFor({ key, policy }: SessionKey, calls: readonly Call[]): Hex {
  const { proofs } = buildPermissionTree(policy.permissions.map(hashPermission), 0);
  const leaves = calls.map(({ permission: index, setProofs }) => {
    if (index === "repeated") return "repeat";
    const permission = policy.permissions[index];
    const proof = proofs[index];
    if (!permission || !proof) throw new Error(`the policy has no permission ${index}`);
    return toEvidenceLeaf(permission, proof, setProofs);
  });
  return encodeEvidence({ signer: encodeSigner(key.address), header: encodeHeader(policy.header), leaves });
}

/** A whole signed operation of a session key. */
export async function sessionOperation(
  { client }: Chain,
  session: SessionKey,
  calls: readonly Call[],
  window: Window,
  options: OperationOptions = {},
): Promise<PackedUserOperation> {
  const { key, account, module, version } = session;
  const entryPoint = ENTRY_POINTS[version];
  const lane = options.lane ?? 0n;
  const nonce = await client.readContract({
    address: entryPoint,
    abi: entryPoint07Abi,
    functionName: "getNonce",
    args: [account, nonceOf(module, lane) >> 64n],
  });
  const userOp = packOperation(account, nonce, {
    callData: encodeExecute(calls, options),
    paymasterAndData: options.paymasterAndData ?? "0x",
  });
  const userOpHash = await client.readContract({ address: entryPoint, abi: entryPoint07Abi, functionName: "getUserOpHash", args: [userOp] });
  const evidence = evidenceFor(session, options.covered ?? calls);
  const chainId = await client.getChainId();
  const content = { chainId, module, userOpHash, ...window, evidenceHash: keccak256(evidence) };
  const keySignature = await (options.signedBy ?? key).signTypedData(sessionOperationTypedData(content));
  const cosigned = sessionCosignatureTypedData(content);
  const cosignature = options.coSignedBy
    ? encodeCosignature(hashTypedData(cosigned), await options.coSignedBy.signTypedData(cosigned))
    : "0x";
  return { ...userOp, signature: encodeSessionSignature({ ...window, evidence, keySignature: concat([keySignature, cosignature]) }) };
}

/** The code hash that a policy can be pinned to. */
export async function codeHashOf({ client }: Chain, address: Address): Promise<Hex> {
  const code = await client.getCode({ address });
  return code ? keccak256(code) : zeroHash;
}

/** The first four bytes of call data. */
export function selectorOf(data: Hex): Hex {
  return slice(data, 0, 4);
}
