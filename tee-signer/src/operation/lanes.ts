import { type Call, decodeEvidence, decodeExecutions, decodeSessionSignature, encodeEvidence } from "@valet-keys/sdk/operation";
import { decodeHeader, encodeSigner } from "@valet-keys/sdk/policy";
import { type Address, type Hex, pad, toHex } from "viem";
import { SignerError } from "../protocol/errors.ts";
import { type WholeOperation } from "./schema.ts";

/** Who validates an operation of a reference account: the first 20 bytes of its nonce. Zero: its owners. */
export function validatorOf(nonce: bigint): Address {
  return pad(toHex(nonce >> 96n), { size: 20 });
}

/** Both the log and the rules want the calls of an operation. */
const read = new WeakMap<WholeOperation, readonly Call[]>();

/**
 * The calls of an operation: `execute(mode, data)` of ERC-7579 in its one canonical encoding, single or batch. Delegate
 * calls, other functions of the account, other encodings and trailing bytes are refused.
 *
 * @throws SignerError `call_data_malformed`
 */
export function callsOf(operation: WholeOperation): readonly Call[] {
  const known = read.get(operation);
  if (known) return known;
  try {
    const calls = decodeExecutions(operation.callData);
    read.set(operation, calls);
    return calls;
  } catch (error) {
    const reason = error instanceof Error && "shortMessage" in error ? String(error.shortMessage) : "It cannot be decoded.";
    throw new SignerError("call_data_malformed", `The call data is not a batch of calls. ${reason}`);
  }
}

/** What an operation of a session key brings in `signature` before it is signed. Times in seconds since 1970. */
export type SessionEnvelope = { readonly validAfter: bigint; readonly validUntil: bigint; readonly evidence: Hex };

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
  malformedUnless(() => decodeHeader(decoded.header));
  if (decoded.signer !== encodeSigner(key)) throw new SignerError("session_key_mismatch", `The evidence is not for this session's key ${key}.`);
  return { ...window, evidence };
}

function malformedUnless<T>(decode: () => T): T {
  try {
    return decode();
  } catch {
    throw new SignerError("call_data_malformed", "`signature` holds no window and evidence, as docs/WIRE-FORMAT.md has them.");
  }
}
