import { lookupTokenSelector } from "@valet-keys/sdk/policy";
import { type Address, type Hex, size, slice, toFunctionSelector } from "viem";
import { SignerError } from "../protocol/errors.ts";

/** Argument words of a function that moves or approves the token it is called on. */
type Shape = {
  readonly words: number;
  readonly amount: number;
  /** Who receives, or may take. */
  readonly recipient?: number;
  readonly addresses: readonly number[];
};

/**
 * The token functions whose amount and recipient the signer can tell. Every other function that the SDK's table knows to
 * move or approve tokens is refused.
 */
const SHAPES: ReadonlyMap<Hex, Shape> = new Map(
  Object.entries({
    "transfer(address,uint256)": { words: 2, amount: 1, recipient: 0, addresses: [0] },
    "approve(address,uint256)": { words: 2, amount: 1, recipient: 0, addresses: [0] },
    "increaseAllowance(address,uint256)": { words: 2, amount: 1, recipient: 0, addresses: [0] },
    "transferFrom(address,address,uint256)": { words: 3, amount: 2, recipient: 1, addresses: [0, 1] },
    "burn(uint256)": { words: 1, amount: 0, addresses: [] },
  } satisfies Record<string, Shape>).map(([signature, shape]) => [toFunctionSelector(signature), shape]),
);

export type TokenCall = { readonly amount: bigint; readonly recipient: Address | undefined };

/**
 * What a call does to the token it is made on; `undefined` if its function is none of a token's.
 *
 * @throws SignerError `amount_unknown`, `call_data_malformed`
 */
export function readTokenCall(data: Hex): TokenCall | undefined {
  const selector = slice(data, 0, 4);
  const shape = SHAPES.get(selector);
  if (!shape) {
    if (lookupTokenSelector(selector)) {
      throw new SignerError("amount_unknown", `The signer cannot tell what ${selector} moves, and signs no such call.`);
    }
    return undefined;
  }
  if (size(data) !== 4 + 32 * shape.words) {
    throw new SignerError("call_data_malformed", `${selector} takes ${shape.words} words; the call has ${size(data) - 4} bytes.`);
  }
  const word = (index: number): bigint => BigInt(slice(data, 4 + 32 * index, 36 + 32 * index));
  if (shape.addresses.some((index) => word(index) >> 160n !== 0n)) {
    throw new SignerError("call_data_malformed", `An address in the arguments of ${selector} has more than 20 bytes.`);
  }
  const at = shape.recipient;
  return { amount: word(shape.amount), recipient: at === undefined ? undefined : slice(data, 16 + 32 * at, 36 + 32 * at) };
}
