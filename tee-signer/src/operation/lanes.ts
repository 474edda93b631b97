import { type Call, decodeEvidence, decodeExecutions, decodeSessionSignature, encodeEvidence, unwrapExecuteUserOp } from "@valet-keys/sdk/operation";
import { decodeHeader, encodeSigner, type Header } from "@valet-keys/sdk/policy";
import { type Address, type Hex } from "viem";
import { type AccountKind } from "../protocol/accounts.ts";
import { SignerError } from "../protocol/errors.ts";
import { type WholeOperation } from "./schema.ts";

/** Calls of an operation, and whether they stand behind `executeUserOp`. */
type ReadCalls = { readonly calls: readonly Call[]; readonly isWrapped: boolean };

/** Both the log and the rules want the calls of an operation. */
const read = new WeakMap<WholeOperation, ReadCalls>();

/** Whether `executeUserOp` has to stand before an operation's calls, may stand there, or must not. */
export type Wrapping = "required" | "allowed" | "refused";

/**
 * The calls of an operation: `execute(mode, data)` of ERC-7579 in its one canonical encoding, single or batch. Delegate
 * calls, other functions of the account, other encodings and trailing bytes are refused.
 *
 * @throws SignerError `call_data_malformed`
 */
export function callsOf(operation: WholeOperation, wrapping: Wrapping): readonly Call[] {
  const { calls, isWrapped } = readCalls(operation);
  if (isWrapped && wrapping === "refused") throw new SignerError("call_data_malformed", "The call data is not a batch of calls. Nothing has this account called by `executeUserOp`.");
  if (!isWrapped && wrapping === "required") throw new SignerError("call_data_malformed", "The policy has this account called by `executeUserOp`, and it is not.");
  return calls;
}

/** The same for the log, whatever it stands behind. @throws SignerError `call_data_malformed` */
export function readCalls(operation: WholeOperation): ReadCalls {
  const known = read.get(operation);
  if (known) return known;
  try {
    const { callData } = operation;
    const inner = unwrapExecuteUserOp(callData);
    const made = { calls: decodeExecutions(inner), isWrapped: inner.length !== callData.length };
    read.set(operation, made);
    return made;
  } catch (error) {
    const reason = error instanceof Error && "shortMessage" in error ? String(error.shortMessage) : "It cannot be decoded.";
    throw new SignerError("call_data_malformed", `The call data is not a batch of calls. ${reason}`);
  }
}

/** What an operation of a session key brings in `signature` before it is signed. Times in seconds since 1970. */
export type SessionEnvelope = { readonly validAfter: bigint; readonly validUntil: bigint; readonly evidence: Hex; readonly header: Header };

/**
 * Reads window and evidence, and checks that they are for `key`.
 *
 * @throws SignerError `session_key_mismatch`, `call_data_malformed`
 */
export function envelopeOf(operation: WholeOperation, key: Address): SessionEnvelope {
  const { evidence, keySignature, ...window } = malformedUnless(() => decodeSessionSignature(operation.signature));
  if (keySignature !== "0x") throw new SignerError("call_data_malformed", "`signature` ends with the evidence: the signer adds the key's signature.");
  const decoded = malformedUnless(() => decodeEvidence(evidence));
  if (encodeEvidence(decoded) !== evidence) throw new SignerError("call_data_malformed", "The evidence is not in its one encoding.");
  const header = malformedUnless(() => decodeHeader(decoded.header));
  if (decoded.signer !== encodeSigner(key)) throw new SignerError("session_key_mismatch", `The evidence is not for this session's key ${key}.`);
  return { ...window, evidence, header };
}

/**
 * Kernel alone forces `executeUserOp`, where a hook runs around the module, and only under policies that say so. Other
 * accounts pass that function on to whoever they please.
 */
export function wrappingOf(kind: AccountKind, { executeUserOp }: Pick<Header, "executeUserOp">): Wrapping {
  return kind === "kernel" && executeUserOp === true ? "required" : "refused";
}

/** The owner's operations: on Kernel, the hook of the root validator may force it. */
export function ownerWrapping(kind: AccountKind): Wrapping {
  return kind === "kernel" ? "allowed" : "refused";
}

function malformedUnless<T>(decode: () => T): T {
  try {
    return decode();
  } catch {
    throw new SignerError("call_data_malformed", "`signature` holds no window and evidence, as docs/WIRE-FORMAT.md has them.");
  }
}
