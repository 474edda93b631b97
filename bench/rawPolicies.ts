import { type Address, concat, type Hex, keccak256, numberToHex, pad, size, slice, toHex } from "viem";
import { encodeHeader } from "../ts-sdk/src/policy/header.ts";
import { encodeSigner } from "../ts-sdk/src/policy/signer.ts";
import type { PolicyContent } from "./evidence.ts";

const EXACT = "0x01";
const MARKS = { charged: "0x01", movesNothing: "0x03" } as const;

/** A policy of one permission whose body is given byte by byte (docs/WIRE-FORMAT.md), so that nothing else is measured. */
export interface RawPolicy {
  header: PolicyContent["header"];
  mark: keyof typeof MARKS;
  target: Address;
  selector: Hex;
  body: Hex;
  /** `setProofs` behind the leaf. */
  setProofs: Hex;
}

/** `permissions` of the policy. */
export function rawPermissions({ mark, target, selector, body }: RawPolicy): Hex {
  return concat(["0x000100", EXACT, MARKS[mark], target, selector, toHex(size(body), { size: 2 }), body]);
}

/** `evidence` of an operation with one call. The leaf of one permission is the root: its proof is empty. */
export function rawEvidence(key: Address, { header, mark, body, setProofs }: RawPolicy): Hex {
  const signer = encodeSigner(key);
  const headerBytes = encodeHeader(header);
  return concat([
    toHex(size(signer), { size: 1 }),
    signer,
    toHex(size(headerBytes), { size: 2 }),
    headerBytes,
    EXACT,
    MARKS[mark],
    toHex(size(body), { size: 2 }),
    body,
    "0x00",
    setProofs,
  ]);
}

/** A body that is a single comparison. */
export function oneComparison(operator: number, path: Hex, operand: Hex, sets = false): Hex {
  return concat([sets ? "0x18" : "0x10", numberToHex(operator, { size: 1 }), path, operand]);
}

/** The Merkle set over ascending words: its root, and the proof of one member as a leaf of the evidence carries it. */
export function merkleSet(words: readonly Hex[], member: number): { root: Hex; setProofs: Hex } {
  let level = words;
  let index = member;
  const siblings: Hex[] = [];
  do {
    siblings.push((level[index ^ 1] ?? level[index]) as Hex);
    index >>= 1;
    level = level.flatMap((node, at) => {
      if (at % 2 === 1) return [];
      // An odd last node is paired with itself.
      const other = level[at + 1] ?? node;
      // Nodes are 28 bytes, and hashed as words.
      const [low, high] = (node < other ? [node, other] : [other, node]).map((it) => pad(it, { size: 32 })) as [Hex, Hex];
      return [slice(keccak256(concat([low, high])), 0, 28)];
    });
  } while (level.length > 1);
  const [root] = level;
  if (root === undefined) throw new RangeError("an empty set has no root");
  return { root, setProofs: concat(["0x01", toHex(siblings.length, { size: 1 }), ...siblings]) };
}

/** The word that is an address. */
export function addressWord(address: Address): Hex {
  return pad(address, { size: 32 }).toLowerCase() as Hex;
}
