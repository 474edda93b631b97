import { type Abi, BaseError, type Hex, decodeErrorResult, isHex } from "viem";
import { entryPoint07Abi } from "viem/account-abstraction";

/** Why an EntryPoint refused an operation: its own word, and the error of the account's validation behind it. */
export type Refusal = { reason: string; error: string | undefined; args: readonly unknown[] };

/** The data that a call reverted with, wherever viem's errors keep it. */
function revertData(error: unknown): Hex | undefined {
  let data: Hex | undefined;
  if (error instanceof BaseError) {
    error.walk((cause) => {
      const found = cause instanceof Error && "data" in cause ? cause.data : undefined;
      if (isHex(found)) data = found;
      return data !== undefined;
    });
  }
  return data;
}

/**
 * Reads what `handleOps` reverted with.
 * @param abi of the module whose errors may be inside
 * @throws the error itself if it is no refusal by an EntryPoint
 */
export function readRefusal(error: unknown, abi: Abi): Refusal {
  const data = revertData(error);
  if (!data) throw error;
  const outer = decodeErrorResult({ abi: entryPoint07Abi, data });
  if (outer.errorName === "FailedOp") return { reason: outer.args[1], error: undefined, args: [] };
  if (outer.errorName !== "FailedOpWithRevert") throw error;
  const inner = decodeErrorResult({ abi, data: outer.args[2] });
  return { reason: outer.args[1], error: inner.errorName, args: (inner.args ?? []) as readonly unknown[] };
}
